"""Plugins: objects that other installed distributions add to tmtail by entry points."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PluginT = TypeVar("PluginT")

GROUPS = ("tmtail.tasks", "tmtail.backends")
"""Groups of entry points that tmtail reads."""

Entries = tuple["EntryPoint", ...]
"""Entry points with one name; more than one means that several distributions claim the name."""


@cache
def plugin_entries(group: str, kind: str, shipped: tuple[str, ...]) -> Mapping[str, Entries]:
    """Return the entry points of a group by name, sorted by name.

    Parameters
    ----------
    kind
        Noun for a plugin of the group in messages, such as "task".
    shipped
        Names of the plugins that come with tmtail. They are reserved: an entry point of such a name
        is ignored with a warning, so that a shipped name always means the shipped plugin.
    """
    from importlib.metadata import entry_points  # takes 15 ms, and shipped plugins do not need it

    entries: dict[str, Entries] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        if entry.name in shipped:
            warnings.warn(
                f"{distribution(entry)}: the {kind} `{entry.name}` is ignored, because tmtail has "
                "one of this name; rename it",
                RuntimeWarning,
                stacklevel=3,
            )
        elif entry not in entries.get(entry.name, ()):
            entries[entry.name] = (*entries.get(entry.name, ()), entry)
    return entries


def is_plugin_module(name: str) -> bool:
    """Return whether a module belongs to the package of an installed plugin."""
    return name.partition(".")[0] in plugin_packages()


@cache
def plugin_packages() -> frozenset[str]:
    """Return the top-level packages of all installed plugins."""
    from importlib.metadata import entry_points

    entries = [entry for group in GROUPS for entry in entry_points(group=group)]
    return frozenset(entry.module.partition(".")[0] for entry in entries)


def only_entry(kind: str, entries: Entries) -> EntryPoint:
    """Return the only entry point with a name.

    Raises
    ------
    ValueError
        If several distributions claim the name.
    """
    if len(entries) > 1:
        owners = " and ".join(map(distribution, entries))
        raise ValueError(
            f"{kind} `{entries[0].name}` is defined by {owners}; uninstall all but one"
        )
    return entries[0]


def import_entry(kind: str, entry: EntryPoint, load: Callable[[], PluginT]) -> PluginT:
    """Return what ``load`` imports for an entry point.

    Raises
    ------
    ValueError
        If the import fails, with any error.
    """
    try:
        return load()
    except Exception as error:
        raise ValueError(
            f"{distribution(entry)}: the {kind} `{entry.name}` cannot be imported from "
            f"{entry.module} ({type(error).__name__}: {error})"
        ) from error


def distribution(entry: EntryPoint) -> str:
    """Return the distribution of an entry point, for messages."""
    return f"distribution {entry.dist.name}" if entry.dist else "an unnamed distribution"
