"""Random programs: the table against a direct interpreter of the syntax tree, and itself."""

import re
from collections.abc import Iterator
from random import Random

from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

import tm
from tests.support.machines.interpreter import Exhausted, Interpreter
from tests.support.machines.programs import programs
from tests.support.machines.tables import Engine
from tm.engine import Run, Stepper
from tm.language.formatter import format_text
from tm.speech import Template
from tm.table import Table

INPUTS = st.fixed_dictionaries(
    {
        "a": st.text("0123,", max_size=5),
        "b": st.text("0123,", max_size=5),
        "c": st.text("0123456789x", max_size=3),
    }
)
LIMITS = tm.Limits(steps=5_000, cells=5_000)
ENGINES: tuple[Engine, ...] = ("reference", "compiled")


def table_of(program: str, *, speech: bool = True, prints: bool = False) -> Table:
    try:
        return tm.check_text(program, speech=speech, prints=prints).table
    except tm.SourceError as error:
        codes = {d.code for d in error.diagnostics if not d.warning}
    # These programs have no other faults than code that can never be executed.
    assert codes <= {"TM050", "TM071", "TM072"}
    return reject()


def events(table: Table, run: Run) -> list[tuple[str, str, str, str, str | None]]:
    """Return what a run said: kind, step, name, key and value of each utterance."""
    trace = run.trace
    assert trace is not None
    words = [
        trace.letters[start:end].tobytes().decode("ascii")
        for start, end in zip(trace.ends, trace.ends[1:], strict=False)
    ]

    def text(template: Template, captures: Iterator[str]) -> str:
        return "".join(
            piece.text if piece.tape < 0 else next(captures) or piece.text for piece in template
        )

    result = []
    for index, first in zip(trace.utterance, trace.capture, strict=True):
        utterance = table.utterances[index]
        captures = iter(words[first:])
        key = text(utterance.key, captures)
        value = None if utterance.value is None else text(utterance.value, captures)
        result.append((str(utterance.kind), utterance.step, utterance.name, key, value))
    return result


STEP_AFTER_BREAK = """
tape a, b: '0'..'3'
tape c: '0'..'9'
main {
    let q: 0..9 = 1
    loop { q = 0 if a != _ or a == _ { break } }
    step s at "{q}" { }
    right c
}
"""


PRINT = r'print "[^"]*"'

PRINT_AMONG_EFFECTS = """
tape a, b, c: '0'..'3'
main {
    let q: 0..3 = 1
    a := 2  print "{a.cell} {q}"  q = 2  mark b  print "{a} {b.all} {q}"
    right a  print "{a.cell}"  b := _  print "{b.cell}"
}
"""


HALT_IN_A_PROC = """
tape a, b, c: '0'..'3'
proc stop(t) { step inner at "{t}" { if t == 3 { accept } } }
main { step outer { step middle { stop(a) right a stop(a) } } }
"""


@given(programs(), INPUTS)
@example(STEP_AFTER_BREAK, {"a": "", "b": "", "c": ""})
@example(HALT_IN_A_PROC, {"a": "13", "b": "", "c": ""})
@settings(max_examples=150)
def test_the_table_behaves_as_the_program(program: str, inputs: dict[str, str]) -> None:
    table = table_of(program)
    run = tm.run(table, inputs, engine="reference", limits=LIMITS, trace=True)
    oracle = Interpreter(program, inputs)
    try:
        outcome = oracle.run()
    except Exhausted:
        assert run.outcome in ("step_limit", "space_limit") or run.transitions > 100
        return
    assert run.outcome == outcome
    utterances = events(table, run)
    if outcome == "stuck":
        # The transition that cannot be made has no effect, so its utterances are missing.
        assert utterances == oracle.utterances[: len(utterances)]
        return
    assert utterances == oracle.utterances
    for name, cells in oracle.tapes.items():
        assert run.text(name) == cells.text
        assert run.tapes[table.tape(name)].head == cells.head


@given(programs(), INPUTS)
def test_both_engines_agree_on_programs(program: str, inputs: dict[str, str]) -> None:
    table = table_of(program)
    runs = [
        tm.run(table, inputs, engine=engine, limits=LIMITS, trace=True, actions=True)
        for engine in ENGINES
    ]
    assert runs[0].outcome == runs[1].outcome
    assert runs[0].transitions == runs[1].transitions
    assert runs[0].actions is not None
    assert runs[1].actions is not None
    assert runs[0].actions.tolist() == runs[1].actions.tolist()
    assert [t.text for t in runs[0].tapes] == [t.text for t in runs[1].tapes]
    assert events(table, runs[0]) == events(table, runs[1])


@given(programs())
def test_empty_templates_change_nothing(program: str) -> None:
    assert table_of(program).without_speech() == table_of(program, speech=False).without_speech()


@given(programs())
def test_print_statements_change_nothing(program: str) -> None:
    assert table_of(program) == table_of(re.sub(PRINT, "", program))


@given(programs(), INPUTS)
@example(PRINT_AMONG_EFFECTS, {"a": "13", "b": "2", "c": ""})
def test_lines_are_printed_as_by_the_program(program: str, inputs: dict[str, str]) -> None:
    silent = tm.run(table_of(program), inputs, engine="reference", limits=LIMITS, trace=True)
    table = table_of(program, prints=True)
    stepper = Stepper(table, inputs, limits=LIMITS)
    lines = []
    running = True
    while running:
        running = stepper.step() is None
        lines += [line.split(": ", 1)[1] for line in stepper.printed]
    run = stepper.result()
    assert (run.outcome, run.transitions) == (silent.outcome, silent.transitions)
    assert events(table, run) == events(silent.table, silent)
    oracle = Interpreter(program, inputs)
    try:
        oracle.run()
    except Exhausted:
        return
    # The transition that cannot be made prints nothing.
    assert lines == (oracle.prints[: len(lines)] if run.outcome == "stuck" else oracle.prints)


@given(programs(), st.randoms(use_true_random=False))
def test_formatting_keeps_the_table_and_settles_at_once(program: str, random: Random) -> None:
    table = table_of(program)
    ragged = "\n".join(" " * random.randrange(9) + line for line in program.split("\n"))
    formatted = format_text(ragged)
    assert format_text(formatted) == formatted
    assert tm.check_text(formatted).table == table
