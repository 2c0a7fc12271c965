"""What a run said, decoded: a tree of steps with their pairs. For checks and studies, not for
speed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from compiler.renderer.events import key_and_value
from tm.speech import UtteranceKind
from tm.table import Table
from tm.trace import Trace


class Emission(NamedTuple):
    """A fetched or solved pair, or a bare verdict.

    Attributes
    ----------
    name
        Its name within the step (``s`` in ``relax.s``).
    key, value
        As said; a verdict is a ``key`` whose ``value`` is None.
    """

    kind: UtteranceKind
    name: str
    key: str
    value: str | None


@dataclass(slots=True)
class Step:
    """A step as it was said.

    Attributes
    ----------
    level
        1 for an outermost step.
    emissions
        Its own emissions, in order.
    inner
        The steps inside it, in order.
    """

    name: str
    label: str
    level: int
    emissions: list[Emission] = field(default_factory=list)
    inner: list[Step] = field(default_factory=list)

    @property
    def fetched(self) -> list[Emission]:
        return [e for e in self.emissions if e.kind is UtteranceKind.FETCH]

    @property
    def solved(self) -> list[Emission]:
        return [e for e in self.emissions if e.kind is UtteranceKind.SOLVE]


@dataclass(slots=True)
class DecodedRun:
    """All that one run said.

    Attributes
    ----------
    steps
        The outermost steps, in order.
    answers
        Every answer said; one, for a machine that keeps the rules.
    faults
        Openings and closes that do not match, a sentence each.
    """

    steps: list[Step] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def walk(self, depth: int) -> Iterator[Step]:
        """The steps of level at most ``depth``, in the order of opening."""
        todo = self.steps[::-1]
        while todo:
            step = todo.pop()
            yield step
            if step.level < depth:
                todo.extend(step.inner[::-1])


def decode(table: Table, trace: Trace, index: int = 0) -> DecodedRun:
    """What run ``index`` of a trace said. Emissions outside every step belong to the step
    before.
    """
    decoded = DecodedRun()
    path: list[Step] = []
    for event in range(int(trace.runs[index]), int(trace.runs[index + 1])):
        utterance = table.utterances[int(trace.utterance[event])]
        key, value = key_and_value(table, trace, event)
        match utterance.kind:
            case UtteranceKind.OPEN:
                step = Step(utterance.step, key, len(path) + 1)
                (path[-1].inner if path else decoded.steps).append(step)
                path.append(step)
            case UtteranceKind.CLOSE:
                if not path or path[-1].name != utterance.step:
                    open_step = f"`{path[-1].name}`" if path else "no step"
                    decoded.faults.append(f"`{utterance.step}` closes where {open_step} is open")
                del path[-1:]
            case UtteranceKind.ANSWER:
                decoded.answers.append(key)
            case kind:
                emission = Emission(kind, utterance.name, key, value)
                if path or decoded.steps:
                    (path or decoded.steps)[-1].emissions.append(emission)
                else:
                    decoded.faults.append(f"`{key}` is said before any step")
    if path:
        decoded.faults.append(f"`{path[-1].name}` is never closed")
    return decoded


def steps_with_next(decoded: DecodedRun, depth: int) -> list[tuple[Step, str]]:
    """Every step of level at most ``depth`` with the step that opens next, ``end`` after the last.

    It is named as the minimal style names it: ``relax 1.3``.
    """
    steps = list(decoded.walk(depth))
    names = [f"{step.name} {step.label}".rstrip() for step in steps]
    return list(zip(steps, [*names[1:], "end"], strict=True)) if steps else []
