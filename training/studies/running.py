"""Run the cells of a study side by side, each in its own process; resume after any interruption."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from evaluation.studies.rows import (
    ATTENTION_FILE,
    ROWS_FILE,
    AttentionRow,
    StudyItem,
    StudyRow,
    read_entries,
    read_results,
)
from tasks.corpus import build
from tasks.corpus.items import item_pool
from tm.support.files import sole_writer, write_text
from training.studies.cells import RANGES, Cell
from training.studies.definition import is_study, read_study, study_path

STUDY_FILE = "study.yaml"
"""Copy of the study in the folder of its results."""

LOG_TAIL_LINES = 3
"""Last lines of a failed cell's log that are shown."""

Report = Callable[[str], None]
"""Called with a line about the progress of a study."""


class CellResult(NamedTuple):
    """Result of running a cell.

    Attributes
    ----------
    fault
        Last lines of the log if the cell failed; empty if it is finished.
    """

    cell: Cell
    fault: str = ""


def run_cells(
    cells: Sequence[Cell], *, jobs: int = 1, report: Report = lambda line: None
) -> list[CellResult]:
    """Build the corpora of some cells, then train and score each cell.

    Finished cells are left as they are, and an interrupted one resumes. A cell that fails, or that
    has no problem to score, does not stop the others; the latter is not trained.

    Parameters
    ----------
    jobs
        Number of cells that run at the same time.
    report
        Called with a line when a corpus or a cell is finished, or fails.

    Raises
    ------
    FolderInUseError
        If another process is running a study in the same folder.
    """
    if not cells:
        raise ValueError("the study has no cells with these arms and tasks at this scale")
    out = cells[0].experiment.out
    with sole_writer(out), ThreadPoolExecutor(jobs) as threads:
        pending = [cell for cell in cells if not is_finished(cell)]
        if skipped := len(cells) - len(pending):
            report(f"{skipped} of {len(cells)} cells are finished already")
        for cell in pending:
            cell.recipe  # noqa: B018  # raises before anything is spent
        write_text(out / STUDY_FILE, study_path(cells[0].experiment.source).read_text("utf-8"))
        results: list[CellResult] = []
        scorable: list[Cell] = []
        for cell in pending:
            if fault := _unscorable(cell):
                report(f"{cell.name}: {fault}")
                results.append(CellResult(cell, fault))
            else:
                scorable.append(cell)
        _build_corpora(scorable, report)
        for wave in _waves(scorable):
            results += _run_wave(wave, threads, report)
        return results


def _unscorable(cell: Cell) -> str:
    """Return why a cell cannot be scored, or an empty string."""
    split = cell.experiment.split
    empty = [
        f"{task} {name}"
        for task, name, _ in cell.unscored
        if item_pool(cell.task(task), name, split, 0).problem_count == 0
    ]
    if not empty:
        return ""
    return (
        f"not trained, since `{split}` has no problem of {', '.join(empty)}: there are so few that "
        "`eval` has them all; choose `--split eval`, or other tasks with `--tasks`"
    )


def _waves(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Return cells in groups: each cell is in a later one than the cell that it builds on."""
    waves: dict[int, list[Cell]] = {}
    for cell in cells:
        depth, source = 0, cell.source
        while source is not None:
            depth, source = depth + 1, source.source
        waves.setdefault(depth, []).append(cell)
    return [waves[depth] for depth in sorted(waves)]


def _run_wave(
    cells: Sequence[Cell], threads: ThreadPoolExecutor, report: Report
) -> Iterator[CellResult]:
    """Run cells side by side, and yield their results as they come."""
    futures = [threads.submit(_run_process, cell) for cell in cells]
    try:
        for future in as_completed(futures):
            result = future.result()
            report(f"{result.cell.name}: {result.fault or 'finished'}")
            yield result
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def is_finished(cell: Cell) -> bool:
    """Return whether a cell has all its rows."""
    return not cell.unscored


def results_in(out: Path) -> tuple[list[StudyRow], list[StudyItem]]:
    """Return the rows and the scored problems of a folder, in the order of its study.

    They are those of all cells, or those of a report if the folder has only its files.

    Raises
    ------
    ValueError
        If there are no results, or a file is damaged.
    """
    folders = sorted(path.parent for path in out.glob(f"cells/*/{ROWS_FILE}"))
    if not folders and (out / ROWS_FILE).exists():
        folders = [out]
    if not folders:
        raise ValueError(f"{out}: the folder has no scored cell of a study; run one first")
    results = [read_results(folder) for folder in folders]
    rows = [row for cell_rows, _ in results for row in cell_rows]
    items = [item for _, cell_items in results for item in cell_items]
    order = _order(out, rows)
    return sorted(rows, key=order), sorted(items, key=order)


def attention_in(out: Path, rows: Sequence[StudyRow]) -> list[AttentionRow]:
    """Return the attention of the models in a folder whose results are ``rows``, in their order."""
    files = sorted(out.glob(f"cells/*/{ATTENTION_FILE}")) or sorted(out.glob(ATTENTION_FILE))
    entries = [entry for file in files for entry in read_entries(file, AttentionRow)]
    finished = {(row.arm, row.seed, row.task) for row in rows}
    return sorted(
        (each for each in entries if (each.arm, each.seed, each.task) in finished),
        key=_order(out, rows),
    )


def _order(
    out: Path, rows: Sequence[StudyRow]
) -> Callable[[StudyRow | StudyItem | AttentionRow], tuple[int, int, int, int]]:
    """Return a sort key: by task, arm, seed and range, as in the study; unknown names are last."""
    source = out / STUDY_FILE if (out / STUDY_FILE).is_file() else rows[0].study
    study = read_study(str(source)) if is_study(str(source)) else None
    tasks = [*(study.task_names if study else ()), *(row.task for row in rows)]
    arms = [*((arm.name for arm in study.arms) if study else ()), *(row.arm for row in rows)]
    task_places, arm_places = (
        {name: place for place, name in enumerate(dict.fromkeys(names))} for names in (tasks, arms)
    )

    def key(entry: StudyRow | StudyItem | AttentionRow) -> tuple[int, int, int, int]:
        place = RANGES.index(entry.range)
        return task_places[entry.task], arm_places[entry.arm], entry.seed, place

    return key


def _build_corpora(cells: Sequence[Cell], report: Report) -> None:
    requests = {cell.corpus_folder(request): request for cell in cells for request in cell.requests}
    for folder, request in requests.items():
        corpus = build(request, out=folder)
        report(f"corpus {corpus.folder.name}")


def _run_process(cell: Cell) -> CellResult:
    """Run a cell in a process of its own, which ends with this one."""
    experiment = cell.experiment
    arguments = [experiment.source, experiment.scale_name, experiment.split]
    arguments += [",".join(experiment.ranges), str(experiment.out), cell.name]
    arguments += [experiment.model or "", *experiment.task_files]
    log = experiment.out / "logs" / f"{cell.name}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("ab") as stream,
        subprocess.Popen(
            [sys.executable, "-m", "training.studies.cell", *arguments],
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=stream,
            env={"OMP_NUM_THREADS": "1", **os.environ},
        ) as process,
    ):
        process.wait()
    if is_finished(cell):
        return CellResult(cell)
    return CellResult(cell, f"failed, see {log}: " + " | ".join(_last_lines(log)))


def _last_lines(log: Path) -> Iterator[str]:
    lines = log.read_text("utf-8", "replace").splitlines()
    yield from (line.strip() for line in lines[-LOG_TAIL_LINES:])
