"""A log of every evaluation of held-out problems, which shows if a model was tuned on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_state_path

from evaluation.problems.replays import EvalProblem
from tasks.corpus.dataset import Corpus
from tasks.corpus.records.ids import RecordId

LOG_FILE = "evaluations.jsonl"


class LogEntry(NamedTuple):
    """Entry of the log.

    Attributes
    ----------
    path
        The log.
    earlier
        Number of earlier evaluations of the same problems.
    """

    path: Path
    earlier: int


def log_evaluation(
    corpus: Corpus | None, problems: Sequence[EvalProblem], description: Mapping[str, Any]
) -> LogEntry:
    """Append a line to the log: the time, the problems, and the description of the run.

    The log is in the corpus's folder. Without a corpus, or if the folder cannot be written to, it
    is in the user's state folder.
    """
    # An evaluation takes the first problems of each part, so the parts tell which problems it has.
    parts = list(dict.fromkeys(RecordId.parse(problem.id).part for problem in problems))
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "parts": parts,
        "items": len(problems),
        **description,
    }
    if corpus is not None:
        try:
            return _append(corpus.folder / LOG_FILE, line)
        except OSError:  # the folder is read-only, or has gone
            pass
    return _append(user_state_path("tmtail", ensure_exists=True) / LOG_FILE, line)


def _append(path: Path, line: Mapping[str, Any]) -> LogEntry:
    # Earlier lines are not parsed, so that a damaged one does not stop this evaluation.
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    earlier = sum(any(f'"{part}"' in text for part in line["parts"]) for text in lines)
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(line) + "\n")
    return LogEntry(path, earlier)
