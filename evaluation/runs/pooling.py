"""Pool the results of several runs, with other training seeds or other problems, by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evaluation.problems.replays import TaskRange
from evaluation.reports.results import ITEMS_FILE, RESULTS_FILE, read_results
from evaluation.scoring.scores import Verdict
from evaluation.scoring.statistics import Pooled, pool_runs
from tm.support.strict_json import json_lines

BYTES_PER_SECOND = 1e8
"""Speed of pooling on one core, in bytes of ``items.jsonl``."""


class PooledRow(NamedTuple):
    """Figures of one task and range over several runs.

    Attributes
    ----------
    instances
        Number of distinct problems that were scored, over all runs.
    accuracy, exactness
        Answer accuracy and exact chains; the latter is None if there were no chains to compare.
    """

    task: str
    range: str
    runs: int
    instances: int
    accuracy: Pooled
    exactness: Pooled | None


class _ScoredOutput(NamedTuple):
    """Fields of a line of ``items.jsonl`` that count here."""

    task: str
    range: str
    id: str
    right: bool
    exact: bool


class _Contents(NamedTuple):
    """Number of outputs of a run, and the tasks and ranges of which it compared chains."""

    outputs: int
    chains: set[TaskRange]


def results_size(folders: Sequence[Path]) -> int:
    """Return the number of bytes of the outputs in these folders; one without outputs has 0."""
    files = [folder / ITEMS_FILE for folder in folders]
    return sum(file.stat().st_size for file in files if file.is_file())


def pool_results(
    folders: Sequence[Path],
    *,
    seed: int = 0,
    report: Callable[[int, int], None] = lambda completed, total: None,
) -> list[PooledRow]:
    """Pool the results of several runs, each in its own folder; see ``statistics.pool_runs``.

    The mean over the samples of a problem counts. Problems that do not fit a run's context do not
    count in that run.

    Parameters
    ----------
    report
        Called with the number of outputs that are read, and of all outputs.

    Raises
    ------
    ValueError
        If a folder has no results, or the folders do not have the same tasks and ranges.
    """
    contents = [_read_contents(folder) for folder in folders]
    total = sum(each.outputs for each in contents)
    runs: list[dict[TaskRange, list[_ScoredOutput]]] = []
    completed = 0
    for folder in folders:
        runs.append({})
        for verdict, output in _read_outputs(folder / ITEMS_FILE):
            completed += 1
            report(completed, total)
            if verdict is not Verdict.NO_FIT:
                runs[-1].setdefault((output.task, output.range), []).append(output)
    for folder, run in zip(folders, runs, strict=True):
        if run.keys() != runs[0].keys():
            other = sorted(run.keys() ^ runs[0].keys())[0]
            raise ValueError(
                f"only one of {folder} and {folders[0]} has results of {' '.join(other)}; "
                "pool runs on the same tasks and ranges"
            )
    rows = []
    for task, range_name in runs[0]:
        parts = [run[task, range_name] for run in runs]
        chains = all((task, range_name) in each.chains for each in contents)
        rows.append(
            PooledRow(
                task,
                range_name,
                len(folders),
                len({output.id for part in parts for output in part}),
                pool_runs([_means(part, "right") for part in parts], seed=seed),
                pool_runs([_means(part, "exact") for part in parts], seed=seed) if chains else None,
            )
        )
    return rows


def _read_contents(folder: Path) -> _Contents:
    """Return what a folder holds, whose results must be undamaged."""
    try:
        rows = read_results(folder)["rows"]
        return _Contents(
            sum(sum(row["verdicts"].values()) for row in rows),
            {(row["task"], row["range"]) for row in rows if row["exact_chains"] is not None},
        )
    except (AttributeError, KeyError, TypeError):
        raise ValueError(f"{folder / RESULTS_FILE}: `rows` are not those of a run") from None


def _read_outputs(path: Path) -> Iterator[tuple[Verdict, _ScoredOutput]]:
    for number, row in json_lines(path):
        try:
            verdict = Verdict(row["verdict"])
            texts = [row[name] for name in ("task", "range", "id")]
            exact = row["exact"]
            output = _ScoredOutput(texts[0], texts[1], texts[2], verdict is Verdict.RIGHT, exact)
            if {*map(type, texts)} != {str} or type(exact) is not bool:
                raise ValueError("`task`, `range` and `id` must be texts, `exact` true or false")
        except KeyError as error:
            raise ValueError(f"{path}, line {number}: `{error.args[0]}` is missing") from None
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
        yield verdict, output


def _means(outputs: Sequence[_ScoredOutput], figure: str) -> dict[str, float]:
    """Return the mean of a figure over the samples of each problem, by id."""
    values: dict[str, list[bool]] = {}
    for output in outputs:
        values.setdefault(output.id, []).append(getattr(output, figure))
    return {name: sum(samples) / len(samples) for name, samples in values.items()}
