"""Files and folders that appear complete or not at all, and folders that have one writer."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path

DRAFT_NAME = re.compile(r"\..+\.[0-9]+\.part")
"""Names of the temporary files of ``atomic_file``."""


class FolderInUseError(RuntimeError):
    """Another process is writing into the folder."""


def read_bytes(path: Path, limit: int) -> bytes:
    """Return the content of a regular file, or its first ``limit + 1`` bytes if it has more.

    A device or a pipe is refused before it is read, since it may have no end or no writer.

    Raises
    ------
    OSError
        If the file cannot be read, or is no regular file; its ``strerror`` says why.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        reason = "it is a folder" if stat.S_ISDIR(mode) else "it is a device or a pipe"
        raise OSError(errno.EINVAL, f"{reason}, not a file", str(path))
    with open(descriptor, "rb") as file:
        return file.read(limit + 1)


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is not UTF-8; the message begins with the path.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path}: it is not UTF-8") from None


def without_links(path: Path) -> Path:
    """Return the absolute path with links followed; the part in a loop of links stays as it is."""
    return Path(os.path.realpath(path))


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; rename it to ``path`` if the block succeeds."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with name_in_errors(path, draft):
        try:
            draft.unlink(missing_ok=True)  # of a killed process that had the same number
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
def name_in_errors(path: Path, draft: Path | None = None) -> Iterator[None]:
    """Name a file in system errors that lack a name, such as a full disk's, or name its draft."""
    try:
        yield
    except OSError as error:
        if error.filename is None or error.filename == str(draft):
            error.filename = str(path)
        raise


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically, as UTF-8 with LF line ends."""
    with atomic_file(path) as draft:
        draft.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Create a folder and lock it for this process; the lock ends with the process.

    Nothing else in the folder is changed, since it may be another's.

    Raises
    ------
    FolderInUseError
        If another process holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "a", opener=open_no_link) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUseError(f"another process is writing into {folder}") from None
        yield


def remove_drafts(folder: Path) -> None:
    """Delete the temporary files that killed processes left in a folder, but not those below it.

    To be called by the writer of the folder once it is clear that the folder is its own. A folder
    below it may be another's.
    """
    for path in folder.glob(".*.part"):
        if DRAFT_NAME.fullmatch(path.name) and path.is_file():
            path.unlink()


def open_no_link(path: str, flags: int) -> int:
    """Open a file as the opener of ``open``, but not through a link, which may lead anywhere."""
    try:
        return os.open(path, flags | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        reason = "is a link, through which nothing is written; remove it"
        raise OSError(errno.ELOOP, reason, str(path)) from None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
