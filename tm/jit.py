"""Compilation of the inner loops by numba, cached by the content of every source they use."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"nogil": True, "forceinline": True, "_nrt": False}

_IMPORT = re.compile(
    r"^(?:from ([\w.]+) import ([^#\n(]+|\([^)]*\))|import ([\w.]+))", re.MULTILINE
)


def jit(function: F) -> F:
    """Compile a function that never allocates, cached, to run without the GIL.

    No reference counts are kept (``_nrt``): numba would otherwise update them atomically for every
    array argument, which costs a call with a dozen arrays 100 ns. Inside another compiled function
    the call is inlined: arrays are passed as seven numbers each.

    Where numba finds no folder that it can write to, the function is compiled anew in every
    process, with one warning.
    """
    # numba checks only the file that defines a function, not those that its constants and callees
    # come from. The name is part of the cache's file name, in every folder that numba caches in.
    digest = source_digest(sys.modules[function.__module__].__file__ or "")
    function.__qualname__ = f"{function.__qualname__}_{digest}"
    try:
        compiled: F = njit(cache=True, **_OPTIONS)(function)
    except RuntimeError as error:
        if "no locator available" not in str(error):
            raise
        _warn_uncached()
        compiled = njit(**_OPTIONS)(function)
    return compiled


@cache
def _warn_uncached() -> None:
    warnings.warn(
        "no writable folder for compiled code: every process compiles it again (about 20 s); "
        "set NUMBA_CACHE_DIR to a folder of your own",
        RuntimeWarning,
        stacklevel=2,
    )


def source_digest(file: str) -> str:
    """Return a digest of a loaded module's file and of all our own files that it imports."""
    files: set[str] = set()
    queue = [file]
    while queue:
        if (path := queue.pop()) not in files:
            files.add(path)
            queue.extend(_imported_files(path))
    digest = blake2b(digest_size=8)
    for path in sorted(files):
        digest.update(_content(path))
    return digest.hexdigest()


@cache
def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError:  # a zip archive; its modules cannot be edited one by one
        return file.encode()


@cache
def _imported_files(file: str) -> tuple[str, ...]:
    """Return the files of our own loaded modules that a file imports at its top level."""
    return tuple(
        path
        for name in _imported_names(_content(file).decode())
        if name.partition(".")[0] in _PACKAGES
        and (module := sys.modules.get(name)) is not None
        and (path := module.__file__) is not None
    )


def _imported_names(source: str) -> Iterator[str]:
    for package, names, module in _IMPORT.findall(source):
        if module:
            yield module
            continue
        yield package
        for name in re.findall(r"\w+", names):
            yield f"{package}.{name}"


_PACKAGES = frozenset({"tm", "compiler", "tasks", "evaluation"})
"""The packages whose modules compiled code may depend on."""
