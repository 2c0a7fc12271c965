"""Limits of the elaboration, which errors name with the chain of calls, and of table sizes."""

import pytest

import tm
from tm.elaboration import elaborator
from tm.elaboration.elaborator import Elaborator
from tm.engine.pack import pack
from tm.language.diagnostics import SourceError

COUNTER = """\
tape t: '0' | '1'
proc inner(t) {
    let a: 0..99 = 0
    while a < 99 { a = a + 1  right t }
}
proc outer(t) { inner(t) }
main { outer(t) }
"""


def refused(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        tm.check_text(text)
    return str(caught.value)


def test_too_many_states_name_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elaborator, "MAX_STATES", 50)
    message = refused(COUNTER)
    assert "machine.tm:4:31: error[TM070]: more than 50 states" in message
    assert message.index("`inner` is called here") < message.index("`outer` is called here")


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elaborator, "MAX_ROWS", 50)
    assert "more than 50 rows" in refused(COUNTER)


def test_doubling_calls_are_counted_before_they_are_expanded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def elaborate(*_: object) -> None:
        raise AssertionError("the calls were expanded")

    monkeypatch.setattr(Elaborator, "table", elaborate)
    procs = "proc p0(t) { left t }\n" + "".join(
        f"proc p{i}(t) {{ p{i - 1}(t)  p{i - 1}(t) }}\n" for i in range(1, 31)
    )
    message = refused(f"tape t: '0'\n{procs}main {{ p30(t) }}")
    assert "expand to 2,147,483,648" in message
    assert "main -> p30 -> p29 -> p28" in message


def test_a_text_that_doubles_at_each_call_is_refused_with_the_calls() -> None:
    procs = 'proc f0(t, n: text) { step s at "{n}" { } right t }\n' + "".join(
        f'proc f{i}(t, n: text) {{ f{i - 1}(t, "{{n}}{{n}}") }}\n' for i in range(1, 31)
    )
    message = refused(f"tape t: '0'\n{procs}main {{ f30(t, \"x\") }}")
    assert "error[TM070]: a text here has more than 10,000 characters" in message
    assert "`f20` is called here" in message


def test_a_placeholder_that_is_repeated_in_one_text_is_refused() -> None:
    main = f'main {{ f(t, "{"x" * 5_000}") }}'
    message = refused(
        f"tape t: '0'\nproc f(t, n: text) {{ step s at \"{{n}}{{n}}\" {{ }} right t }}\n{main}"
    )
    assert "machine.tm:2:27: error[TM070]: a text here has more than" in message


def test_texts_that_are_long_for_many_values_of_a_register_are_refused() -> None:
    label = "{q}" * 5_000
    loop = f'while q < 9999 {{ step s at "{label}" {{ }} q = q + 1 right t }}'
    message = refused(f"tape t: '0'\nmain {{ let q: 0..9999 = 0 {loop} }}")
    assert "all texts together have more than 5,000,000" in message


def chain(length: int) -> str:
    """Return a machine whose calls are nested ``length`` deep, the innermost proc declared last."""
    calls = "".join(f"proc p{i}(t) {{ p{i - 1}(t) }}\n" for i in range(length - 1, 0, -1))
    return f"tape t: '0'\nmain {{ p{length - 1}(t) }}\n{calls}proc p0(t) {{ right t }}\n"


def test_a_chain_of_calls_may_be_longer_than_the_stack_of_python() -> None:
    assert len(tm.check_text(chain(1_500)).table.states) == 1


def test_calls_that_are_nested_too_deep_are_refused_with_a_chain() -> None:
    message = refused(chain(3_000))
    assert "machine.tm:2:6: error[TM070]" in message
    assert "nested 3,000 deep, more than 2,000: main -> p2999 -> p2998 -> p2997 -> ..." in message


def test_a_long_cycle_of_calls_is_reported_at_the_call_that_closes_it() -> None:
    message = refused(chain(3_000).replace("right t", "p2999(t)"))
    assert "machine.tm:3002:14: error[TM024]: procs call each other in a cycle: p2999" in message
    assert len(message) < 5_000


def test_a_loop_that_touches_no_tape_is_refused() -> None:
    assert "TM071" in refused("tape t: '0'\nmain { let q: 0..1 = 0 while t == 0 { q = 1 - q } }")


def test_many_registers_warn() -> None:
    source = COUNTER.replace("0..99", "0..9999").replace("a < 99", "a < 9999")
    (warning,) = tm.check_text(source).warnings
    assert (warning.code, warning.message) == ("TM083", "9,999 states")


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("step s { left t }", ["TM085"]),
        ('step s { left t } answer "{t.all}"', []),
        ('print "{t.all}" left t', []),
        ("left t", []),
    ],
)
def test_a_text_without_an_answer_warns(body: str, codes: list[str]) -> None:
    source = f"tape t: '0' | '1'\nmain {{ {body} }}"
    assert [warning.code for warning in tm.check_text(source).warnings] == codes


def test_an_alphabet_beyond_ascii_is_refused_at_its_first_letter() -> None:
    letters = " | ".join(f"'{chr(code)}'" for code in range(0x4E00, 0x4E00 + 0x5000))
    message = refused(f"tape t: {letters}\nmain {{ accept }}")
    assert "machine.tm:1:10: error[TM003]: U+4E00" in message


def test_a_thousand_states_on_wide_tapes_take_a_sparse_table() -> None:
    """Dense over its tapes this table would have 1,000 × 95³ entries of 8 bytes: 7 GB."""
    rules = "".join(
        f"rule s{i} [*, *, *] -> [*, *, *] [R, L, S] s{(i + 1) % 1000}\n"
        f"rule s{i} ['a', 'b', printable] -> ['b', *, *] [R, S, R] s{(i + 7) % 1000}\n"
        for i in range(1000)
    )
    source = f"class printable = '!'..'~'\ntape a, b, c: printable\nstart s0\n{rules}"
    table = tm.check_text(source).table
    assert len(table.states) == 1000
    assert sum(1 for _ in table.rows()) >= 2000
    packed = pack(table, speaking=False)
    assert sum(array.nbytes for array in packed) < 10**7
    assert tm.run(table, {"a": "aaa"}, limits=tm.Limits(steps=5_000)).outcome == "step_limit"
