"""What is scored: problems, each with the machine's own text to hold an output against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Any, NamedTuple

import numpy as np

from compiler import Text
from compiler.formats import FORMATS
from compiler.text import Texts
from tasks import Instance, Task
from tasks.corpus.records.batches import BATCH_TEXT_BYTES, FIRST_BATCH_ITEMS
from tasks.corpus.records.forms import ANSWER, MAX_RECORD_BYTES, TAIL, Form, WrittenTexts

FREE = Form(format=ANSWER)
"""What outputs are held against that may be any text: the answer alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """What items that were replayed together have in common.

    Attributes
    ----------
    form
        How the completions are written.
    free
        Whether an output may be any text that ends in an answer.
    chain
        Whether there is a chain of thought to be held against the machine's, step by step.
    states_answer
        Whether a completion ends in an answer line; generic formats have none.
    """

    task: Task[Any]
    range: str
    form: Form
    free: bool
    chain: bool
    states_answer: bool


class EvalProblem(NamedTuple):
    """A problem to be solved, and its replay.

    Attributes
    ----------
    id
        Unlike any other item's.
    prompt
        What the model is given.
    completion
        What the machine says on this instance; cut where it does not fit.
    gold
        The machine's answer; empty where it does not fit.
    fits
        Whether the completion is whole. One of more than 256 KiB is not written.
    """

    id: str
    instance: Instance
    prompt: str
    completion: str
    gold: str
    fits: bool
    replay: Replay

    @property
    def task(self) -> Task[Any]:
        return self.replay.task

    @property
    def range(self) -> str:
        return self.replay.range

    @property
    def chain(self) -> bool:
        """See ``Replay``."""
        return self.replay.chain

    @property
    def reference(self) -> Text:
        """The completion with its spans, for which the machine runs once more."""
        return next(references([self]))


def references(items: Iterable[EvalProblem]) -> Iterator[Text]:
    """``EvalProblem.reference`` of many."""
    for texts in rewritten(items):
        yield from texts.with_spans()


def rewritten(items: Iterable[EvalProblem]) -> Iterator[Texts]:
    """The completions with their spans, at once of as many as stand together and are not large."""
    written = 0

    def piece(item: EvalProblem) -> tuple[Replay, int]:
        nonlocal written
        written += len(item.completion)
        return item.replay, written // BATCH_TEXT_BYTES

    for (replay, _), group in groupby(items, key=piece):
        _, instances, prompts, *_ = zip(*group, strict=True)
        yield replay.form.write(replay.task, instances, prompts, spans=True).texts


def replay(
    task: Task[Any],
    range_name: str,
    ids: Sequence[str],
    instances: Sequence[Instance],
    prompts: Sequence[str],
    *,
    form: Form = Form(),
    free: bool = False,
) -> list[EvalProblem]:
    """Run the machine on problems of one task and range.

    Parameters
    ----------
    ids
        One for each problem, as there is an instance and a prompt.
    form
        How the machine's text is written.
    free
        Whether outputs may be any text; ``form`` says nothing then.

    Raises
    ------
    RuntimeError
        When the machine does not accept an instance, which is a fault of the machine.
    """
    how = Replay(
        task=task,
        range=range_name,
        form=FREE if free else form,
        free=free,
        chain=not free and form.format in (TAIL, *FORMATS),
        states_answer=free or form.format not in FORMATS,
    )
    made: list[EvalProblem] = []
    size = FIRST_BATCH_ITEMS
    while len(made) < len(ids):
        piece = slice(len(made), len(made) + size)
        written = how.form.write(task, instances[piece], prompts[piece])
        made += _items(how, ids[piece], instances[piece], written)
        size = max(1, min(10 * size, BATCH_TEXT_BYTES * size // max(1, len(written.texts.buffer))))
    return made


def _items(
    how: Replay, ids: Sequence[str], instances: Sequence[Instance], written: WrittenTexts
) -> list[EvalProblem]:
    asked = np.array([len(prompt.encode()) for prompt in written.prompts])
    fits = (written.fits & (asked + np.diff(written.texts.offsets) <= MAX_RECORD_BYTES)).tolist()
    golds = [answer if fit else "" for answer, fit in zip(written.answers, fits, strict=True)]
    columns = zip(
        ids,
        instances,
        written.prompts,
        written.completions,
        golds,
        fits,
        repeat(how),
        strict=False,
    )
    return list(map(EvalProblem._make, columns))
