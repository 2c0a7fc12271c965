"""Score any text as an output for an instance, without a backend, a corpus or a run."""

from __future__ import annotations

from collections.abc import Sequence

from evaluation.backends.base import End, Output
from evaluation.problems.replays import replay
from evaluation.scoring.scores import Score, score_outputs
from tasks import Instance, Task
from tasks.base import AnyTask
from tasks.corpus.records.forms import Form


def score_text(
    task: AnyTask,
    instance: Instance,
    text: str,
    *,
    wording: int = 0,
    form: Form = Form(),
    free: bool = False,
) -> Score:
    """Score a text as a model's output for an instance, by replay of the machine.

    The text counts as complete, as if the model had ended it. No text makes this raise.

    Parameters
    ----------
    wording
        Index of the wording that posed the problem: the machine quotes it where it reads.
    form
        The form that the text is compared with; by default the chain of thought in minimal style.
    free
        If true, only the final answer is compared, and ``form`` is ignored.

    Raises
    ------
    ValueError
        If the task does not have the form, or the machine's own text exceeds 256 KiB.
    RuntimeError
        If the machine does not accept the instance, which is a bug of the machine.
    """
    (score,) = score_texts(task, [instance], [text], wordings=[wording], form=form, free=free)
    return score


def score_texts(
    task: AnyTask,
    instances: Sequence[Instance],
    texts: Sequence[str],
    *,
    wordings: Sequence[int] | None = None,
    form: Form = Form(),
    free: bool = False,
) -> list[Score]:
    """Score one text for each instance of a task, in order; see ``score_text``.

    ``wordings`` has the wording of each; None means the first one for all.

    Raises
    ------
    ValueError
        See ``score_text``; also if the numbers of texts and instances differ.
    """
    if len(texts) != len(instances):
        raise ValueError(
            f"{len(texts)} texts for {len(instances)} instances; give one text for each instance"
        )
    if not isinstance(task, Task):
        raise ValueError(f"`task` must be a task, as `task_from_file` returns, not {task!r}")
    for instance in instances:
        if not isinstance(instance, task.instance):
            raise ValueError(
                f"{task.name}: {instance!r} is not an instance; build one by task.instance(…)"
            )
    form.check(task)
    ids = [str(number) for number in range(len(instances))]
    problems = replay(task, "", ids, instances, wordings or [0] * len(ids), form=form, free=free)
    for problem in problems:
        if not problem.fits:
            raise ValueError(
                f"{task.name}: the machine's text for instance {problem.id} is over 256 KiB; "
                "score a shorter instance"
            )
    outputs = [Output(text, End.STOP, len(text)) for text in texts]
    return list(score_outputs(problems, outputs))
