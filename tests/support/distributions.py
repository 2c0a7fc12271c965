"""Installed distributions made in a folder of a test: a package and its metadata, without pip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tasks


def write_distribution(folder: Path, name: str, files: Mapping[str, str], entries: str) -> None:
    """Write a distribution into a folder that is, or will be, on Python's path.

    Parameters
    ----------
    files
        Contents by path within ``folder``.
    entries
        The text of ``entry_points.txt``.
    """
    metadata = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        "entry_points.txt": entries,
    }
    for path, text in metadata.items():
        _write(folder / f"{name}-1.0.dist-info" / path, text)
    for path, text in files.items():
        _write(folder / path, text)


def copy_task(shipped: str, name: str) -> dict[str, str]:
    """Return the files of a shipped task under another name: contents by file name."""
    source = tasks.get(shipped).path
    return {
        name + file.name.removeprefix(shipped): file.read_text(encoding="utf-8")
        for file in sorted(source.parent.glob(f"{shipped}.*"))
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
