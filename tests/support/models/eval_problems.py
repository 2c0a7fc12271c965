"""Problems with their references, for tests of backends, scores and reports."""

from __future__ import annotations

import tasks
from evaluation.problems.replays import EvalProblem, replay
from tasks import Stream
from tasks.base import AnyTask
from tasks.corpus import Form

COMPARE = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})
"""A task with short texts: comparison of whole numbers."""

DEFAULT_FORM = Form()


def replayed(
    range_name: str,
    count: int,
    *,
    task: AnyTask = COMPARE,
    form: Form = DEFAULT_FORM,
    wordings: int = 1,
) -> list[EvalProblem]:
    """Return problems with ids such as S0 and S1, in some wordings of the prompt by turns."""
    stream = Stream("tests", range_name)
    instances = [task.draw(stream.at(i), range_name) for i in range(count)]
    ids = [f"{range_name}{i}" for i in range(count)]
    return replay(task, range_name, ids, instances, [i % wordings for i in range(count)], form=form)
