"""Results as files: scores as JSON, outputs as JSON Lines and Parquet, and a report in HTML."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from compiler import Role
from evaluation.backends.base import OutputKey
from evaluation.reports.examples import output_key, worst
from evaluation.reports.hazards import hazard_figures
from evaluation.scoring.lengths import LengthScores, outcomes, scores_by_length
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share
from evaluation.states.figures import state_figures
from tm.support.files import atomic_file, sha256, write_text
from tm.support.strict_json import content_digest, read_json

RESULTS_FILE = "results.json"
DIGEST_KEY = "blake2b"
"""Key of ``results.json`` with the digest of its other entries."""
ITEMS_FILE = "items.jsonl"
ITEMS_TABLE_FILE = "items.parquet"
REPORT_FILE = "report.html"
OUTPUTS_FOLDER = "worst"
"""Folder with a page for each of the outputs that the report shows."""
OUTPUTS_EACH = 2
"""Outputs of each task and range that the report shows."""
STATES_FILE = "states.json"
STATES_TABLE_FILE = "states.parquet"

ITEMS_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "task", "range", "prompt")),
        ("wording", pa.int32()),  # index in ``Task.wordings``
        ("wordings", pa.string()),  # ``seen`` in training, or ``unseen``
        ("sample", pa.int32()),
        ("length", pa.int64()),  # exact length of the problem
        ("text_length", pa.int64()),  # of prompt and reference, in the backend's unit
        *((name, pa.string()) for name in ("output", "reasoning", "end", "gold")),
        ("answer", pa.string()),  # null if the output has no answer
        ("verdict", pa.string()),
        ("exact", pa.bool_()),
        ("lenient", pa.bool_()),  # whether the lenient reader finds the right answer
        ("tokens", pa.int64()),
        (
            "verification",  # null if not decoded with a draft; see ``Verification``
            pa.struct(
                [
                    ("near_ties", pa.int64()),
                    ("least_margin", pa.float64()),
                    ("divergence_margin", pa.float64()),
                ]
            ),
        ),
        (
            "first_divergence",  # null without a divergence; see ``evaluation.scoring.divergence``
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
"""Columns of ``items.parquet``."""

INTRODUCTION = "Outputs compared with the machine's own text for the same problems."


def read_results(folder: Path) -> dict[str, Any]:
    """Return the content of ``results.json`` in a folder.

    Raises
    ------
    ValueError
        If the folder has no results, or the file or ``items.jsonl`` is damaged.
    """
    path = folder / RESULTS_FILE
    if not path.is_file():
        raise ValueError(f"{folder}: the folder has no {RESULTS_FILE}; give the folder of a run")
    results = read_json(path)
    stored = {name: value for name, value in results.items() if name != DIGEST_KEY}
    if results.get(DIGEST_KEY) != content_digest(stored):
        raise ValueError(
            f"{path}: the file is damaged: its `{DIGEST_KEY}` does not match; delete it, and run "
            "the same evaluation again, which keeps the outputs"
        )
    files = results.get("files")
    if not isinstance(files, dict) or sha256(folder / ITEMS_FILE) != files.get(ITEMS_FILE):
        raise ValueError(
            f"{folder / ITEMS_FILE}: the file is damaged or of another run; delete {RESULTS_FILE}, "
            "and run the same evaluation again, which keeps the outputs"
        )
    return results


def check_no_results(folder: Path) -> None:
    """Raise ``ValueError`` if ``folder`` holds results."""
    if (folder / RESULTS_FILE).exists():
        raise ValueError(
            f"{folder}: the folder holds results, which are never overwritten; give another folder"
        )


def write_results(
    folder: Path,
    rows: Sequence[ScoreRow],
    scores: Sequence[Score],
    description: dict[str, Any],
    states: pa.Table | None = None,
) -> None:
    """Write results into a folder, each file atomically, ``results.json`` last.

    ``items.jsonl`` and ``items.parquet`` hold every output and its score; ``report.html`` has
    pictures, and the worst outputs beside their references, which also have pages of their own in
    ``worst``. ``results.json`` has the SHA-256 of each file, and a digest of its own content.

    Parameters
    ----------
    scores
        Scores of the outputs; those of one task must be adjacent.
    description
        Settings that are needed to repeat the results: the backend, seeds, versions.
    states
        Result of ``measure_states``, written to ``states.parquet``, and its figures to
        ``states.json``; None if it was not requested.

    Raises
    ------
    ValueError
        If the folder holds results.
    """
    from evaluation.reports.page import page  # matplotlib is slow to import

    check_no_results(folder)
    items = [_score_as_json(score) for score in scores]
    lines = "".join(_json(item) + "\n" for item in items)
    name = str(description.get("model") or description.get("backend", "outputs"))
    hazards = hazard_figures(scores)
    results = {
        **description,
        "rows": [row_as_json(row) for row in rows],
        "lengths": [_length_as_json(each) for each in scores_by_length(outcomes(scores))],
        "hazards": hazards,
    }
    content_digest(results)  # raises before anything is written if they are not JSON
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / ITEMS_FILE, lines)
    table = pa.Table.from_pylist([_encodable(item) for item in items], ITEMS_SCHEMA)
    with atomic_file(folder / ITEMS_TABLE_FILE) as draft:
        pq.write_table(table, draft, compression="zstd")
    written = [ITEMS_FILE, ITEMS_TABLE_FILE, REPORT_FILE]
    figures = None if states is None else state_figures(states, rows)
    if states is not None:
        written += [STATES_FILE, STATES_TABLE_FILE]
        write_text(folder / STATES_FILE, _json(figures, indent=1) + "\n")
        with atomic_file(folder / STATES_TABLE_FILE) as draft:
            pq.write_table(states, draft, compression="zstd")
    links = _write_outputs(folder, worst(scores, OUTPUTS_EACH))
    written += links.values()
    html = page(
        f"Scores of {name}",
        INTRODUCTION,
        rows,
        scores,
        description,
        each=OUTPUTS_EACH,
        states=figures,
        hazards=hazards,
        links=links,
    )
    write_text(folder / REPORT_FILE, html)
    results["files"] = {name: sha256(folder / name) for name in written}
    results[DIGEST_KEY] = content_digest(results)
    write_text(folder / RESULTS_FILE, _json(results, indent=1) + "\n")


def _write_outputs(folder: Path, scores: Sequence[Score]) -> dict[OutputKey, str]:
    """Write the page of each output that has one, and return their paths below ``folder``."""
    from evaluation.reports.outputs import output_page

    links: dict[OutputKey, str] = {}
    for score in scores:
        if html := output_page(score):
            link = f"{OUTPUTS_FOLDER}/{len(links) + 1:03}.html"
            (folder / OUTPUTS_FOLDER).mkdir(exist_ok=True)
            write_text(folder / link, html)
            links[output_key(score)] = link
    return links


def _encodable(value: Any) -> Any:
    """Return a value whose texts UTF-8 can encode: a lone surrogate becomes an escape."""
    if isinstance(value, dict):
        return {name: _encodable(part) for name, part in value.items()}
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def row_as_json(row: ScoreRow) -> dict[str, Any]:
    """Return a row as plain data for JSON."""
    return {
        "task": row.task,
        "range": row.range,
        "lengths": list(row.lengths),
        "items": row.problems,
        "asked": row.requested,
        "fitting": row.fitting,
        "distinct": row.distinct,
        "longest": row.longest,
        "reference_length": row.reference_length,
        "unit": row.unit,
        "fit": row.fit,
        "samples": row.samples,
        "verdicts": {verdict: row.verdicts.get(verdict, 0) for verdict in Verdict},
        "label_accuracy": _share_as_json(row.accuracy),
        "lenient_accuracy": _share_as_json(row.lenient_accuracy),
        "overall_accuracy": _share_as_json(row.overall),
        "exact_chains": _share_as_json(row.exactness) if row.chain else None,
        "wordings": {
            kind: {
                "items": each.problems,
                "label_accuracy": _share_as_json(each.accuracy),
                "exact_chains": _share_as_json(each.exactness) if row.chain else None,
            }
            for kind, each in row.wordings.items()
        },
        "pass_at": {str(k): value for k, value in row.pass_at.items()},
        "chance": row.chance,
        "shortcuts": dict(row.shortcuts),
        "first_divergence": {
            "role": {role: row.roles.get(role, 0) for role in Role},
            "step": dict(row.steps),
        },
        "right_answer_wrong_reasoning": row.lucky,
        "right_reasoning_no_right_answer": row.slipped,
        "token_limit": row.token_limit,
        "verification": {
            "outputs": row.verified,
            "near_ties": row.near_ties,
            "least_margin": row.least_margin,
        }
        if row.verified
        else None,
    }


def _length_as_json(scores: LengthScores) -> dict[str, Any]:
    return {
        "task": scores.task,
        "length": scores.length,
        "problems": scores.accuracy.distinct,
        "label_accuracy": _share_as_json(scores.accuracy),
        "exact_chains": _share_as_json(scores.exactness) if scores.exactness else None,
    }


def _share_as_json(share: Share) -> dict[str, Any]:
    return {"value": share.rate, "interval95": list(share.interval())}


def _score_as_json(score: Score) -> dict[str, Any]:
    return {
        "id": score.problem.id,
        "sample": score.sample,
        "task": score.problem.task.name,
        "range": score.problem.range,
        "prompt": score.problem.prompt,
        "wording": score.problem.wording,
        "wordings": score.problem.task.wording_kind(score.problem.wording),
        "output": score.output.text,
        "end": score.output.end,
        "tokens": score.output.tokens,
        "verification": score.output.verification and score.output.verification._asdict(),
        "reasoning": score.output.reasoning,
        "length": score.length,
        "text_length": score.text_length,
        "gold": score.problem.gold,
        "answer": score.answer,
        "verdict": score.verdict,
        "exact": score.exact,
        "lenient": score.lenient,
        "first_divergence": score.divergence and score.divergence._asdict(),
    }


def _json(data: object, indent: int | None = None) -> str:
    # ASCII only, so that a line separator or an escape sequence in an output has no effect.
    return json.dumps(data, indent=indent, ensure_ascii=True)
