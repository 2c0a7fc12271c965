"""Step labels of a model's outputs in the form of ProcessBench, from the results of a run.

The steps of an output are its lines, and the label is the index of the first wrong one, or −1. It
follows from the first divergence, since the text up to there is the machine's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evaluation.reports.results import ITEMS_FILE, read_results
from evaluation.scoring.scores import Verdict
from tm.support.files import write_text
from tm.support.strict_json import json_lines

NO_ERROR = -1
"""Label of an output without a wrong step, be it complete or cut."""


def export_process_labels(folder: Path, out: Path) -> int:
    """Write the outputs of a run as ProcessBench's JSON; return their number.

    Problems that did not fit the model's context have no output and are left out.

    Raises
    ------
    ValueError
        If the folder has no results, ``out`` exists, or the outputs were scored by their answers
        alone, so that there are no steps.
    """
    results = read_results(folder)
    if out.exists():
        raise ValueError(f"{out}: exists already and is not overwritten; choose another file")
    if any(row["exact_chains"] is None for row in results["rows"]):
        raise ValueError(f"{folder}: the outputs were scored by their answers alone, not by steps")
    generator = str(results.get("model") or results.get("backend", ""))
    rows = [_labelled(item, generator) for item in _items(folder)]
    write_text(out, json.dumps(rows, indent=1) + "\n")
    return len(rows)


def _items(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the scored outputs of a run."""
    for _, item in json_lines(folder / ITEMS_FILE):
        if item["verdict"] != Verdict.NO_FIT:
            yield item


def _labelled(item: Mapping[str, Any], generator: str) -> dict[str, Any]:
    """Return an output as a row of ProcessBench."""
    output = item["output"]
    return {
        "id": f"{item['id']}-{item['sample']}",
        "generator": generator,
        "problem": item["prompt"],
        "steps": output.split("\n"),
        "final_answer_correct": item["verdict"] == Verdict.RIGHT,
        "label": _label(output, item["first_divergence"]),
    }


def _label(output: str, divergence: Mapping[str, Any] | None) -> int:
    """Return the index of the first wrong line of an output, or ``NO_ERROR``."""
    if divergence is None:
        return NO_ERROR
    at, expected = divergence["at"], divergence["expected"]
    ends_in_a_complete_line = at == len(output) and (
        expected.startswith("\n") or output.endswith("\n") or not output
    )
    return NO_ERROR if ends_in_a_complete_line else output.count("\n", 0, at)
