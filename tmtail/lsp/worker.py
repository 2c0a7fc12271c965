"""The process that checks sources: a line of JSON in, a line of JSON out.

It is a process of its own so that a long elaboration can be ended when the text changes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tm.language.diagnostics import Diagnostic
from tm.language.index.project import Project
from tm.language.modules import Files
from tm.language.source import SourceRange
from tm.pipeline import diagnose


def check(path: Path, buffers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the diagnostics of a source as plain data; buffers replace files."""
    project = Project()
    project.buffers = {Path(name): text for name, text in buffers.items()}
    return [_as_data(d) for d in diagnose(path, Files(read=project.read, exists=project.exists))]


def _as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "warning": diagnostic.warning,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "range": _range(diagnostic.location),
        "notes": [
            {"message": text, "range": _range(location)} for location, text in diagnostic.notes
        ],
    }


def _range(location: SourceRange) -> dict[str, Any]:
    path = location.source.path
    return {
        "path": None if path is None else str(path),
        "start": location.start,
        "end": location.end,
    }


def main() -> None:
    """Answer requests until the standard input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        result = check(Path(request["path"]), request["buffers"])
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
