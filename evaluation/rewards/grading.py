"""Grade outputs from the ids of their records, by replay of the machine.

An id determines its problem (``tasks.corpus.items``), so a trainer needs nothing else of a corpus.
No text that a model wrote is executed, and neither a text nor an id makes a function raise: one
faulty record must not end a training run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from compiler.text import Role
from evaluation.scoring.divergence import first_divergences
from tasks import Grade, Instance, get
from tasks.answers import LABEL
from tasks.base import AnyTask
from tasks.corpus.items import items
from tasks.corpus.records.batches import in_batches
from tasks.corpus.records.forms import TAIL, Form
from tasks.corpus.records.ids import RecordId

Problem = str | tuple[AnyTask, Instance] | tuple[AnyTask, Instance, int]
"""A record's id, or a task with an instance and the index of the wording that poses it (or 0)."""


class Graded(NamedTuple):
    """The grade of an output.

    Attributes
    ----------
    answer
        Whether the final answer is right: the last line by the rule of ``tasks.answers``, or the
        whole output if it is the answer alone.
    exact
        Whether the output is the reference, character for character.
    states
        Number of atomic states of the reference that the output has in full before it diverges.
    of
        Number of atomic states of the reference.
    step, role
        Step and module in which the output first diverges; the step is empty in the answer, and
        both are if the output is exact.
    error
        Why the output has no grade, if the problem does not exist or has no record; all else is
        then false, 0 or empty. Empty if the output was graded.
    """

    answer: bool
    exact: bool
    states: int
    of: int
    step: str = ""
    role: Role | None = None
    error: str = ""

    @property
    def progress(self) -> float:
        """Share of the reference's atomic states before the first divergence."""
        return self.states / self.of if self.of else float(self.exact)


def grade(
    problem: Problem, text: object, *, form: Form = Form(), tasks: Sequence[AnyTask] = ()
) -> Graded:
    """Grade one output; see ``grade_batch``."""
    (graded,) = grade_batch([problem], [text], form=form, tasks=tasks)
    return graded


def grade_batch(
    problems: Sequence[Problem],
    texts: Sequence[object],
    *,
    form: Form = Form(),
    tasks: Sequence[AnyTask] = (),
) -> list[Graded]:
    """Grade an output for each problem, by replay of the machine.

    A problem that does not exist raises no error; see ``Graded.error``.

    Parameters
    ----------
    texts
        The outputs; whatever is not a text, such as None, counts as an empty one.
    form
        Form of the references: that of the corpus whose ids these are.
    tasks
        Tasks that ids may name besides the built-in ones, and tasks with ranges of your own.

    Raises
    ------
    ValueError
        If the numbers of problems and texts differ, the form is not a chain of thought, or
        ``tasks`` does not hold tasks.
    """
    if len(texts) != len(problems):
        raise ValueError(
            f"{len(texts)} texts for {len(problems)} problems; give one text for each problem"
        )
    check_form(form)
    own = tasks_by_name(tasks)
    by_task: dict[int, list[_Answered]] = {}
    graded: dict[int, Graded] = {}
    for number, (problem, text) in enumerate(zip(problems, texts, strict=True)):
        try:
            posed = _Answered(number, *_posed(problem, own), text if isinstance(text, str) else "")
        except Exception as error:
            graded[number] = ungraded(error)
        else:
            by_task.setdefault(id(posed.task), []).append(posed)
    for answered in by_task.values():
        for batch in in_batches(answered, lambda part: _grade(part, form)):
            graded.update(batch)
    return [graded[number] for number in range(len(problems))]


def tasks_by_name(tasks: Sequence[AnyTask]) -> dict[str, AnyTask]:
    """Return tasks by name; raise ``ValueError`` if they are not tasks."""
    try:
        return {task.name: task for task in tasks}
    except (TypeError, AttributeError):
        raise ValueError(
            f"`tasks` must be a list of tasks, as `task_from_file` returns them, not {tasks!r}"
        ) from None


def check_form(form: Form) -> None:
    """Raise ``ValueError`` if references of this form are not chains of thought."""
    if form.format != TAIL:
        raise ValueError(f"`form` must be a chain of thought, not {form.format!r}")


def ungraded(error: Exception) -> Graded:
    """Return the grade of an output for a problem that caused an error."""
    kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
    return Graded(False, False, 0, 0, error=f"{kind}{error}")


class _Answered(NamedTuple):
    """A problem with the output for it; ``number`` is its place in the batch."""

    number: int
    task: AnyTask
    instance: Instance
    wording: int
    text: str


def _posed(problem: Problem, own: Mapping[str, AnyTask]) -> tuple[AnyTask, Instance, int]:
    """Return the task, the instance and the wording of a problem."""
    if isinstance(problem, str):
        record = RecordId.parse(problem)
        task = own.get(record.task) or _built_in(record.task)
        (item,) = items(task, record.range, record.split, record.seed, [record.index])
        return task, item.instance, item.wording
    if not isinstance(problem, tuple):
        raise ValueError(
            f"a problem must be a record's id, or a task with an instance: {problem!r}"
            + ("; `grade_batch` takes a list of problems" if isinstance(problem, list) else "")
        )
    task, instance, *wording = problem
    if not isinstance(instance, task.instance):
        raise ValueError(
            f"{task.name}: {instance!r} is not an instance; build one by task.instance(…)"
        )
    return task, instance, wording[0] if wording else 0


@cache
def _built_in(name: str) -> AnyTask:
    try:
        return get(name)
    except ValueError as error:
        raise ValueError(f"{error}; give a task of your own in `tasks`") from None


def _grade(answered: Sequence[_Answered], form: Form) -> tuple[Iterable[tuple[int, Graded]], int]:
    """Grade outputs for problems of one task; return the bytes of the references as well."""
    try:
        return _grade_all(answered, form)
    except Exception as error:
        if len(answered) == 1:
            return [(answered[0].number, ungraded(error))], 0
        graded, sizes = zip(*(_grade([each], form) for each in answered), strict=True)
        return chain(*graded), sum(sizes)


def _grade_all(
    answered: Sequence[_Answered], form: Form
) -> tuple[Iterable[tuple[int, Graded]], int]:
    """Grade outputs as ``_grade`` does; raise an error if any problem causes one."""
    task = answered[0].task
    written = form.write(
        task, [each.instance for each in answered], [each.wording for each in answered], spans=True
    )
    for index in np.flatnonzero(~written.fits).tolist():
        raise ValueError(
            f"{task.name}: the machine's text for {answered[index].instance} is over 256 KiB; "
            "no record holds it"
        )
    counts = np.diff(written.texts.spans.states).tolist()
    divergences = first_divergences(written.texts, [each.text for each in answered])
    graded = []
    for each, of, gold, divergence in zip(
        answered, counts, written.answers, divergences, strict=True
    ):
        if divergence is None:
            graded.append((each.number, Graded(True, True, of, of)))
            continue
        right = _is_right(task, each.instance, each.text, gold)
        place = divergence.step, divergence.role
        graded.append((each.number, Graded(right, False, divergence.states, of, *place)))
    return graded, len(written.texts.buffer)


def _is_right(task: AnyTask, instance: Instance, text: str, gold: str) -> bool:
    """Return whether the final answer of an output is right, or the output is the right answer."""
    checked = task.check(instance, text, gold=gold)
    if checked.grade is Grade.MISSING:
        checked = task.check(instance, f"{LABEL} {text.strip()}", gold=gold)
    return checked.correct
