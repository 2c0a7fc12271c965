"""Random programs: the table against a direct interpreter of the syntax tree and itself."""

from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

import tm
from tests.support.interpreter import Exhausted, Interpreter
from tm.language.formatter import format_text
from tm.table import Table
from tm.trace import Trace
from tmtail.testing.programs import programs

INPUTS = st.fixed_dictionaries(
    {
        "a": st.text("0123,", max_size=5),
        "b": st.text("0123,", max_size=5),
        "c": st.text("0123456789x", max_size=3),
    }
)
LIMITS = tm.Limits(steps=5_000, cells=5_000)


def table_of(program: str, *, speech: bool = True) -> Table:
    try:
        return tm.check_text(program, speech=speech).table
    except tm.SourceError as error:
        codes = {d.code for d in error.diagnostics if not d.warning}
    # What can never be executed is an error; nothing else may be wrong with these programs.
    assert codes <= {"TM050", "TM071", "TM072"}
    return reject()


def spoken(table: Table, trace: Trace) -> list[tuple[str, str, str, str, str | None]]:
    said = []
    for index, first in zip(trace.utterance, trace.capture, strict=True):
        utterance = table.utterances[index]
        words = iter(range(first, first + len(utterance.captures)))

        def text(pieces: tuple, words=words) -> str:  # type: ignore[type-arg, no-untyped-def]
            out = ""
            for piece in pieces:
                if piece.tape < 0:
                    out += piece.text
                    continue
                at = next(words)
                word = bytes(trace.letters[trace.ends[at] : trace.ends[at + 1]]).decode()
                out += word or piece.text
            return out

        key = text(utterance.key)
        value = None if utterance.value is None else text(utterance.value)
        said.append((str(utterance.kind), utterance.step, utterance.name, key, value))
    return said


BROKEN_OFF = """
tape a, b: '0'..'3'
tape c: '0'..'9'
main {
    let q: 0..9 = 1
    loop { q = 0 if a != _ or a == _ { break } }
    step s at "{q}" { }
    right c
}
"""


@given(programs(), INPUTS)
@example(BROKEN_OFF, {"a": "", "b": "", "c": ""})
@settings(max_examples=150)
def test_the_table_does_what_the_program_says(program: str, inputs: dict[str, str]) -> None:
    table = table_of(program)
    run = tm.run(table, inputs, engine="reference", limits=LIMITS, trace=True)
    oracle = Interpreter(program, inputs)
    try:
        outcome = oracle.run()
    except Exhausted:
        assert run.outcome in ("step_limit", "space_limit") or run.transitions > 100
        return
    assert run.outcome == outcome
    said = spoken(table, run.trace)
    if outcome == "stuck":
        # The transition that cannot be made does nothing: what it had already said is not said.
        assert said == oracle.said[: len(said)]
        return
    assert said == oracle.said
    for name, cells in oracle.tapes.items():
        assert run.text(name) == cells.text
        assert run.tapes[table.tape(name)].head == cells.head


@given(programs(), INPUTS)
def test_both_engines_agree_on_programs(program: str, inputs: dict[str, str]) -> None:
    table = table_of(program)
    runs = [
        tm.run(table, inputs, engine=engine, limits=LIMITS, trace=True, actions=True)
        for engine in ("reference", "compiled")
    ]
    assert runs[0].outcome == runs[1].outcome
    assert runs[0].transitions == runs[1].transitions
    assert list(runs[0].actions) == list(runs[1].actions)
    assert [t.text for t in runs[0].tapes] == [t.text for t in runs[1].tapes]
    assert spoken(table, runs[0].trace) == spoken(table, runs[1].trace)


@given(programs())
def test_empty_templates_change_nothing(program: str) -> None:
    assert table_of(program).without_speech() == table_of(program, speech=False).without_speech()


@given(programs(), st.randoms(use_true_random=False))
def test_formatting_keeps_the_table_and_settles_at_once(program: str, random) -> None:  # type: ignore[no-untyped-def]
    table = table_of(program)
    ragged = "\n".join(" " * random.randrange(9) + line for line in program.split("\n"))
    formatted = format_text(ragged)
    assert format_text(formatted) == formatted
    assert tm.check_text(formatted).table == table
