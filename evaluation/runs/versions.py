"""Versions of packages, for the description of a result."""

from __future__ import annotations

from importlib import metadata


def installed_version(name: str) -> str | None:
    """Return the installed version of a package, or None (tmtail in a checkout, for example)."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
