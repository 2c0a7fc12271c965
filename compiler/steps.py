"""A run decoded into a tree of steps with their pairs.

Decoding is for checks and studies of single runs; it is far slower than rendering.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tm.speech import Template, Utterance, UtteranceKind, last_symbol
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
    is_quote
        Whether the key quotes the end of the answer; see ``tm.speech.Utterance.is_quote``.
    """

    kind: UtteranceKind
    name: str
    key: str
    value: str | None
    is_quote: bool = False


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
    fetched, solved
        Its own fetched pairs; its own solved pairs and verdicts.
    inner
        The steps inside it, in order.
    """

    name: str
    label: str
    level: int
    emissions: list[Emission] = field(default_factory=list)
    fetched: list[Emission] = field(default_factory=list)
    solved: list[Emission] = field(default_factory=list)
    inner: list[Step] = field(default_factory=list)

    @property
    def quotes(self) -> list[str]:
        """The ends of the answer that the step quotes, each after a new symbol."""
        return [e.key for e in self.solved if e.is_quote]

    @property
    def results(self) -> list[Emission]:
        """Its own solved pairs and verdicts; a quote as a pair of its name and last symbol."""
        return [
            e._replace(key=e.name, value=last_symbol(e.key)) if e.is_quote else e
            for e in self.solved
        ]


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


MAX_KNOWN_EMISSIONS = 200_000
"""Different emissions that a decoder keeps; beyond them it begins anew."""


class Decoder:
    """Decodes the runs of one machine; equal emissions are one object, filled in once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.captures = [
            sum(piece.tape >= 0 for piece in (*u.key, *(u.value or ()))) for u in table.utterances
        ]
        self.known: list[dict[tuple[str, ...], Emission]] = [{} for _ in table.utterances]
        self.count = 0

    def decode(self, trace: Trace, index: int = 0) -> DecodedRun:
        """Return run ``index`` of a trace as a tree of steps.

        An emission outside every step belongs to the outermost step before it.
        """
        run = DecodedRun()
        path: list[Step] = []
        for emission in self._emissions(trace, index):
            kind, name, key, *_ = emission
            if kind is UtteranceKind.OPEN:
                step = Step(name, key, len(path) + 1)
                (path[-1].inner if path else run.steps).append(step)
                path.append(step)
            elif kind is UtteranceKind.CLOSE:
                if not path or path[-1].name != name:
                    open_step = f"`{path[-1].name}`" if path else "no step"
                    run.faults.append(f"`{name}` closes where {open_step} is open")
                del path[-1:]
            elif kind is UtteranceKind.ANSWER:
                run.answers.append(key)
            elif path or run.steps:
                step = (path or run.steps)[-1]
                step.emissions.append(emission)
                (step.fetched if kind is UtteranceKind.FETCH else step.solved).append(emission)
            else:
                run.faults.append(f"`{key}` comes before the first step")
        if path:
            run.faults.append(f"`{path[-1].name}` is not closed at the end of the run")
        return run

    def _emissions(self, trace: Trace, index: int) -> Iterator[Emission]:
        """Yield what a run writes; the name of an opening or a close is that of its step."""
        start, stop = int(trace.runs[index]), int(trace.runs[index + 1])
        if start == stop:
            return
        if self.count > MAX_KNOWN_EMISSIONS:
            self.known = [{} for _ in self.table.utterances]
            self.count = 0
        first, last = int(trace.capture[start]), _capture_count(trace, stop)
        ends = (trace.ends[first : last + 1] - trace.ends[first]).tolist()
        letters = trace.letters[trace.ends[first] : trace.ends[last]].tobytes().decode("ascii")
        words = [letters[a:b] for a, b in pairwise(ends)]
        captures = (trace.capture[start:stop] - first).tolist()
        utterances = trace.utterance[start:stop].tolist()
        for number, capture in zip(utterances, captures, strict=True):
            length = self.captures[number]
            captured = tuple(words[capture : capture + length]) if length else ()
            emission = self.known[number].get(captured)
            if emission is None:
                emission = _emission(self.table.utterances[number], captured)
                self.known[number][captured] = emission
                self.count += 1
            yield emission


def decode(table: Table, trace: Trace, index: int = 0) -> DecodedRun:
    """Return run ``index`` of a trace as a tree of steps; see ``Decoder``."""
    return Decoder(table).decode(trace, index)


def _emission(utterance: Utterance, words: tuple[str, ...]) -> Emission:
    """Return what an utterance writes with the words that it captured."""
    remaining = iter(words)
    key = _filled(utterance.key, remaining)
    value = None if utterance.value is None else _filled(utterance.value, remaining)
    of_step = utterance.kind in (UtteranceKind.OPEN, UtteranceKind.CLOSE)
    name = utterance.step if of_step else utterance.name
    return Emission(utterance.kind, name, key, value, utterance.is_quote)


def _capture_count(trace: Trace, event: int) -> int:
    """Return the number of captures before an event."""
    return int(trace.capture[event]) if event < len(trace.capture) else len(trace.ends) - 1


def _filled(template: Template, words: Iterator[str]) -> str:
    return "".join(
        piece.text if piece.tape < 0 else next(words) or piece.text for piece in template
    )


def steps_with_next(run: DecodedRun, depth: int) -> list[tuple[Step, str]]:
    """Return every step of level at most ``depth`` with the heading of the step that opens next.

    The heading is that of the minimal style (``relax 1.3``), and ``end`` after the last step.
    """
    steps = list(run.walk(depth))
    headings = [f"{step.name} {step.label}".rstrip() for step in steps]
    return list(zip(steps, [*headings[1:], "end"], strict=True)) if steps else []
