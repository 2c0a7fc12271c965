"""Estimate of a study before it runs: tokens, time and memory of every cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from tasks.base import AnyTask
from tasks.corpus.records.table import RecordOptions, record_table
from training.data.records import Record
from training.plan import CPU, make_plan, this_device
from training.studies.cells import Cell
from training.studies.running import is_finished

SAMPLED_RECORDS = 64
"""Records from which the tokens of a task's records are estimated, over all its ranges."""

SECONDS_PER_CELL = 0.6
"""Time to estimate one cell: its sampled records are written and counted in tokens."""

_COLUMNS = ["id", "task", "range", "prompt", "completion"]


class CellPlan(NamedTuple):
    """Estimate of one cell.

    Attributes
    ----------
    records
        Number of training records.
    tokens
        Number of tokens of training.
    longest
        Tokens of the longest of the sampled training records.
    device
        What it is estimated for: this computer's GPU or one core of its CPU; without a GPU, an H100
        for a recipe in bf16 that does not ask for the CPU. Empty if nothing is trained.
    seconds
        Duration of training.
    memory
        Memory of training, in bytes.
    finished
        Whether the cell has its result already.
    """

    cell: Cell
    records: int
    tokens: int
    longest: int
    device: str
    seconds: float
    memory: float
    finished: bool


def plan_cells(
    cells: Sequence[Cell], *, report: Callable[[int, int], None] = lambda completed, total: None
) -> list[CellPlan]:
    """Estimate the training of cells; scoring, which reads references as drafts, is not included.

    Parameters
    ----------
    report
        Called with the number of cells that are estimated, and the number of all.

    Raises
    ------
    ValueError
        If a recipe or a task of a cell is not valid.
    """
    plans = []
    for cell in cells:
        plans.append(_plan(cell))
        report(len(plans), len(cells))
    return plans


def _plan(cell: Cell) -> CellPlan:
    share = 1 / max(1, len(cell.arm.styles))
    requests = [(request, share) for request in cell.training_requests]
    if (longer := cell.longer_request) is not None:
        requests.append((longer, 1.0))
    if not requests:
        return CellPlan(cell, 0, 0, 0, "", 0.0, 0.0, is_finished(cell))
    parts = [
        (part, share * part.requested, request.options)
        for request, share in requests
        for part in request.parts
        if part.split == "train" and part.requested
    ]
    records = round(sum(count for _, count, _ in parts))
    each_task = records / len({part.task.name for part, *_ in parts})
    sample = [
        Record(row["id"], row["task"], row["range"], row["prompt"], row["completion"])
        for part, count, options in parts
        for row in _sample(
            part.task, part.range, max(1, round(SAMPLED_RECORDS * count / each_task)), options
        )
    ]
    schedule = cell.recipe.schedule
    device = this_device(schedule)
    if device == CPU and schedule.precision == "bf16" and not schedule.use_cpu:
        device = "H100"
    estimate = make_plan(cell.recipe, sample, count=records, device=device)
    tokens = estimate.steps * estimate.step_tokens
    return CellPlan(
        cell,
        records,
        tokens,
        estimate.longest,
        device,
        estimate.seconds,
        estimate.memory,
        is_finished(cell),
    )


@lru_cache(maxsize=256)
def _sample(
    task: AnyTask, range_name: str, count: int, options: RecordOptions
) -> list[dict[str, str]]:
    table = record_table(task, range_name, "train", 0, range(count), options)
    rows: list[dict[str, str]] = table.select(_COLUMNS).to_pylist()
    return rows
