"""Selection of the records that a run trains on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasks.corpus.dataset import MANIFEST, Corpus
from tasks.corpus.records.forms import Form
from training.config import Data
from training.data.openings import openings
from training.data.records import Record, read_records


def chosen_records(data: Data) -> Iterator[Record]:
    """Read the records that a run trains on: those of ``data.tasks``, and then openings.

    Raises
    ------
    ValueError
        If no record is of these tasks, one of them is of a range outside ``data.ranges``, or the
        corpus has prompts of another kind than ``data.prompt``, or texts that have no openings; and
        as ``read_records`` does.
    """
    _check_prompts(data)
    seen: set[tuple[str, str]] = set()
    for record in read_records(data.corpus):
        seen.add((record.task, record.range))
        if data.tasks is None or record.task in data.tasks:
            if record.range not in data.ranges:
                raise ValueError(
                    f"{data.corpus}: it has training records of {record.task} {record.range}, but "
                    f"data.ranges is {', '.join(data.ranges)}; add {record.range} to train on them"
                )
            yield record
    if not any(data.tasks is None or task in data.tasks for task, _ in seen):
        wanted = f"of {', '.join(data.tasks)}" if data.tasks else "to train on"
        available = ", ".join(f"{task} {name}" for task, name in sorted(seen)) or "nothing"
        raise ValueError(f"{data.corpus}: no record {wanted}; the corpus has {available}")
    if data.openings:
        yield from openings(data.openings, {task for task, _ in seen}, _form(data.corpus) or Form())


def _check_prompts(data: Data) -> None:
    kind = (_form(data.corpus) or Form(prompt=data.prompt)).prompt
    if kind != data.prompt:
        raise ValueError(
            f"{data.corpus}: its prompts are {kind}, but data.prompt is {data.prompt}; set "
            f"`prompt: {kind}` to train on them"
        )


def _form(corpus: Path) -> Form | None:
    """Return the form of a corpus's texts; None if files of records do not tell."""
    return Corpus.open(corpus).form if (corpus / MANIFEST).is_file() else None
