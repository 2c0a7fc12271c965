"""Files and folders that appear complete or not at all, and folders that have one writer."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path


class FolderInUseError(RuntimeError):
    """Another process is writing into the folder."""


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it to ``path`` if the block succeeds."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with name_in_errors(path):
            yield draft
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path, *, is_writer: bool = True) -> Iterator[Path]:
    """Yield an empty folder ``NAME.part`` beside ``path``; rename it to ``path`` on success.

    Parameters
    ----------
    path
        The folder to create; it must not exist, or be empty.
    is_writer
        False in the processes of a distributed run that do not write: they get the same path, and
        neither create nor rename anything.
    """
    draft = path.with_name(f"{path.name}.part")
    if not is_writer:
        yield draft
        return
    shutil.rmtree(draft, ignore_errors=True)  # left by a process that was killed
    draft.mkdir(parents=True, exist_ok=True)
    try:
        yield draft
        draft.rename(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


@contextmanager
def name_in_errors(path: Path) -> Iterator[None]:
    """Add the name of a file to system errors that lack one, such as that of a full disk."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(path)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically, as UTF-8 with LF line ends."""
    with atomic_file(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Create a folder and lock it for this process; the lock ends with the process.

    Temporary files that killed processes left in it are deleted.

    Raises
    ------
    FolderInUseError
        If another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUseError(f"another process is writing into {folder}") from None
        for draft in folder.rglob(".*.part"):
            draft.unlink()
        yield


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
