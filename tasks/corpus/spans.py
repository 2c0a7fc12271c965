"""Spans as columns of a table: ``start`` and ``end`` in characters, ``role``, ``step``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from compiler.text import PARTS, ROLES, Part, Role, SpanColumns, Spans, Text

_NAME = pa.dictionary(pa.int8(), pa.string())
SPANS = pa.struct(
    [
        ("start", pa.list_(pa.int32())),
        ("end", pa.list_(pa.int32())),
        ("role", pa.list_(_NAME)),
        ("step", pa.list_(pa.dictionary(pa.int32(), pa.string()))),
    ]
)


def of_parts(texts: Sequence[Sequence[tuple[Role, str]]]) -> SpanColumns:
    """The spans of texts that are given as stretches of one role each, outside every step."""
    roles = [ROLES.index(role) for parts in texts for role, _ in parts]
    ends = [np.cumsum([len(text) for _, text in parts], dtype=np.int64) for parts in texts]
    return SpanColumns(
        texts=np.cumsum([0, *map(len, texts)], dtype=np.int64),
        start=np.concatenate([np.zeros(0, np.int64), *(np.append(0, e[:-1]) for e in ends)]),
        end=np.concatenate([np.zeros(0, np.int64), *ends]),
        role=np.array(roles, np.int8),
        step=np.zeros(len(roles), np.int32),
        steps=("",),
    )


def text_of_parts(parts: Sequence[tuple[Role, str]]) -> Text:
    """A text that is given as stretches of one role each, outside every step."""
    columns = of_parts([parts])
    count = len(parts)
    spans = Spans(
        start=columns.start,
        end=columns.end,
        role=columns.role,
        part=np.full(count, PARTS.index(Part.TEXT), np.int8),
        step=columns.step,
        name=np.zeros(count, np.int32),
        depth=np.zeros(count, np.int32),
        state=np.full(count, -1, np.int64),
        steps=("",),
        names=("",),
        labels=(),
    )
    return Text("".join(text for _, text in parts), spans)


def of_texts(texts: Sequence[Text]) -> SpanColumns:
    """The spans of texts that were made one by one."""
    all_spans = [text.spans for text in texts]
    steps = {
        name: place
        for place, name in enumerate(dict.fromkeys(n for s in all_spans for n in s.steps))
    }
    none = np.zeros(0, np.int64)
    numbered = [
        np.array([steps[name] for name in spans.steps], np.int32)[spans.step] for spans in all_spans
    ]
    return SpanColumns(
        texts=np.cumsum([0, *map(len, all_spans)], dtype=np.int64),
        start=np.concatenate([none, *(spans.start for spans in all_spans)]),
        end=np.concatenate([none, *(spans.end for spans in all_spans)]),
        role=np.concatenate([none, *(spans.role for spans in all_spans)]).astype(np.int8),
        step=np.concatenate([none, *numbered]).astype(np.int32),
        steps=list(steps),
    )


def as_array(spans: SpanColumns) -> pa.StructArray:
    """The spans of many texts as an array of ``SPANS``."""
    columns = (
        pa.array(spans.start, pa.int32()),
        pa.array(spans.end, pa.int32()),
        pa.DictionaryArray.from_arrays(pa.array(spans.role, pa.int8()), list(ROLES)),
        pa.DictionaryArray.from_arrays(pa.array(spans.step, pa.int32()), list(spans.steps)),
    )
    texts = pa.array(spans.texts, pa.int32())
    lists = [pa.ListArray.from_arrays(texts, column) for column in columns]
    return pa.StructArray.from_arrays(lists, fields=list(SPANS))
