"""Compilation of inner loops by numba, cached by the content of every source they use."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, TypeVar

from numba import njit
from numba.core.event import Event, Listener, register

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"nogil": True, "forceinline": True, "_nrt": False}

_IMPORT = re.compile(
    r"^(?:from ([\w.]+) import ([^#\n(]+|\([^)]*\))|import ([\w.]+))", re.MULTILINE
)


def jit(function: F) -> F:
    """Compile a function that never allocates; cache the code; run it without the GIL.

    No reference counts are kept (``_nrt``): numba would otherwise update them atomically for every
    array argument, which costs 100 ns for a call with a dozen arrays. A call from another compiled
    function is inlined, because an array argument is passed as seven numbers.

    If numba finds no writable folder, every process compiles the function again, after one
    warning.
    """
    # numba checks only the file that defines a function, not the files of its constants and
    # callees; the function's name is part of the name of the cached file, so it gets their digest.
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


class _Announcer(Listener):
    """Says on stderr, once a process, that our code is compiled; worker processes are silent."""

    def __init__(self) -> None:
        self.announced = parent_process() is not None

    def on_start(self, event: Event) -> None:
        package = event.data["dispatcher"].py_func.__module__.partition(".")[0]
        if not self.announced and package in _PACKAGES:
            self.announced = True
            print(
                "tmtail: compiling the simulator, about 20 s; later starts read it from the cache",
                file=sys.stderr,
                flush=True,
            )

    def on_end(self, event: Event) -> None:
        pass


register("numba:compile", _Announcer())  # type: ignore[no-untyped-call]


@cache
def _warn_uncached() -> None:
    warnings.warn(
        "numba: no writable folder for compiled code, so every process compiles it again (about "
        "20 s); set NUMBA_CACHE_DIR to a writable folder",
        RuntimeWarning,
        stacklevel=2,
    )


def source_digest(file: str) -> str:
    """Return a digest of a module's file and of all files of our packages that it imports.

    The modules must be loaded; imports are followed through any number of files.
    """
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
    except OSError:  # in a zip archive modules cannot be edited one by one
        return file.encode()


@cache
def _imported_files(file: str) -> tuple[str, ...]:
    """Return the files of loaded modules of our packages that a file imports at its top level."""
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
"""Packages whose modules compiled code may depend on."""
