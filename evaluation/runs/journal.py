"""Outputs of a run in its folder: each is on disk before the next, so that a run can resume."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from evaluation.backends.base import Output, OutputKey
from evaluation.backends.recorded import output_line, read_outputs
from evaluation.problems.replays import EvalProblem
from tm.support.differences import describe_differences
from tm.support.files import name_in_errors, open_no_link, remove_drafts, sole_writer, write_text
from tm.support.strict_json import read_json

REQUEST_FILE = "run.json"
"""File in a run's folder with everything that decides about its outputs."""
OUTPUTS_FILE = "outputs.jsonl"
"""File in a run's folder with its outputs so far."""


class Journal(dict[OutputKey, Output]):
    """Outputs by key; a new one is appended to a file and synced before it is in the mapping.

    Raises
    ------
    ValueError
        If the file has a damaged line.
    """

    def __init__(self, path: Path) -> None:
        with open(path, "ab+", opener=open_no_link) as file:
            # A line without its end was cut when the process died, so it is not an output.
            file.seek(0)
            file.truncate(file.read().rfind(b"\n") + 1)
        super().__init__(read_outputs(path, checked=True))
        self._path = path

    def __setitem__(self, key: OutputKey, output: Output) -> None:
        with name_in_errors(self._path), open(self._path, "ab", opener=open_no_link) as file:
            file.write(output_line(key, output))
            file.flush()
            os.fsync(file.fileno())
        super().__setitem__(key, output)


@contextmanager
def open_journal(folder: Path, request: Mapping[str, Any]) -> Iterator[Journal]:
    """Yield the journal in ``folder``, with the outputs of an earlier start of the same run.

    Parameters
    ----------
    request
        Plain data that decides about the outputs.

    Raises
    ------
    ValueError, FolderInUseError
        See ``claim_folder``.
    """
    with claim_folder(folder, REQUEST_FILE, json.dumps(request, indent=1) + "\n"):
        yield Journal(folder / OUTPUTS_FILE)


@contextmanager
def claim_folder(folder: Path, name: str, request: str) -> Iterator[None]:
    """Reserve a folder for a request; the folder is created if necessary.

    Parameters
    ----------
    name
        Name of the file that holds the request.

    Raises
    ------
    ValueError
        If the folder belongs to another request, or holds files that no request claims.
    FolderInUseError
        If another process is writing into the folder.
    """
    with sole_writer(folder):
        path = folder / name
        if not path.exists():
            if any(not other.name.startswith(".") for other in folder.iterdir()):
                raise ValueError(f"{folder}: the folder holds other files; give another folder")
            write_text(path, request)
        elif path.read_bytes() != request.encode():
            different = describe_differences(read_json(path), json.loads(request))
            raise ValueError(
                f"{folder}: the folder holds another evaluation, {name} ({different}); give "
                "another folder, or the same options to resume it"
            )
        remove_drafts(folder)
        yield


def problems_digest(problems: Iterable[EvalProblem]) -> str:
    """Return a hexadecimal digest of the ids, prompts and references of problems."""
    digest = blake2b(digest_size=16)
    for problem in problems:
        fields = [problem.id, problem.prompt, problem.completion, problem.replay.free]
        digest.update(json.dumps(fields).encode())
    return digest.hexdigest()
