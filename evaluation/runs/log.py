"""A log of every evaluation of held-out problems, so that nobody tunes on them unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_state_path

from evaluation.problems.replays import EvalProblem
from tasks.corpus.dataset import Corpus

LOG = "evaluations.jsonl"


class Logged(NamedTuple):
    """Where an evaluation was logged, and how many before it were of problems that it shares."""

    path: Path
    before: int


def log_evaluation(
    corpus: Corpus | None, items: Sequence[EvalProblem], description: Mapping[str, Any]
) -> Logged:
    """Add a line to the log: when, which problems, by whom they were answered.

    The log stands in the corpus, or in the user's state folder where there is no corpus, or none
    that can be written to.
    """
    # An id is TASK-RANGE-SPLIT-SEED-INDEX, and the problems of a part are always its first.
    parts = list(dict.fromkeys(item.id.rpartition("-")[0] for item in items))
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "parts": parts,
        "items": len(items),
        **description,
    }
    if corpus is not None:
        try:
            return _append(corpus.folder / LOG, line)
        except OSError:  # it is somebody else's, or on a medium that cannot be written to
            pass
    return _append(user_state_path("tmtail", ensure_exists=True) / LOG, line)


def _append(path: Path, line: Mapping[str, Any]) -> Logged:
    # Not read as JSON: no cut line of long ago is to end an evaluation of today.
    earlier = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    before = sum(any(f'"{part}"' in row for part in line["parts"]) for row in earlier)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(line) + "\n")
    return Logged(path, before)
