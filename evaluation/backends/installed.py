"""Backends of other installed distributions, by entry points of the group ``tmtail.backends``.

A distribution declares one entry point for each backend: its name is the value of ``backend``, and
its value a function with the parameters of ``evaluation.backends.opening.open_backend``::

    [project.entry-points."tmtail.backends"]
    llamacpp = "my_backends:open_llamacpp"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evaluation.backends.base import Backend
from tm.support.plugins import Entries, distribution, import_entry, only_entry, plugin_entries

GROUP = "tmtail.backends"

SHIPPED_BACKENDS = ("hf", "vllm", "openai", "file", "reference")
"""Names of the backends that come with tmtail."""


def installed_backends() -> Mapping[str, Entries]:
    """Return the entry points of installed backends by name; shipped names are reserved."""
    return plugin_entries(GROUP, "backend", SHIPPED_BACKENDS)


def opener_of(name: str) -> Callable[..., Backend]:
    """Return the function that opens an installed backend.

    Raises
    ------
    ValueError
        If two distributions claim the name, the function cannot be imported, or the entry point
        does not name a function.
    """
    entry = only_entry("backend", installed_backends()[name])
    opener = import_entry("backend", entry, entry.load)
    if not callable(opener):
        raise ValueError(
            f"{distribution(entry)}: the entry point `{name}` is {entry.value!r}, which is not a "
            "function; give MODULE:FUNCTION"
        )
    return opener  # type: ignore[no-any-return]
