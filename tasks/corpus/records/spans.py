"""Spans of completions as a Parquet column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from compiler.text import PARTS, ROLES, AllSpans, Part, Role, Spans, Texts

_NAME = pa.dictionary(pa.int8(), pa.string())
SPANS = pa.struct(
    [
        ("start", pa.list_(pa.int32())),
        ("end", pa.list_(pa.int32())),
        ("role", pa.list_(_NAME)),
        ("step", pa.list_(pa.dictionary(pa.int32(), pa.string()))),
    ]
)
"""Type of the column ``spans``; ``start`` and ``end`` count characters of the completion."""


def texts_of_stretches(texts: Sequence[Sequence[tuple[Role, str]]]) -> Texts:
    """Return texts that are given as stretches of one role each, outside all steps."""
    roles = [ROLES.index(role) for stretches in texts for role, _ in stretches]
    zeros = np.zeros(len(roles), np.int32)
    ends = [np.cumsum([0, *(len(text) for _, text in each)], dtype=np.int64) for each in texts]
    encoded = ["".join(text for _, text in stretches).encode() for stretches in texts]
    spans = AllSpans(
        texts=np.cumsum([0, *map(len, texts)], dtype=np.int64),
        states=np.zeros(len(texts) + 1, np.int64),
        flat=Spans(
            start=np.concatenate([zeros[:0], *(e[:-1] for e in ends)], dtype=np.int64),
            end=np.concatenate([zeros[:0], *(e[1:] for e in ends)], dtype=np.int64),
            role=np.array(roles, np.int8),
            part=np.full(len(roles), PARTS.index(Part.TEXT), np.int8),
            step=zeros,
            name=zeros,
            depth=zeros,
            state=zeros - np.int64(1),
            steps=("",),
            names=("",),
            labels=(),
        ),
    )
    return Texts.of_bytes(encoded, spans)


def span_column(spans: AllSpans) -> pa.StructArray:
    """Return the spans of all texts as an array of type ``SPANS``, one row for each text."""
    flat = spans.flat
    columns = (
        pa.array(flat.start, pa.int32()),
        pa.array(flat.end, pa.int32()),
        pa.DictionaryArray.from_arrays(pa.array(flat.role, pa.int8()), list(ROLES)),
        pa.DictionaryArray.from_arrays(pa.array(flat.step, pa.int32()), list(flat.steps)),
    )
    offsets = pa.array(spans.texts, pa.int32())
    lists = [pa.ListArray.from_arrays(offsets, column) for column in columns]
    return pa.StructArray.from_arrays(lists, fields=list(SPANS))
