"""A machine and its input, from a file or from an instance of a task."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from tmtail.cli.targets import load_machine, load_task, read_ranges, read_tapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tm import Table


class Job(NamedTuple):
    """A machine and its input; ``description`` is what ``--json`` prints about their origin."""

    table: Table
    inputs: Mapping[str, str]
    prompt: str
    description: dict[str, Any]


def file_job(file: str, format: str, tapes: list[str], *, prints: bool = False) -> Job:
    """Return the machine of a file with the texts of ``--tape``, or else the file's own.

    Parameters
    ----------
    prints
        See ``tm.load``.
    """
    machine = load_machine(file, format, prints=prints)
    return Job(machine.table, read_tapes(tapes) or machine.inputs, "", {"machine": file})


def task_job(
    name: str,
    range: str,
    length: int | None,
    split: str | None,
    seed: int,
    index: int,
    *,
    keyed: bool = False,
) -> Job:
    """Return the machine of a task with an instance that is drawn.

    Parameters
    ----------
    split
        None means `train`, or the first split with problems if the range has too few for it.
    """
    from tasks.corpus.items import item_pool, items
    from tasks.corpus.zones import SPLITS

    task = load_task(name)
    if range and length:
        raise typer.BadParameter("excludes --range; give one of the two", param_hint="--length")
    (name_of_range,), lengths = read_ranges(range or next(iter(task.ranges)), "--range")
    task = task.with_ranges(lengths) if lengths else task
    chosen = length or name_of_range
    if split is None:
        pools = {each: item_pool(task, chosen, each, seed) for each in reversed(SPLITS)}
        split = next((each for each, pool in pools.items() if pool.problem_count != 0), "train")
    (item,) = items(task, chosen, split, seed, [index])
    prompt = item.prompt(task, keyed=keyed)
    description = {
        "task": task.name,
        "range": name_of_range if range else "",
        "split": split,
        "seed": seed,
        "index": index,
        "length": task.length(item.instance),
        "instance": json.loads(item.instance.to_json()),
        "prompt": prompt,
    }
    inputs = task.inputs(item.instance, item.wording)
    return Job(task.table, inputs, prompt, description)
