"""Lazy imports of the public names of a package, so that importing it stays fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from tm.support.extras import missing_package


def lazy_names(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package.

    Parameters
    ----------
    homes
        The public names of the package by the module that defines them; ``get as task`` if the
        module calls it ``get`` and the package ``task``.
    """
    origins = {}
    for module, names in homes.items():
        for name in names:
            attribute, _, public = name.partition(" as ")
            origins[public or attribute] = module, attribute

    def get(name: str) -> Any:
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, attribute = origins[name]
        try:
            return getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            if reason := missing_package(error):
                message = f"{package}.{name} {reason}"
                raise ModuleNotFoundError(message, name=error.name) from None
            raise

    return get
