"""Several runs as one result: seeds of training, or of the data, pooled by bootstrap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evaluation.reports.results import ITEMS, RESULTS
from evaluation.scoring.scores import Verdict
from evaluation.scoring.statistics import Pooled, pooled
from tm.support.strict_json import json_lines, read_json


class PooledRow(NamedTuple):
    """One task and range over several runs.

    Attributes
    ----------
    instances
        How many different problems were scored, over all runs.
    accuracy, exactness
        Label accuracy and exact chains; the latter None where there were none to compare.
    """

    task: str
    range: str
    runs: int
    instances: int
    accuracy: Pooled
    exactness: Pooled | None


class _Item(NamedTuple):
    """What counts of a line of a run's ``items.jsonl``."""

    task: str
    range: str
    id: str
    right: bool
    exact: bool


def pool(folders: Sequence[Path], *, seed: int = 0) -> list[PooledRow]:
    """The results of several runs, each in its folder, as one; see ``statistics.pooled``.

    Of several samples of an item the mean counts. Items that did not fit count in no run.

    Raises
    ------
    ValueError
        When a folder holds no results, or one that others have not: a task or range.
    """
    runs = [_scored(folder) for folder in folders]
    for folder, run in zip(folders, runs, strict=True):
        if run.keys() != runs[0].keys():
            other = sorted(run.keys() ^ runs[0].keys())[0]
            raise ValueError(f"{folder} and {folders[0]} do not both have {' '.join(other)}")
    rows = []
    for task, where in runs[0]:
        parts = [run[task, where] for run in runs]
        chains = all(_has_chains(folder, task, where) for folder in folders)
        rows.append(
            PooledRow(
                task,
                where,
                len(folders),
                len({item.id for part in parts for item in part}),
                pooled([_means(part, "right") for part in parts], seed=seed),
                pooled([_means(part, "exact") for part in parts], seed=seed) if chains else None,
            )
        )
    return rows


def _scored(folder: Path) -> dict[tuple[str, str], list[_Item]]:
    """The items of a run that fit, by task and range."""
    if not (folder / RESULTS).is_file():
        raise ValueError(f"{folder} holds no results: there is no {RESULTS}")
    found: dict[tuple[str, str], list[_Item]] = {}
    for item in _read(folder / ITEMS):
        found.setdefault((item.task, item.range), []).append(item)
    return found


def _read(path: Path) -> Iterator[_Item]:
    for number, row in json_lines(path):
        try:
            verdict = Verdict(row["verdict"])
            item = _Item(
                row["task"], row["range"], row["id"], verdict is Verdict.RIGHT, row["exact"]
            )
        except KeyError as error:
            raise ValueError(f"{path}, line {number}: it has no `{error.args[0]}`") from None
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
        if verdict is not Verdict.NO_FIT:
            yield item


def _has_chains(folder: Path, task: str, where: str) -> bool:
    rows = read_json(folder / RESULTS).get("rows", [])
    return any(
        row["exact_chains"] is not None
        for row in rows
        if (row["task"], row["range"]) == (task, where)
    )


def _means(items: Sequence[_Item], what: str) -> dict[str, float]:
    """The mean over each instance's samples."""
    found: dict[str, list[bool]] = {}
    for item in items:
        found.setdefault(item.id, []).append(getattr(item, what))
    return {name: sum(values) / len(values) for name, values in found.items()}
