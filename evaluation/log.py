"""A log of every evaluation of held-out problems, so that nobody tunes on them unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_state_path

from evaluation.items import Item
from evaluation.outputs import digest
from tasks.corpus.dataset import Corpus

LOG = "evaluations.jsonl"


class Logged(NamedTuple):
    """Where an evaluation was logged, and how many of the same problems were before it."""

    path: Path
    before: int


def log_evaluation(
    corpus: Corpus | None, items: Sequence[Item], description: Mapping[str, Any]
) -> Logged:
    """Add a line to the log: when, which problems, by whom they were answered.

    The log stands in the corpus, or in the user's state folder where there is no corpus, or none
    that can be written to.
    """
    problems = digest(items)
    line = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "problems": problems,
        "items": len(items),
        "tasks": sorted({item.task.name for item in items}),
        "ranges": list(dict.fromkeys(item.range for item in items)),
        **description,
    }
    if corpus is not None:
        try:
            return _append(corpus.folder / LOG, problems, line)
        except OSError:  # it is somebody else's, or on a medium that cannot be written to
            pass
    return _append(user_state_path("tmtail", ensure_exists=True) / LOG, problems, line)


def _append(path: Path, problems: str, line: Mapping[str, Any]) -> Logged:
    before = path.read_text(encoding="utf-8").count(f'"{problems}"') if path.exists() else 0
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(line) + "\n")
    return Logged(path, before)
