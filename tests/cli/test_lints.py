from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import Command

MACHINE = """\
import std.reading
tape n: '0'..'9' word '0'..'9'
tape lead: ' '..'~' word ' '..'}}'
tape out: '0'..'9'
main {{
    read_item(n, lead, "n")
    let q: 0..9 = 0
    if n != _ {{ q = n }}
    n := _
    step only {{
        fetch "n" = {n}
        out := q
        solve "half" = {{out.cell}}
    }}
    answer "{{out.all}}"
}}
"""
TASK = """\
from collections.abc import Mapping
from dataclasses import dataclass

from tasks import Draws, INTEGER, Instance, LengthRange, Task, ranges


@dataclass(frozen=True, kw_only=True)
class Digit(Instance):
    digit: int


@dataclass(frozen=True, kw_only=True)
class Echo(Task[Digit]):
    ranges: Mapping[str, LengthRange] = ranges(S=(1, 1))
    paradigm = "simulation"
    instance = Digit
    kind = INTEGER
    wordings = ("What is the digit {n}?",)

    def sample(self, draws: Draws, *lengths: int) -> Digit:
        return Digit(digit=draws.below(10))

    def tiny(self, draws: Draws) -> Digit:
        return Digit(digit=draws.below(10))

    def length(self, instance: Digit) -> int:
        return 1

    def words(self, instance: Digit) -> dict[str, str]:
        return {"n": str(instance.digit)}

    def tapes(self, instance: Digit) -> dict[str, str]:
        return {"n": str(instance.digit)}
"""


@pytest.fixture
def echo(tmp_path: Path):
    """A task that says its input; the template `fetched` is the value it claims to fetch."""

    def make(fetched: str) -> Path:
        file = tmp_path / "echo.py"
        file.write_text(TASK)
        file.with_suffix(".tm").write_text(MACHINE.format(n=fetched))
        return file

    return make


def test_a_machine_that_keeps_the_rules(tmtail: Command, echo) -> None:
    answer = tmtail("lint", echo("{q}"))
    assert answer.code == 0, answer.out
    assert "rules 10, errors 0, warnings 0" in answer.out
    assert "no vocabulary was given" in answer.out


def test_a_machine_that_breaks_them(tmtail: Command, echo) -> None:
    task = echo("none")
    answer = tmtail("lint", task)
    assert answer.code == 1
    assert "error[fetched]: " in answer.out
    findings = json.loads(tmtail("lint", task, "--json").out)
    assert {"closed", "fetched"} <= {f["rule"] for f in findings if f["severity"] == "error"}
    assert {f["task"] for f in findings} == {"echo"}


def test_a_machine_that_does_not_read_its_prompt(tmtail: Command, echo) -> None:
    task = echo("{q}")
    machine = task.with_suffix(".tm")
    machine.write_text(machine.read_text().replace('read_item(n, lead, "n")', ""))
    answer = tmtail("lint", task)
    assert answer.code == 1
    assert "error[read]: does not read the operand `n`; begin with procs of" in answer.out
    assert "error[fetched]: fetches n = " in answer.out


def test_a_machine_that_reads_an_operand_by_another_name(tmtail: Command, echo) -> None:
    task = echo("{q}")
    machine = task.with_suffix(".tm")
    machine.write_text(machine.read_text().replace('lead, "n")', 'lead, "the digit")'))
    answer = tmtail("lint", task)
    assert answer.code == 1
    assert "its read steps must be named `n`, as in `words`, not `the`\n" in answer.out
    assert "reads the names" not in answer.out


def test_an_answer_of_another_kind(tmtail: Command, echo) -> None:
    task = echo("{q}")
    task.write_text(TASK.replace("INTEGER", "LETTERS"))
    answer = tmtail("lint", task)
    assert answer.code == 1
    assert "error[answered]: the answer `" in answer.out
    assert "does not have the requested form: it must be capital letters with a" in answer.out


def test_a_vocabulary_that_is_none(tmtail: Command, echo, tmp_path: Path) -> None:
    answer = tmtail("lint", echo("{q}"), "--vocabulary", tmp_path / "nope.json")
    assert answer.code == 1
    assert "nope.json" in answer.err


@pytest.mark.parametrize(
    ("wording", "message"),
    [
        ("What is it?", "wording 0 of echo.prompts.txt, 'What is it?', has {n} 0 times; write"),
        ("What is {fact}?", "has the placeholder {fact}, which `words` does not give"),
        ("{} is {n}?", "has the placeholder {}, which `words` does not give"),
    ],
)
def test_a_wording_without_an_operand(tmtail: Command, echo, wording: str, message: str) -> None:
    task = echo("{q}")
    task.write_text(TASK.replace("What is the digit {n}?", wording))
    answer = tmtail("lint", task)
    assert answer.code == 1
    assert answer.err.startswith("tmtail: error: ")
    assert message in answer.err


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("draws.below(10)", "draws.below(1 // 0)", "ZeroDivisionError: "),
        ("import Mapping", "import Mappin", "ImportError: "),
        ("import dataclass\n", "import dataclass\nimport nowhere\n", "ModuleNotFoundError: "),
    ],
)
def test_a_bug_of_a_task_is_shown_from_its_file_on(
    tmtail: Command, echo, right, wrong, message
) -> None:
    task = echo("{q}")
    task.write_text(TASK.replace(right, wrong))
    answer = tmtail("lint", task)
    assert answer.code == 1
    error, head, place, *_, last = answer.err.splitlines()
    assert error == "tmtail: error: the code of a task or plugin failed"
    assert head == "Traceback (most recent call last):"
    assert place.startswith(f'  File "{task}", line ')
    assert last.startswith(message)


def test_another_seed_has_other_instances(tmtail: Command, echo) -> None:
    task = echo("none")
    seeds = [tmtail("lint", task, "--json", "--n", "1", "--seed", seed) for seed in range(5)]
    instances = [{finding["instance"] for finding in json.loads(answer.out)} for answer in seeds]
    assert len(set.union(*instances)) > 2, instances  # none, and more than one
