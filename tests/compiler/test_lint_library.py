"""The rule *closed* finds nothing hidden in machines that call the standard library."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tm
from compiler.lint import TINY, Evidence, Severity
from compiler.lint.rules.closed import Closed
from tests.support.tasks.lint_subjects import DigitRows
from tm.pipeline import check_text

PROC = re.compile(r"^proc (\w+)\(([^)]*)\)([^{]*)", re.MULTILINE)
PROCS = {
    f"{path.stem}.{name}": (params, result)
    for path in sorted((Path(tm.__file__).parent / "std").glob("*.tm"))
    # Of these, procs are steps or a part of a certain step, or have no tapes.
    if path.stem not in ("reading", "writing", "carries")
    for name, params, result in PROC.findall(path.read_text(encoding="utf-8"))
}

MACHINE = """
IMPORTS
tape a, b, c, d: digit | ',' | ';' | '(' word digit
tape key: 'a'..'z'
tape out: digit
main {
    while key != _ {
        step one at "{key.cell}" {
            fetch "a {key.cell}" = {a}
            CALL
            solve "b {key.cell}" = {b}
        }
        CALL
        step two at "{key.cell}" {
            fetch "b {key.cell}" = {b}
            CALL
            OTHER
            solve "c {key.cell}" = {c}
        }
        CALL
        OTHER
        right key
    }
    answer "{out.all}"
}
"""


def call(proc: str, tapes: str) -> str:
    """Return a statement that calls a proc of the library and does not look at its value."""
    params, result = PROCS[proc]
    remaining = iter(tapes)
    arguments = [
        "';'" if ": printable" in parameter else next(remaining) for parameter in params.split(",")
    ]
    text = f"{proc.partition('.')[2]}({', '.join(arguments)})"
    if "bool" in result:
        return f"if {text} {{ right a }}"
    return f"if {text} == lt {{ right a }}" if "lt | eq | gt" in result else text


def hidden(proc: str) -> list[str]:
    """Return the warnings of states that look alike in a machine that calls the proc five times."""
    modules = sorted({name.partition(".")[0] for name in PROCS})
    source = MACHINE.replace("IMPORTS", "\n".join(f"import std.{name}" for name in modules))
    source = source.replace("CALL", call(proc, "abcd")).replace("OTHER", call(proc, "bacd"))
    check_text(source)
    subject = DigitRows(source)
    rule = Closed(Evidence(subject, counts={TINY: 0, "first": 0, "others": 0, "many": 0}))
    return [f.message for f in rule.findings() if f.severity is Severity.WARNING]


@pytest.mark.parametrize("proc", PROCS)
def test_a_machine_that_calls_a_proc_between_its_steps_hides_nothing(proc: str) -> None:
    assert hidden(proc) == []


def test_a_register_that_nothing_depends_on_hides_nothing() -> None:
    dead = """
tape x: '0'..'9'
tape key: 'a'..'z'
tape out: '0'..'9'
main {
    let last: 0..9 = 0
    while x != _ {
        step copy at "{key.cell}" { fetch "x {key.cell}" = {x}  solve "ans" = {x} }
        if last == 0 { out := 1 } else { out := 1 }
        last = x
        right x, key
    }
    answer "{out.all}"
}
"""
    rule = Closed(Evidence(DigitRows(dead), counts={TINY: 0, "first": 0, "others": 0, "many": 0}))
    assert [*rule.findings()] == []
