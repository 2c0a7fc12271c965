"""std.stack: a stack machine against a Python list, one operation after the other."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.drive import around, contents, drive, driver
from tm.engine import Outcome

# `work` holds what to do: `+` and a word to push, `-` to pop, `?` to ask whether it is empty. What
# is seen goes to `out`.
TAPES = """work: 'a'..'c' | '+' | '-' | '?' word 'a'..'c'
tape s: 'a'..'c' | '$' | ';' word 'a'..'c'
tape x: 'a'..'c'
tape out: 'a'..'c' | '<' | '>' | ','  word 'a'..'c'"""
BODY = """
    open_stack(s)
    while work != _ {
        if work == '+' {
            right work
            push(s, work)
            while work in word { right work }
        } elsif work == '-' {
            right work
            pop(s, x)
            append(x, out)
            out := ','
            right out
            clear(x)
        } else {
            right work
            let bottom: yes | no = is_bottom(s)
            if bottom == yes { out := '<' } else { out := '>' }
            right out
        }
    }
"""

words = st.text("abc", max_size=5)
actions = st.lists(st.one_of(st.just("-"), st.just("?"), words.map("+".__add__)), max_size=20)


@given(actions)
def test_a_stack_gives_back_what_was_pushed_last(steps):
    run = drive(driver(TAPES, BODY, "words", "stack"), work="".join(steps))
    stack: list[str] = []
    seen = ""
    for step in steps:
        if step == "?":
            seen += ">" if stack else "<"
        elif step == "-":
            if not stack:
                assert run.outcome is Outcome.STUCK
                assert run.place is not None
                assert run.place.file == "std/stack.tm"
                return
            seen += stack.pop() + ","
        else:
            stack.append(step[1:])
    assert run.outcome is Outcome.ACCEPT
    assert around(run, "s") == ("$" + "".join(f"{word};" for word in stack), "")
    assert run.text("out") == seen
    assert contents(run, "work").head == len("".join(steps))
