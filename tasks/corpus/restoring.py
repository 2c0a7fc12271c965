"""Restore the tasks of a corpus as they were when it was built: their options and machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tasks.base import AnyTask
from tasks.corpus.dataset import Corpus
from tasks.corpus.documents.machines import MACHINES, carried_code, differs
from tasks.registry import from_file, get, names


def restore_tasks(
    corpus: Corpus, own_tasks: Sequence[AnyTask] = (), *, only: bool = False
) -> Iterator[AnyTask]:
    """Yield the tasks of a corpus, with the options, machines and wordings that they had then.

    If a task has another machine or other wordings now, those that the corpus carries are taken.

    Parameters
    ----------
    own_tasks
        Tasks that are not built in, which may be those that the corpus carries. Their files are
        loaded again, with the options of the request.
    only
        Whether to yield ``own_tasks`` alone.

    Raises
    ------
    ValueError
        If a task does not exist, its machine is not the one that built the corpus and the corpus
        does not carry that, or ``own_tasks`` contains a task that the corpus does not.
    """
    files = {task.name: task.path for task in own_tasks}
    descriptions = {description["name"]: description for description in corpus.request["tasks"]}
    if unknown := [name for name in files if name not in descriptions]:
        raise ValueError(
            f"{unknown[0]}: the corpus has no records of this task; its tasks are "
            f"{', '.join(descriptions)}"
        )
    for name, description in descriptions.items():
        if only and name not in files:
            continue
        stored = description["options"]["ranges"]
        ranges = {range_name: tuple(lengths) for range_name, lengths in stored.items()}
        options = description["options"] | {"ranges": ranges}
        if name not in files and name not in names():
            code = carried_code(corpus.folder, name)
            carried = f"; the corpus carries {code}: read it first, since it is executed"
            own = [f"{each}.py" for each in descriptions if each in files or each not in names()]
            raise ValueError(
                f"`{name}` is not a built-in task; if it is a task of your own, give its file: "
                f"--tasks {','.join(own)}{carried if code.is_file() else ''}"
            )
        try:
            task = from_file(files[name], **options) if name in files else get(name, **options)
        except TypeError as error:
            raise ValueError(
                f"{name}: the task does not have the corpus's options: {error}"
            ) from None
        yield _with_machine(task, corpus, description["machine"])


def _with_machine(task: AnyTask, corpus: Corpus, digest: str) -> AnyTask:
    """Return a task with the machine and the wordings that built a corpus.

    Raises
    ------
    ValueError
        If the machine is neither the task's nor one that the corpus carries.
    """
    machines = corpus.folder / MACHINES
    if not differs(task, machines, digest):
        return task
    file = machines / f"{task.name}.json"
    if not file.is_file():
        raise ValueError(
            f"{task.name}: the corpus was built with another machine of this task and does not "
            "carry it; build it again"
        )
    earlier = replace(task, stored=machines)
    if earlier.table.digest != digest:
        raise ValueError(f"{file}: is not the machine that built the corpus; build it again")
    wordings = f"{MACHINES}/{task.name}.prompts.txt"
    if wordings in corpus.documents and corpus.is_damaged(wordings):
        raise ValueError(f"{corpus.folder / wordings}: is damaged; copy or build the corpus again")
    return earlier
