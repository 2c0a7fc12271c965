"""Properties that every machine, task and text must have; each raises ``AssertionError`` if not."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from compiler import Text, render
from compiler.lint import Severity, lint
from tasks import Instance, Task
from tasks.tools.linting import TaskSubject
from tm import Run, Table, check, run


def engines_agree(table: Table, inputs: Mapping[str, str]) -> Run:
    """Both engines end alike: outcome, state, tapes, what was said, every transition on the way.

    The reference engine also tests the contracts of procs.

    Returns
    -------
    Run
        The compiled engine's run, with its trace and actions.

    Raises
    ------
    ContractBroken
        When the machine breaks a contract that it states.
    """
    slow = run(table, inputs, engine="reference", trace=True, actions=True)
    fast = run(table, inputs, engine="compiled", trace=True, actions=True)
    _same("outcome", slow.outcome, fast.outcome)
    _same("number of transitions", slow.transitions, fast.transitions)
    _same("state", slow.state, fast.state)
    for one, other in zip(slow.tapes, fast.tapes, strict=True):
        _same(f"head of tape `{one.tape.name}`", one.head, other.head)
        _same(f"first cell of tape `{one.tape.name}`", one.origin, other.origin)
        _same(f"tape `{one.tape.name}`", one.symbols.tolist(), other.symbols.tolist())
    _same("actions", _listed(slow.actions), _listed(fast.actions))
    for name in ("utterance", "transition", "capture", "ends", "letters", "runs"):
        _same(f"trace's {name}", *(_listed(getattr(r.trace, name)) for r in (slow, fast)))
    return fast


def speech_changes_nothing(source: Path) -> None:
    """With every template emptied, a ``.tm`` file becomes the same machine."""
    speaking, mute = (check(source, speech=speech).table for speech in (True, False))
    if speaking.without_speech() != mute.without_speech():
        raise AssertionError(f"{source}: another machine when its templates are empty")


def spans_tile(text: Text) -> None:
    """The spans of a text follow each other without gap or overlap, and none is empty."""
    spans = list(text.spans)
    ends = [0, *(span.end for span in spans)]
    _same("where the spans begin", [span.start for span in spans], ends[:-1])
    _same("where the last span ends", ends[-1], len(text.string))
    if any(end <= start for start, end in pairwise(ends)):
        raise AssertionError("a span is empty")


def answers(task: Task[Any], instance: Instance, wanted: str) -> None:
    """The machine accepts, leaves ``wanted`` on its tape ``out``, says it, and is graded right.

    Parameters
    ----------
    wanted
        The answer by an independent way, spelt as the machine spells it.
    """
    result = task.run(instance)
    _same("outcome", result.outcome, "accept")
    _same("tape `out`", result.text("out"), wanted)
    if result.trace is None:
        raise AssertionError("Task.run keeps a trace unless it is told not to")
    text = render(task.table, result.trace)
    spans_tile(text)
    said = text.string.rstrip("\n").rpartition("\n")[2]
    _same("last line of the text", said, f"answer: {wanted}")
    _same("grade", task.check(instance, text.string).grade, "correct")


def text_rules(task: Task[Any], *, depth: int = 1) -> None:
    """No rule of ``compiler.lint`` that needs no vocabulary is broken."""
    found = lint(TaskSubject(task), depth=depth)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        lines = (f"{f.rule}: step {f.step} {f.label}: {f.message} {f.instance}" for f in errors)
        raise AssertionError("\n".join(lines))


def _same(what: str, one: object, other: object) -> None:
    if one != other:
        raise AssertionError(f"{what}: {one!r} is not {other!r}")


def _listed(array: Any) -> list[int]:
    values: list[int] = np.asarray(array).tolist()
    return values
