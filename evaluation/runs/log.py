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
from tm.support.files import open_no_link

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

    The log is in the corpus's folder. Without a corpus, or if the folder cannot be written to or
    has a link in place of the log, it is in the user's state folder.
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
        except OSError:  # the folder is read-only, or the log is a link
            pass
    return _append(user_state_path("tmtail", ensure_exists=True) / LOG_FILE, line)


def _append(path: Path, line: Mapping[str, Any]) -> LogEntry:
    # Earlier lines are not parsed, so that a damaged one does not stop this evaluation.
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    lines = text.splitlines()
    earlier = sum(any(f'"{part}"' in text for part in line["parts"]) for text in lines)
    with open(path, "a", encoding="utf-8", newline="\n", opener=open_no_link) as file:
        cut = "" if text.endswith("\n") or not text else "\n"  # a full disk cut the last line
        file.write(cut + json.dumps(line) + "\n")
    return LogEntry(path, earlier)
