"""A run decoded into a tree of steps with their pairs.

Decoding is for checks and studies of single runs; it is far slower than rendering.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tm.speech import Utterance, UtteranceKind
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


class _Pattern(NamedTuple):
    """An utterance, prepared for decoding.

    Attributes
    ----------
    key, value
        The pieces of its templates: text, or None for a capture, with the default of an empty one.
    captures
        The number of captures in the key.
    """

    utterance: Utterance
    key: tuple[tuple[bool, str], ...]
    value: tuple[tuple[bool, str], ...] | None
    captures: int


class Decoder:
    """Decodes the runs of one machine."""

    def __init__(self, table: Table) -> None:
        self.patterns = [_pattern(utterance) for utterance in table.utterances]

    def decode(self, trace: Trace, index: int = 0) -> DecodedRun:
        """Return run ``index`` of a trace as a tree of steps.

        An emission outside every step belongs to the outermost step before it.
        """
        run = DecodedRun()
        path: list[Step] = []
        for pattern, key, value in self._utterances(trace, index):
            utterance = pattern.utterance
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

    def _utterances(self, trace: Trace, index: int) -> Iterator[tuple[_Pattern, str, str | None]]:
        """Yield the utterances of a run, each with the text of its key and its value."""
        start, stop = int(trace.runs[index]), int(trace.runs[index + 1])
        if start == stop:
            return
        utterances = trace.utterance[start:stop].tolist()
        first, last = int(trace.capture[start]), _capture_count(trace, stop)
        ends = (trace.ends[first : last + 1] - trace.ends[first]).tolist()
        letters = trace.letters[trace.ends[first] : trace.ends[last]].tobytes().decode("ascii")
        words = [letters[a:b] for a, b in pairwise(ends)]
        captures = (trace.capture[start:stop] - first).tolist()
        for utterance, capture in zip(utterances, captures, strict=True):
            pattern = self.patterns[utterance]
            key = _filled(pattern.key, words, capture)
            if pattern.value is None:
                yield pattern, key, None
            else:
                yield pattern, key, _filled(pattern.value, words, capture + pattern.captures)


def decode(table: Table, trace: Trace, index: int = 0) -> DecodedRun:
    """Return run ``index`` of a trace as a tree of steps; see ``Decoder``."""
    return Decoder(table).decode(trace, index)


def _pattern(utterance: Utterance) -> _Pattern:
    key = tuple((piece.tape >= 0, piece.text) for piece in utterance.key)
    value = utterance.value
    pieces = None if value is None else tuple((piece.tape >= 0, piece.text) for piece in value)
    return _Pattern(utterance, key, pieces, sum(is_capture for is_capture, _ in key))


def _capture_count(trace: Trace, event: int) -> int:
    """Return the number of captures before an event."""
    return int(trace.capture[event]) if event < len(trace.capture) else len(trace.ends) - 1


def _filled(pieces: tuple[tuple[bool, str], ...], words: list[str], capture: int) -> str:
    """Return the text of a template whose captures begin at word ``capture``."""
    if len(pieces) == 1:
        (is_capture, text) = pieces[0]
        return (words[capture] or text) if is_capture else text
    parts = []
    for is_capture, text in pieces:
        if is_capture:
            parts.append(words[capture] or text)
            capture += 1
        else:
            parts.append(text)
    return "".join(parts)


def steps_with_next(run: DecodedRun, depth: int) -> list[tuple[Step, str]]:
    """Return every step of level at most ``depth`` with the heading of the step that opens next.

    The heading is that of the minimal style (``relax 1.3``), and ``end`` after the last step.
    """
    steps = list(run.walk(depth))
    headings = [f"{step.name} {step.label}".rstrip() for step in steps]
    return list(zip(steps, [*headings[1:], "end"], strict=True)) if steps else []
