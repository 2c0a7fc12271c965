"""A run decoded into a tree of steps with their pairs.

Decoding is for checks and studies of single runs; it is far slower than rendering.
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
    kind
        ``FETCH`` or ``SOLVE``.
    name
        Its name within the step (``s`` in ``relax.s``).
    key, value
        The key and the value in the text; a verdict is a key whose value is None.
    """

    kind: UtteranceKind
    name: str
    key: str
    value: str | None


@dataclass(slots=True)
class Step:
    """A step of a run.

    Attributes
    ----------
    name, label
        Its name and its label.
    level
        Depth of nesting; 1 for an outermost step.
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
        """Its own fetched pairs, in order."""
        return [e for e in self.emissions if e.kind is UtteranceKind.FETCH]

    @property
    def solved(self) -> list[Emission]:
        """Its own solved pairs and verdicts, in order."""
        return [e for e in self.emissions if e.kind is UtteranceKind.SOLVE]


@dataclass(slots=True)
class DecodedRun:
    """The steps, answers and faults of one run.

    Attributes
    ----------
    steps
        The outermost steps, in order.
    answers
        Every answer; a machine that follows the rules gives one.
    faults
        A sentence for each opening, close or emission that does not nest properly.
    """

    steps: list[Step] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def walk(self, depth: int) -> Iterator[Step]:
        """Yield the steps of level at most ``depth``, in the order of opening."""
        todo = self.steps[::-1]
        while todo:
            step = todo.pop()
            yield step
            if step.level < depth:
                todo.extend(step.inner[::-1])


def decode(table: Table, trace: Trace, index: int = 0) -> DecodedRun:
    """Return run ``index`` of a trace as a tree of steps.

    An emission outside every step belongs to the outermost step before it.
    """
    run = DecodedRun()
    path: list[Step] = []
    for event in range(int(trace.runs[index]), int(trace.runs[index + 1])):
        utterance = table.utterances[int(trace.utterance[event])]
        key, value = key_and_value(table, trace, event)
        match utterance.kind:
            case UtteranceKind.OPEN:
                step = Step(utterance.step, key, len(path) + 1)
                (path[-1].inner if path else run.steps).append(step)
                path.append(step)
            case UtteranceKind.CLOSE:
                if not path or path[-1].name != utterance.step:
                    open_step = f"`{path[-1].name}`" if path else "no step"
                    run.faults.append(f"`{utterance.step}` closes where {open_step} is open")
                del path[-1:]
            case UtteranceKind.ANSWER:
                run.answers.append(key)
            case kind:
                emission = Emission(kind, utterance.name, key, value)
                if path or run.steps:
                    (path or run.steps)[-1].emissions.append(emission)
                else:
                    run.faults.append(f"`{key}` comes before the first step")
    if path:
        run.faults.append(f"`{path[-1].name}` is not closed at the end of the run")
    return run


def steps_with_next(run: DecodedRun, depth: int) -> list[tuple[Step, str]]:
    """Return every step of level at most ``depth`` with the heading of the step that opens next.

    The heading is that of the minimal style (``relax 1.3``), and ``end`` after the last step.
    """
    steps = list(run.walk(depth))
    headings = [f"{step.name} {step.label}".rstrip() for step in steps]
    return list(zip(steps, [*headings[1:], "end"], strict=True)) if steps else []
