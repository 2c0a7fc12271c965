"""Properties that every machine, task and text must have; each raises ``AssertionError`` if not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from compiler import Text, render
from compiler.lint import Severity, lint, scaled_counts
from tasks import Instance, Task
from tasks.tools.linting import TaskSubject
from tasks.tools.problem_checks import check_problems
from tm import Run, Table, check, run


def engines_agree(table: Table, inputs: Mapping[str, str]) -> Run:
    """Assert that both engines agree on outcome, state, tapes, trace and every transition.

    The reference engine also checks the contracts of procs.

    Returns
    -------
    Run
        The run of the compiled engine, with its trace and actions.

    Raises
    ------
    ContractBroken
        When the machine breaks a contract that it states.
    """
    reference = run(table, inputs, engine="reference", trace=True, actions=True)
    compiled = run(table, inputs, engine="compiled", trace=True, actions=True)
    _assert_equal("outcome", reference.outcome, compiled.outcome)
    _assert_equal("number of transitions", reference.transitions, compiled.transitions)
    _assert_equal("state", reference.state, compiled.state)
    for one, other in zip(reference.tapes, compiled.tapes, strict=True):
        _assert_equal(f"head of tape `{one.tape.name}`", one.head, other.head)
        _assert_equal(f"first cell of tape `{one.tape.name}`", one.origin, other.origin)
        _assert_equal(f"tape `{one.tape.name}`", one.symbols.tolist(), other.symbols.tolist())
    _assert_equal("actions", _as_list(reference.actions), _as_list(compiled.actions))
    for name in ("utterance", "transition", "capture", "ends", "letters", "runs"):
        arrays = (_as_list(getattr(result.trace, name)) for result in (reference, compiled))
        _assert_equal(f"trace's {name}", *arrays)
    return compiled


def speech_changes_nothing(source: Path) -> None:
    """Assert that a ``.tm`` file becomes the same machine when every template is empty."""
    speaking, mute = (check(source, speech=speech).table for speech in (True, False))
    if speaking.without_speech() != mute.without_speech():
        raise AssertionError(f"{source}: the machine changes when its templates are empty")


def spans_tile(text: Text) -> None:
    """Assert that the spans of a text are not empty and follow each other without a gap."""
    position = 0
    for number, span in enumerate(text.spans):
        _assert_equal(f"start of span {number}", span.start, position)
        if span.end <= span.start:
            raise AssertionError(f"span {number} is empty")
        position = span.end
    _assert_equal("end of the last span", position, len(text.string))


def answers(task: Task[Any], instance: Instance, expected: str) -> None:
    """Assert that the machine accepts and answers ``expected``, and that the grader agrees.

    Parameters
    ----------
    expected
        The answer, computed in another way than the machine does, in the machine's spelling.

    Raises
    ------
    ValueError
        When ``expected`` is not a text.
    """
    if not isinstance(expected, str):
        raise ValueError(f"`expected` must be a text, not {expected!r}; write str(…) around it")
    result = task.run(instance)
    _assert_equal("outcome", result.outcome, "accept")
    _assert_equal("tape `out`", result.text("out"), expected)
    if result.trace is None:
        raise AssertionError("the task's `run` kept no trace")
    text = render(task.table, result.trace)
    spans_tile(text)
    last_line = text.string.rstrip("\n").rpartition("\n")[2]
    _assert_equal("last line of the text", last_line, f"answer: {expected}")
    _assert_equal("grade", task.check(instance, text.string).grade, "correct")


def text_rules(task: Task[Any], *, depth: int = 1, count: int = 100) -> None:
    """Assert that the task breaks no rule of ``tmtail lint`` that needs no vocabulary.

    Parameters
    ----------
    depth
        Levels of nested steps to check.
    count
        Number of instances of each range, as in ``tmtail lint --n``; more find rarer faults.
    """
    findings = lint(TaskSubject(task), depth=depth, counts=scaled_counts(count))
    findings += check_problems(task, count)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        lines = (f"{f.rule}: step {f.step} {f.label}: {f.message} {f.instance}" for f in errors)
        raise AssertionError("\n".join(lines))


def _assert_equal(subject: str, one: object, other: object) -> None:
    if one != other:
        raise AssertionError(f"{subject}: {one!r} is not {other!r}")


def _as_list(array: Any) -> list[int]:
    values: list[int] = np.asarray(array).tolist()
    return values
