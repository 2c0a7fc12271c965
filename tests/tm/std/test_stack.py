"""A stack machine of std.stack against a Python list, operation by operation."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.drive import around, contents, drive, driver
from tm.engine import Outcome

# `work` holds the operations: `+` and a word to push, `-` to pop, `?` to test for emptiness. `out`
# receives the popped words, and `<` for an empty stack or `>` for another.
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
            if is_bottom(s) { out := '<' } else { out := '>' }
            right out
        }
    }
"""

words = st.text("abc", max_size=5)
actions = st.lists(st.one_of(st.just("-"), st.just("?"), words.map("+".__add__)), max_size=20)


@given(actions)
def test_pop_returns_the_word_pushed_last(steps: list[str]) -> None:
    run = drive(driver(TAPES, BODY, "words", "stack"), work="".join(steps))
    stack: list[str] = []
    output = ""
    for step in steps:
        if step == "?":
            output += ">" if stack else "<"
        elif step == "-":
            if not stack:
                assert run.outcome is Outcome.STUCK
                assert run.place is not None
                assert run.place.file == "std/stack.tm"
                return
            output += stack.pop() + ","
        else:
            stack.append(step[1:])
    assert run.outcome is Outcome.ACCEPT
    assert around(run, "s") == ("$" + "".join(f"{word};" for word in stack), "")
    assert run.text("out") == output
    assert contents(run, "work").head == len("".join(steps))
