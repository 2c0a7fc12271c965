"""Which versions of libraries, and of this project, made a result."""

from __future__ import annotations

from importlib import metadata


def version(name: str) -> str | None:
    """None of what is not installed: this project itself, where it runs from a checkout."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
