"""Texts with typed spans, for one run or for thousands.

Offsets of spans are characters of the text (code points of a Python ``str``), never bytes. The
spans of a text cover it exactly: each one begins where the previous one ends, and none is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from compiler.display import text_html

S = TypeVar("S", bound=np.generic)


class Role(StrEnum):
    """Module of the chain of thought that a part of a text belongs to (arXiv 2507.13332, §3)."""

    CONTROL = "control"  # the atomic state and its label
    FETCH = "fetch"  # an operand, read from memory
    SOLVE = "solve"  # the elementary result
    NEXT = "next"  # the linear transition to the next state
    ANSWER = "answer"  # the final answer


class Part(StrEnum):
    """Function of a part of a text within its role."""

    TEXT = "text"  # words and punctuation of the style
    LABEL = "label"  # a step's label
    KEY = "key"  # the name of an operand
    VALUE = "value"  # the value of an operand, a bare verdict, the answer


ROLES = tuple(Role)
PARTS = tuple(Part)


class Span(NamedTuple):
    """A typed part of a text.

    Attributes
    ----------
    start, end
        Characters ``start:end`` of the text.
    role, part
        Its module of the chain of thought, and its function within that module.
    step, label
        Name and label of the step that it belongs to; a ``next`` belongs to the step that ends.
    name
        Name of the operand within its step (``s`` of ``relax.s``); empty for control, next and
        answer.
    depth
        Level of the step: 1 for an outermost one, 0 outside every step.
    state
        Index of the atomic state (the opening of the step) in the text, from 0; −1 outside every
        step.
    """

    start: int
    end: int
    role: Role
    part: Part
    step: str
    label: str
    name: str
    depth: int
    state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans(Sequence[Span]):
    """The s spans of one text, as arrays; indexing returns a ``Span``.

    Attributes
    ----------
    start, end
        int64[s]: offsets in characters.
    role, part
        int8[s]: indices into ``ROLES`` and ``PARTS``.
    step, name
        int32[s]: indices into ``steps`` and ``names``.
    depth, state
        int32[s] and int64[s]: level of the step and index of the state, as in ``Span``.
    steps, names
        Names of steps and operands; index 0 is the empty name.
    labels
        Label of each atomic state.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    role: NDArray[np.int8]
    part: NDArray[np.int8]
    step: NDArray[np.int32]
    name: NDArray[np.int32]
    depth: NDArray[np.int32]
    state: NDArray[np.int64]
    steps: Sequence[str]
    names: Sequence[str]
    labels: Sequence[str]

    def __repr__(self) -> str:
        return f"<Spans: {len(self):,} spans in {len(self.labels):,} atomic states>"

    def __len__(self) -> int:
        return len(self.start)

    @overload
    def __getitem__(self, i: int) -> Span: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[Span, ...]: ...
    def __getitem__(self, i: int | slice) -> Span | tuple[Span, ...]:
        if isinstance(i, slice):
            return tuple(self[index] for index in range(*i.indices(len(self))))
        if not -len(self) <= i < len(self):
            raise IndexError(f"span {i} does not exist; the text has {len(self)}")
        state = int(self.state[i])
        return Span(
            int(self.start[i]),
            int(self.end[i]),
            ROLES[self.role[i]],
            PARTS[self.part[i]],
            self.steps[self.step[i]],
            self.labels[state] if state >= 0 else "",
            self.names[self.name[i]],
            int(self.depth[i]),
            state,
        )

    def __iter__(self) -> Iterator[Span]:
        labels = [*self.labels, ""]  # the last one is for state −1
        bounds = zip(self.start.tolist(), self.end.tolist(), strict=True)
        kinds = zip(self.role.tolist(), self.part.tolist(), strict=True)
        sources = zip(self.step.tolist(), self.name.tolist(), strict=True)
        levels = zip(self.depth.tolist(), self.state.tolist(), strict=True)
        for (start, end), (role, part), (step, name), (depth, state) in zip(
            bounds, kinds, sources, levels, strict=True
        ):
            yield Span(
                start,
                end,
                ROLES[role],
                PARTS[part],
                self.steps[step],
                labels[state],
                self.names[name],
                depth,
                state,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllSpans(Sequence[Spans]):
    """The spans of t texts.

    Attributes
    ----------
    texts
        int64[t + 1]: text i has the spans ``texts[i]:texts[i + 1]``.
    states
        int64[t + 1]: text i has the atomic states ``states[i]:states[i + 1]``.
    flat
        The spans of all texts, one text after the other. Characters and states count from the
        beginning of each text; ``labels`` are those of the states of all texts.
    """

    texts: NDArray[np.int64]
    states: NDArray[np.int64]
    flat: Spans

    @classmethod
    def of(cls, each: Sequence[Spans]) -> AllSpans:
        """Join the spans of single texts."""
        steps = list(dict.fromkeys(["", *(step for spans in each for step in spans.steps)]))
        names = list(dict.fromkeys(["", *(name for spans in each for name in spans.names)]))
        return cls(
            texts=np.cumsum([0, *map(len, each)], dtype=np.int64),
            states=np.cumsum([0, *(len(spans.labels) for spans in each)], dtype=np.int64),
            flat=Spans(
                start=_concatenate([spans.start for spans in each], np.int64),
                end=_concatenate([spans.end for spans in each], np.int64),
                role=_concatenate([spans.role for spans in each], np.int8),
                part=_concatenate([spans.part for spans in each], np.int8),
                step=_concatenate([_renumber(s.step, s.steps, steps) for s in each], np.int32),
                name=_concatenate([_renumber(s.name, s.names, names) for s in each], np.int32),
                depth=_concatenate([spans.depth for spans in each], np.int32),
                state=_concatenate([spans.state for spans in each], np.int64),
                steps=steps,
                names=names,
                labels=[label for spans in each for label in spans.labels],
            ),
        )

    def __repr__(self) -> str:
        return f"<AllSpans of {len(self):,} texts: {len(self.flat):,} spans>"

    def __len__(self) -> int:
        return len(self.texts) - 1

    def __getitem__(self, i: int) -> Spans:  # type: ignore[override]
        if not 0 <= i < len(self):
            raise IndexError(f"text {i} does not exist; there are {len(self)}")
        flat = self.flat
        own = slice(self.texts[i], self.texts[i + 1])
        return Spans(
            start=flat.start[own],
            end=flat.end[own],
            role=flat.role[own],
            part=flat.part[own],
            step=flat.step[own],
            name=flat.name[own],
            depth=flat.depth[own],
            state=flat.state[own],
            steps=flat.steps,
            names=flat.names,
            labels=flat.labels[self.states[i] : self.states[i + 1]],
        )


def _concatenate(arrays: Sequence[NDArray[Any]], dtype: type[S]) -> NDArray[S]:
    return np.concatenate([np.zeros(0, dtype), *arrays]).astype(dtype, copy=False)


def _renumber(
    indices: NDArray[np.int32], old: Sequence[str], new: Sequence[str]
) -> NDArray[np.int32]:
    return np.array([new.index(name) for name in old], np.int32)[indices]


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one run and its typed spans; ``str`` returns the text alone."""

    string: str
    spans: Spans

    def __str__(self) -> str:
        return self.string

    def __repr__(self) -> str:
        return f"<Text of {len(self.string):,} characters, {len(self.spans):,} spans>"

    def _repr_html_(self) -> str:
        return text_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts(Sequence[str]):
    """The texts of r runs in one buffer.

    Attributes
    ----------
    buffer
        uint8[...]: the texts in UTF-8, one after the other.
    offsets
        int64[r + 1]: text i is the *bytes* ``buffer[offsets[i]:offsets[i + 1]]``.
    all_spans
        The spans of all texts, or None if they were rendered without spans.
    """

    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    all_spans: AllSpans | None

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Texts:
        """Join single texts."""
        spans = AllSpans.of([text.spans for text in texts])
        return cls.of_bytes([text.string.encode() for text in texts], spans)

    @classmethod
    def of_bytes(cls, encoded: Sequence[bytes], spans: AllSpans) -> Texts:
        """Join texts in UTF-8 and their spans."""
        return cls(
            buffer=np.frombuffer(b"".join(encoded), np.uint8),
            offsets=np.cumsum([0, *map(len, encoded)], dtype=np.int64),
            all_spans=spans,
        )

    def __repr__(self) -> str:
        return f"<Texts: {len(self):,} texts, {len(self.buffer):,} bytes>"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, i: int) -> str:  # type: ignore[override]
        if not -len(self) <= i < len(self):
            raise IndexError(f"text {i} does not exist; there are {len(self)}")
        return self.text(i % len(self))

    def __iter__(self) -> Iterator[str]:
        ends = pairwise(self.offsets.tolist())
        string = str(self.buffer.data, "utf-8")
        if string.isascii():
            return (string[start:end] for start, end in ends)
        data = self.buffer.tobytes()
        return (data[start:end].decode() for start, end in ends)

    def text(self, i: int) -> str:
        """Return the text of run ``i``, from 0."""
        return self.buffer[self.offsets[i] : self.offsets[i + 1]].tobytes().decode()

    def with_spans(self) -> Iterator[Text]:
        """Return the texts with their spans; raise ``ValueError`` as ``spans`` does."""
        return map(Text, self, self.spans)

    @property
    def spans(self) -> AllSpans:
        """The spans of all texts; raises ``ValueError`` if they were rendered without spans."""
        if self.all_spans is None:
            raise ValueError(
                "the texts were rendered without spans; use render_batch(..., spans=True)"
            )
        return self.all_spans
