"""Spans as columns of a table: ``start`` and ``end`` in characters, ``role``, ``step``."""

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


def of_parts(texts: Sequence[Sequence[tuple[Role, str]]]) -> Texts:
    """Texts that are given as stretches of one role each, outside every step."""
    roles = [ROLES.index(role) for parts in texts for role, _ in parts]
    none = np.zeros(len(roles), np.int32)
    ends = [np.cumsum([0, *(len(text) for _, text in parts)], dtype=np.int64) for parts in texts]
    written = ["".join(text for _, text in parts).encode() for parts in texts]
    spans = AllSpans(
        texts=np.cumsum([0, *map(len, texts)], dtype=np.int64),
        states=np.zeros(len(texts) + 1, np.int64),
        flat=Spans(
            start=np.concatenate([none[:0], *(e[:-1] for e in ends)], dtype=np.int64),
            end=np.concatenate([none[:0], *(e[1:] for e in ends)], dtype=np.int64),
            role=np.array(roles, np.int8),
            part=np.full(len(roles), PARTS.index(Part.TEXT), np.int8),
            step=none,
            name=none,
            depth=none,
            state=none - np.int64(1),
            steps=("",),
            names=("",),
            labels=(),
        ),
    )
    return Texts.of_bytes(written, spans)


def as_array(spans: AllSpans) -> pa.StructArray:
    """The spans of many texts as an array of ``SPANS``."""
    flat = spans.flat
    columns = (
        pa.array(flat.start, pa.int32()),
        pa.array(flat.end, pa.int32()),
        pa.DictionaryArray.from_arrays(pa.array(flat.role, pa.int8()), list(ROLES)),
        pa.DictionaryArray.from_arrays(pa.array(flat.step, pa.int32()), list(flat.steps)),
    )
    texts = pa.array(spans.texts, pa.int32())
    lists = [pa.ListArray.from_arrays(texts, column) for column in columns]
    return pa.StructArray.from_arrays(lists, fields=list(SPANS))
