"""Atomic states of records as data of their own: the next state, and right and wrong ones.

A record's text is cut where its atomic states begin. The machine writes it again from the id, since
the stored spans do not hold the states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from compiler.text import PARTS, ROLES, Part, Role, Spans
from tasks.base import AnyTask
from tasks.corpus.items import items
from tasks.corpus.records.forms import Form
from tasks.corpus.records.ids import RecordId
from tasks.draws import Stream

StepRow = dict[str, Any]
"""A row of an export."""

MUTATED_PARTS = {
    Role.CONTROL: Part.LABEL,
    Role.FETCH: Part.VALUE,
    Role.SOLVE: Part.VALUE,
    Role.NEXT: Part.LABEL,
    Role.ANSWER: Part.VALUE,
}
"""The part of each module that a mutation changes."""


def next_state_rows(record: Mapping[str, Any], task: AnyTask, form: Form) -> Iterator[StepRow]:
    """Yield a row for each atomic state of a record, and one for the answer.

    ``prompt`` is the record's prompt with the states before, ``completion`` the state.
    """
    text, spans = _spans(record, task, form)
    bounds = _state_bounds(text, spans)
    for state, (start, end) in enumerate(pairwise(bounds)):
        prompt = record["prompt"] + text[:start]
        yield {"id": record["id"], "state": state, "prompt": prompt, "completion": text[start:end]}


def preference_rows(record: Mapping[str, Any], task: AnyTask, form: Form) -> Iterator[StepRow]:
    """Yield a right and a wrong continuation for each module in which a record can be wrong.

    The wrong one has another value or label of the same module, taken from elsewhere in the text,
    in one place, which is drawn at random by the record's id.
    """
    text, spans = _spans(record, task, form)
    bounds = _state_bounds(text, spans)
    for role, part in MUTATED_PARTS.items():
        places = [
            (start, end)
            for start, end, own_role, own_part in zip(
                spans.start.tolist(),
                spans.end.tolist(),
                spans.role.tolist(),
                spans.part.tolist(),
                strict=True,
            )
            if ROLES[own_role] is role and PARTS[own_part] is part and end > start
        ]
        draws = Stream("preference", record["id"], role.value).at(0)
        start, end = places[draws.below(len(places))] if places else (0, 0)
        others = sorted({text[a:b] for a, b in places} - {text[start:end]})
        wrong = others[draws.below(len(others))] if others else _other(text[start:end])
        if not wrong:
            continue
        state = max(i for i, bound in enumerate(bounds[:-1]) if bound <= start)
        first, last = bounds[state], bounds[state + 1]
        yield {
            "id": record["id"],
            "state": state,
            "module": role.value,
            "prompt": record["prompt"] + text[:first],
            "chosen": text[first:last],
            "rejected": text[first:start] + wrong + text[end:last],
        }


def _other(value: str) -> str:
    """Return a value with another last digit; empty if it does not end in a digit."""
    return value[:-1] + str((int(value[-1]) + 1) % 10) if value[-1:].isdecimal() else ""


def _spans(record: Mapping[str, Any], task: AnyTask, form: Form) -> tuple[str, Spans]:
    """Return the text of a record with its spans.

    Raises
    ------
    ValueError
        If the machine writes another text now.
    """
    identity = RecordId.parse(record["id"])
    (item,) = items(task, identity.range, identity.split, identity.seed, [identity.index])
    texts = form.write(task, [item.instance], [item.wording], spans=True).texts
    if texts[0] != record["completion"]:
        raise ValueError(f"{record['id']}: the machine writes another text now; build it again")
    return texts[0], texts.spans[0]


def _state_bounds(text: str, spans: Spans) -> list[int]:
    """Return where each atomic state begins, and the answer if there is one, and the text's end."""
    bounds: list[int] = []
    opened = -1
    for start, state, role in zip(
        spans.start.tolist(), spans.state.tolist(), spans.role.tolist(), strict=True
    ):
        if state > opened:
            opened = state
            bounds.append(start)
        elif ROLES[role] is Role.ANSWER and opened >= 0:
            bounds.append(start)
            break
    return [*bounds, len(text)]
