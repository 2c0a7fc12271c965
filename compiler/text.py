"""What the compiler makes: a text and its typed spans, for one run or for thousands.

Offsets are characters of the text (code points of a Python ``str``), never bytes. The spans of a
text tile it exactly: each begins where the one before it ends, and none is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from compiler.display import text_html

S = TypeVar("S", bound=np.generic)


class Role(StrEnum):
    """The module of the chain of thought that a stretch of text belongs to (arXiv 2507.13332,
    §3).
    """

    CONTROL = "control"  # the atomic state and its label
    FETCH = "fetch"  # an operand, read from memory
    SOLVE = "solve"  # the elementary result
    NEXT = "next"  # the linear transition to the state that speaks next
    ANSWER = "answer"  # the final answer


class Part(StrEnum):
    """What a stretch of text is within its role."""

    TEXT = "text"  # words and punctuation of the style
    LABEL = "label"  # a step's label
    KEY = "key"  # the name of an operand
    VALUE = "value"  # the value of an operand, a bare verdict, the answer


ROLES = tuple(Role)
PARTS = tuple(Part)


class Span(NamedTuple):
    """One typed stretch of a text.

    Attributes
    ----------
    start, end
        Characters ``start:end`` of the text.
    step, label
        The step that says it; for ``next`` the step that ends, not the one it names.
    name
        The operand's name within its step (``s`` of ``relax.s``); empty for control, next, answer.
    depth
        Nesting level of the step, 1 for an outermost one, 0 outside every step.
    state
        Index of the atomic state (the step's opening) in the text, from 0; −1 outside every step.
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
    """The spans of one text, as flat arrays; indexing makes a ``Span``.

    Attributes
    ----------
    start, end
        int64[s]: characters.
    role, part
        int8[s]: indices into ``ROLES`` and ``PARTS``.
    step, name
        int32[s]: indices into ``steps`` and ``names``.
    depth, state
        int32[s] and int64[s]; see ``Span``.
    steps, names
        The names that occur; index 0 is the empty one.
    labels
        The label of each atomic state, by its index.
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

    def __getitem__(self, i: int) -> Span:  # type: ignore[override]  # a slice of arrays is the arrays' business
        if not -len(self) <= i < len(self):
            raise IndexError(f"span {i} of {len(self)}")
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
        labels = [*self.labels, ""]  # the last is that of state -1
        places = zip(self.start.tolist(), self.end.tolist(), strict=True)
        kinds = zip(self.role.tolist(), self.part.tolist(), strict=True)
        said = zip(self.step.tolist(), self.name.tolist(), strict=True)
        levels = zip(self.depth.tolist(), self.state.tolist(), strict=True)
        for (start, end), (role, part), (step, name), (depth, state) in zip(
            places, kinds, said, levels, strict=True
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
    """The spans of many texts.

    Attributes
    ----------
    texts
        int64[t + 1]: text i has the spans ``texts[i]:texts[i + 1]``.
    states
        int64[t + 1]: and the atomic states ``states[i]:states[i + 1]``.
    flat
        The spans of all, one text after the other; characters and states count from the beginning
        of the span's own text, and ``labels`` are those of all states.
    """

    texts: NDArray[np.int64]
    states: NDArray[np.int64]
    flat: Spans

    @classmethod
    def of(cls, each: Sequence[Spans]) -> AllSpans:
        """The spans of texts that were made one by one."""
        steps = list(dict.fromkeys(["", *(step for spans in each for step in spans.steps)]))
        names = list(dict.fromkeys(["", *(name for spans in each for name in spans.names)]))
        return cls(
            texts=np.cumsum([0, *map(len, each)], dtype=np.int64),
            states=np.cumsum([0, *(len(spans.labels) for spans in each)], dtype=np.int64),
            flat=Spans(
                start=_end_to_end([spans.start for spans in each], np.int64),
                end=_end_to_end([spans.end for spans in each], np.int64),
                role=_end_to_end([spans.role for spans in each], np.int8),
                part=_end_to_end([spans.part for spans in each], np.int8),
                step=_end_to_end([_renumbered(s.step, s.steps, steps) for s in each], np.int32),
                name=_end_to_end([_renumbered(s.name, s.names, names) for s in each], np.int32),
                depth=_end_to_end([spans.depth for spans in each], np.int32),
                state=_end_to_end([spans.state for spans in each], np.int64),
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
            raise IndexError(f"text {i} of {len(self)}")
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


def _end_to_end(arrays: Sequence[NDArray[Any]], dtype: type[S]) -> NDArray[S]:
    return np.concatenate([np.zeros(0, dtype), *arrays]).astype(dtype, copy=False)


def _renumbered(
    indices: NDArray[np.int32], old: Sequence[str], new: Sequence[str]
) -> NDArray[np.int32]:
    return np.array([new.index(name) for name in old], np.int32)[indices]


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one run and its typed spans."""

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
    """The texts of many runs in one buffer.

    Attributes
    ----------
    buffer
        uint8[...]: the texts one after the other, UTF-8.
    offsets
        int64[r + 1]: text i is the *bytes* ``buffer[offsets[i]:offsets[i + 1]]``.
    """

    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    all_spans: AllSpans | None

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Texts:
        """Texts that were made one by one."""
        spans = AllSpans.of([text.spans for text in texts])
        return cls.of_bytes([text.string.encode() for text in texts], spans)

    @classmethod
    def of_bytes(cls, written: Sequence[bytes], spans: AllSpans) -> Texts:
        """Texts in UTF-8, whose spans are known."""
        return cls(
            buffer=np.frombuffer(b"".join(written), np.uint8),
            offsets=np.cumsum([0, *map(len, written)], dtype=np.int64),
            all_spans=spans,
        )

    def __repr__(self) -> str:
        return f"<Texts: {len(self):,} texts, {len(self.buffer):,} bytes>"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, i: int) -> str:  # type: ignore[override]
        if not -len(self) <= i < len(self):
            raise IndexError(f"text {i} of {len(self)}")
        return self.text(i % len(self))

    def __iter__(self) -> Iterator[str]:
        ends = pairwise(self.offsets.tolist())
        letters = str(self.buffer.data, "utf-8")
        if letters.isascii():
            return (letters[start:end] for start, end in ends)
        whole = self.buffer.tobytes()
        return (whole[start:end].decode() for start, end in ends)

    def text(self, i: int) -> str:
        """The text of run ``i``."""
        return self.buffer[self.offsets[i] : self.offsets[i + 1]].tobytes().decode()

    def with_spans(self) -> Iterator[Text]:
        """The texts with their spans; ``ValueError`` as for ``spans``."""
        return map(Text, self, self.spans)

    @property
    def spans(self) -> AllSpans:
        """Those of all runs; ``ValueError`` when the batch was rendered without them."""
        if self.all_spans is None:
            raise ValueError("this batch was rendered without spans: render_batch(..., spans=True)")
        return self.all_spans
