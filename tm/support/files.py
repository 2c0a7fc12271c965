"""Files that appear whole or not at all, and folders that have one writer."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path


class FolderInUseError(RuntimeError):
    """Another process is writing into the folder."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, which becomes ``path`` when the block has ended well."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with naming(path):
            yield draft
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have errors of the system name the file; of a full disk they do not."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all."""
    with whole(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Make the folder and hold it for this process; the system frees it if the process dies.

    Raises
    ------
    FolderInUseError
        When another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUseError(f"another process is writing into {folder}") from None
        for draft in folder.rglob(".*.part"):  # left by a process that was killed
            draft.unlink()
        yield


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
