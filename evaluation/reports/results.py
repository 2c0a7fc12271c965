"""Results for people and for programs: a table in the terminal, four files in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.table import Table
from rich.text import Text

from compiler import Role
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share
from tm.support.files import atomic_file, write_text

RESULTS = "results.json"
ITEMS = "items.jsonl"
TABLE = "items.parquet"
REPORT = "report.html"

SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "task", "range", "prompt")),
        ("sample", pa.int32()),
        *((name, pa.string()) for name in ("output", "reasoning", "end", "gold")),
        ("answer", pa.string()),  # null where none was read
        ("verdict", pa.string()),
        ("exact", pa.bool_()),
        ("tokens", pa.int64()),
        (
            "first_divergence",  # null where there is none; see ``evaluation.scoring.divergence``
            pa.struct(
                [
                    *((name, pa.int64()) for name in ("at", "states", "state", "back")),
                    *((name, pa.string()) for name in ("step", "label", "role", "part", "name")),
                    *((name, pa.string()) for name in ("expected", "got")),
                ]
            ),
        ),
    ]
)
"""The columns of ``items.parquet``, whatever was scored."""

INTRODUCTION = "What was written, held against what the machine says on the same problems."


def write_results(
    folder: Path, rows: Sequence[ScoreRow], scores: Sequence[Score], description: dict[str, Any]
) -> None:
    """Write results into a folder, each file whole or not at all, ``results.json`` last.

    ``items.jsonl`` and ``items.parquet`` hold every output and its score; ``report.html`` is for
    people, with pictures and the worst outputs beside the replay.

    Parameters
    ----------
    description
        What else a reader must know: the backend, seeds, versions.

    Raises
    ------
    ValueError
        When results are there already.
    """
    from evaluation.reports.page import page  # matplotlib takes a while, and tables need none

    if (folder / RESULTS).exists():
        raise ValueError(f"{folder} holds results already; they are never overwritten")
    items = [_score_as_json(score) for score in scores]
    lines = "".join(_json(item) + "\n" for item in items)
    name = str(description.get("model") or description.get("backend", "outputs"))
    results = {**description, "rows": [row_as_json(row) for row in rows]}
    text = _json(results, indent=1) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / ITEMS, lines)
    table = pa.Table.from_pylist([_readable(item) for item in items], SCHEMA)
    with atomic_file(folder / TABLE) as draft:
        pq.write_table(table, draft, compression="zstd")
    write_text(folder / REPORT, page(f"Scores of {name}", INTRODUCTION, rows, scores, description))
    write_text(folder / RESULTS, text)


def _readable(value: Any) -> Any:
    """A value with its texts in UTF-8, which half a surrogate pair is not."""
    if isinstance(value, dict):
        return {name: _readable(part) for name, part in value.items()}
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def row_as_json(row: ScoreRow) -> dict[str, Any]:
    """A row as plain data."""
    return {
        "task": row.task,
        "range": row.range,
        "lengths": list(row.lengths),
        "items": row.items,
        "asked": row.asked,
        "fitting": row.fitting,
        "distinct": row.distinct,
        "longest": row.longest,
        "unit": row.unit,
        "fit": row.fit,
        "samples": row.samples,
        "verdicts": {verdict: row.verdicts.get(verdict, 0) for verdict in Verdict},
        "label_accuracy": _share(row.accuracy),
        "overall_accuracy": _share(row.overall),
        "exact_chains": _share(row.exactness) if row.chain else None,
        "pass_at": {str(k): value for k, value in row.passes.items()},
        "chance": row.chance,
        "first_divergence": {
            "role": {role: row.roles.get(role, 0) for role in Role},
            "step": dict(row.steps),
        },
        "right_answer_wrong_reasoning": row.lucky,
        "right_reasoning_no_right_answer": row.slipped,
        "token_limit": row.limit,
    }


def _share(share: Share) -> dict[str, Any]:
    return {"value": share.rate, "interval95": list(share.interval())}


def _score_as_json(score: Score) -> dict[str, Any]:
    return {
        "id": score.item.id,
        "sample": score.sample,
        "task": score.item.task.name,
        "range": score.item.range,
        "prompt": score.item.prompt,
        "output": score.output.text,
        "end": score.output.end,
        "tokens": score.output.tokens,
        "reasoning": score.output.reasoning,
        "gold": score.item.gold,
        "answer": score.answer,
        "verdict": score.verdict,
        "exact": score.exact,
        "first_divergence": score.divergence and score.divergence._asdict(),
    }


def _json(data: object, indent: int | None = None) -> str:
    # ASCII only: a line separator or an escape sequence in an output stays inert.
    return json.dumps(data, indent=indent, ensure_ascii=True)


def results_table(rows: Sequence[ScoreRow], title: str = "") -> Table:
    """The scores in percent, a line for every task and range, with 95 % intervals."""
    table, task = task_table((row.task for row in rows), title)
    for name in ("items", "label accuracy", "exact chains", "chance"):
        table.add_column(name.replace(" ", "\n"), justify="right")
    for name in ("wrong", "no\nanswer", "cut\noff", "no\nfit"):
        table.add_column(name, justify="right")
    for row in rows:
        low, high = row.lengths
        table.add_row(
            *task(row.task),
            Text(f"{row.range} ({low}–{high})"),
            str(row.items),
            row.fit if not row.fitting else row.accuracy.percent,
            row.exactness.percent if row.chain and row.fitting else "–",
            f"{100 * row.chance:.1f}" if row.fitting else "–",
            *(str(row.verdicts.get(verdict, 0)) for verdict in _FAILURES),
        )
    return table


def task_table(tasks: Iterable[str], title: str) -> tuple[Table, Callable[[str], tuple[Text, ...]]]:
    """A table that begins with the task, and what a line's cell of it is.

    One task alone stands in the title instead.
    """
    different = set(tasks)
    alone = len(different) == 1
    heading = ": ".join(filter(None, (*(different if alone else ()), title)))
    table = Table(
        title=heading or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    if not alone:
        table.add_column("task")
    table.add_column("range", no_wrap=True)
    return table, lambda task: () if alone else (Text(task),)


_FAILURES = (Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.NO_FIT)
"""The last columns of ``results_table``, in its order."""


def divergence_table(rows: Sequence[ScoreRow]) -> Table:
    """Where the chains that are not exact left the machine's, by module and by step."""
    table, task = task_table((row.task for row in rows), "first wrong character")
    table.add_column("not\nexact", justify="right")
    for role in Role:
        table.add_column(role, justify="right")
    table.add_column("in step")
    for row in rows:
        steps = sorted(row.steps.items(), key=lambda pair: (-pair[1], pair[0]))
        table.add_row(
            *task(row.task),
            row.range,
            str(sum(row.roles.values())),
            *(str(row.roles.get(role, 0)) for role in Role),
            Text(", ".join(f"{step} {count}" for step, count in steps) or "—"),
        )
    return table
