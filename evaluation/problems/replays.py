"""Problems with their references, which the machine writes again for every evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import NamedTuple

import numpy as np

from compiler import Text
from compiler.formats import FORMATS
from compiler.sources import OperandSource, find_facts
from compiler.text import Texts
from evaluation.problems.prefaces import NO_PREFACE, Message, Preface
from tasks import Instance
from tasks.base import AnyTask
from tasks.corpus.records.batches import BATCH_TEXT_BYTES, in_batches
from tasks.corpus.records.forms import ANSWER, MAX_RECORD_BYTES, TAIL, Form, WrittenTexts

ANY = "any"
"""Format of free outputs: any text that ends in an answer."""

TaskRange = tuple[str, str]
"""Names of a task and of one of its ranges."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """Properties shared by the problems of one call of ``replay``.

    Attributes
    ----------
    form
        How the references are written.
    free
        Whether an output may be any text that ends in an answer.
    chain
        Whether the reference is a chain of thought that outputs are compared with, step by step.
    states_answer
        Whether the reference ends in an answer line; generic formats do not.
    preface
        What a model is shown before each prompt.
    """

    task: AnyTask
    range: str
    form: Form
    free: bool
    chain: bool
    states_answer: bool
    preface: Preface = NO_PREFACE


class EvalProblem(NamedTuple):
    """A problem with its reference.

    Attributes
    ----------
    id
        Unique name among all problems that are scored together.
    wording
        Index of the task's wording that poses it.
    prompt
        Text that the model receives.
    completion
        The reference: the machine's text for this instance; cut off if ``fits`` is false.
    gold
        The machine's answer; empty if ``fits`` is false.
    fits
        Whether the reference is complete: prompt and reference have at most ``MAX_RECORD_BYTES``.
    """

    id: str
    instance: Instance
    wording: int
    prompt: str
    completion: str
    gold: str
    fits: bool
    replay: Replay

    def __repr__(self) -> str:
        return f"<EvalProblem {self.id!r}: {len(self.completion):,} characters>"

    @property
    def task(self) -> AnyTask:
        """The task of the problem."""
        return self.replay.task

    @property
    def range(self) -> str:
        """Name of the range of the problem."""
        return self.replay.range

    @property
    def part(self) -> TaskRange:
        """Names of task and range."""
        return self.replay.task.name, self.replay.range

    @property
    def messages(self) -> list[Message]:
        """The prompt as the last turn of a chat, after the preface."""
        return self.replay.preface.messages(self.prompt)

    @property
    def text(self) -> str:
        """The prompt as a text to continue, after the preface."""
        return self.replay.preface.text(self.prompt)

    @property
    def chain(self) -> bool:
        """See ``Replay``."""
        return self.replay.chain

    @property
    def facts(self) -> dict[str, OperandSource]:
        """Places of the values that the prompt lists by key; empty for a plain prompt."""
        if not self.replay.form.keyed:
            return {}
        return find_facts(self.prompt, self.task.facts(self.instance))

    @property
    def reference(self) -> Text:
        """The reference with its spans; each access runs the machine once more."""
        return next(references([self]))


def references(problems: Iterable[EvalProblem]) -> Iterator[Text]:
    """Yield the reference of each problem, with its spans."""
    for texts in reference_batches(problems):
        yield from texts.with_spans()


def reference_batches(problems: Iterable[EvalProblem]) -> Iterator[Texts]:
    """Yield the references in order, with their spans, in batches of limited size."""
    written_bytes = 0

    def batch_key(problem: EvalProblem) -> tuple[Replay, int]:
        nonlocal written_bytes
        written_bytes += len(problem.completion)
        return problem.replay, written_bytes // BATCH_TEXT_BYTES

    for (replay, _), group in groupby(problems, key=batch_key):
        _, instances, wordings, *_ = zip(*group, strict=True)
        yield replay.form.write(replay.task, instances, wordings, spans=True).texts


def replay(
    task: AnyTask,
    range_name: str,
    ids: Sequence[str],
    instances: Sequence[Instance],
    wordings: Sequence[int],
    *,
    form: Form = Form(),
    free: bool = False,
) -> list[EvalProblem]:
    """Run the machine on instances of one task and range, and return the problems.

    Parameters
    ----------
    ids, instances, wordings
        One of each for every problem.
    form
        How the references are written.
    free
        Whether an output may be any text that ends in an answer; only that is then compared, and
        of ``form`` only its ``prompt`` counts.

    Raises
    ------
    RuntimeError
        If the machine does not accept an instance, which is a bug of the machine.
    """
    shared = Replay(
        task=task,
        range=range_name,
        form=Form(format=ANSWER, prompt=form.prompt) if free else form,
        free=free,
        chain=not free and form.format in (TAIL, *FORMATS),
        states_answer=free or form.format not in FORMATS,
    )

    def write(batch: Sequence[tuple[str, Instance, int]]) -> tuple[list[EvalProblem], int]:
        batch_ids, batch_instances, batch_wordings = zip(*batch, strict=True)
        written = shared.form.write(task, batch_instances, batch_wordings)
        problems = _problems(shared, batch_ids, batch_instances, batch_wordings, written)
        return problems, len(written.texts.buffer)

    rows = list(zip(ids, instances, wordings, strict=True))
    return [problem for batch in in_batches(rows, write) for problem in batch]


def _problems(
    shared: Replay,
    ids: Sequence[str],
    instances: Sequence[Instance],
    wordings: Sequence[int],
    written: WrittenTexts,
) -> list[EvalProblem]:
    """Return the problems of one batch."""
    prompt_bytes = np.array([len(prompt.encode()) for prompt in written.prompts])
    text_bytes = np.diff(written.texts.offsets)
    fits = (written.fits & (prompt_bytes + text_bytes <= MAX_RECORD_BYTES)).tolist()
    golds = [answer if fit else "" for answer, fit in zip(written.answers, fits, strict=True)]
    columns = zip(
        ids,
        instances,
        wordings,
        written.prompts,
        written.completions,
        golds,
        fits,
        repeat(shared),
        strict=False,
    )
    return list(map(EvalProblem._make, columns))
