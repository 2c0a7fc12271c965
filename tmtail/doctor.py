"""Checks of an installation: packages, processor and GPU, tokenizer, folders, compiled code."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tm.support.extras import EXTRAS

MIN_FREE_GB = 1.0
"""Free disk space below which a folder is reported, in gigabytes."""


class Finding(NamedTuple):
    """One thing that was checked.

    Attributes
    ----------
    section
        ``tmtail``, ``package``, ``machine``, ``tokenizer``, ``folder`` or ``cache``.
    value
        Version, size or place.
    problem
        What is wrong, and what to do; empty if nothing is.
    """

    section: str
    name: str
    value: str
    problem: str = ""


def examine() -> Iterator[Finding]:
    """Yield what is installed, and whether it can be used; nothing is changed."""
    yield from _tmtail()
    yield from _packages()
    yield from _machine()
    yield from _tokenizer()
    yield from _folders()
    yield from _compiled_code()


def _tmtail() -> Iterator[Finding]:
    from tmtail import __version__

    folder = Path(__file__).parents[1]
    yield Finding("tmtail", "tmtail", f"{__version__} in {folder}")
    yield Finding("tmtail", "python", f"{platform.python_version()} in {sys.executable}")


def _packages() -> Iterator[Finding]:
    """Yield each package that tmtail requires or that an extra of it adds, once."""
    from packaging.requirements import Requirement

    try:
        lines = metadata.requires("tmtail") or []
    except metadata.PackageNotFoundError:
        lines = []
        problem = "is not installed as a package; run pip install in its folder"
        yield Finding("tmtail", "installation", "none", problem)
    required: dict[str, Requirement] = {}
    optional: dict[str, Requirement] = {}
    for line in lines:
        requirement = Requirement(line)
        is_required = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        (required if is_required else optional).setdefault(requirement.name, requirement)
    names = {distribution_name(module): extra for module, extra in EXTRAS.items()}
    for name, requirement in required.items():
        yield _package(name, str(requirement.specifier), required=True)
    for name in sorted(names):
        if name not in required:
            specifier = str(optional[name].specifier) if name in optional else ""
            yield _package(name, specifier, extra=names[name])


def distribution_name(module: str) -> str:
    """Return the name under which an optional module is installed."""
    return module.replace("_", "-")


def _package(name: str, specifier: str, *, required: bool = False, extra: str = "") -> Finding:
    from packaging.specifiers import SpecifierSet

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        if required:
            return Finding("package", name, "missing", f"is required: pip install '{name}'")
        return Finding("package", name, f"not installed (extra {extra})")
    if not SpecifierSet(specifier).contains(version, prereleases=True):
        problem = f"must be {specifier}: pip install '{name}{specifier}'"
        return Finding("package", name, version, problem)
    return Finding("package", name, version)


def _machine() -> Iterator[Finding]:
    usable = len(os.sched_getaffinity(0))
    yield Finding("machine", "processors", f"{usable} of {os.cpu_count()} ({platform.machine()})")
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    yield Finding("machine", "memory", f"{gigabytes:.0f} GB")
    if find_spec("torch") is None:
        yield Finding("machine", "GPU", "unknown without torch")
        return
    import torch

    if not torch.cuda.is_available():
        build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "a CPU build"
        yield Finding("machine", "GPU", f"none (torch {torch.__version__}, {build})")
        return
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        size = f"{properties.total_memory / 1e9:.0f} GB"
        yield Finding("machine", f"GPU {index}", f"{properties.name}, {size}")


def _tokenizer() -> Iterator[Finding]:
    from compiler.vocabulary import Vocabulary

    name = "Qwen2.5"
    try:
        vocabulary = Vocabulary.qwen()
    except ModuleNotFoundError as error:
        yield Finding("tokenizer", name, f"not installed ({error.name})")
        return
    count = vocabulary.count_tokens(["answer: 12"])[0]
    yield Finding("tokenizer", name, f"reads `answer: 12` as {count} tokens")


def _folders() -> Iterator[Finding]:
    from platformdirs import user_state_path

    from tm import cache

    tables = cache.folder()
    entries = list(tables.glob("*.json")) if tables.is_dir() else []
    size = sum(entry.stat().st_size for entry in entries) / 1e6
    help = "machines are compiled at every start; set TMTAIL_CACHE to a writable folder"
    yield _folder("tables", tables, help, f", {len(entries)} tables, {size:.0f} MB")
    help = "evaluations of held-out problems cannot be logged; set XDG_STATE_HOME"
    yield _folder("state", user_state_path("tmtail"), help)
    yield _folder("working", Path.cwd(), "results need an --out elsewhere")
    if find_spec("huggingface_hub") is not None:
        from huggingface_hub import constants

        help = "models cannot be downloaded; set HF_HOME to a writable folder"
        yield _folder("model hub", Path(constants.HF_HUB_CACHE), help)


def _folder(name: str, folder: Path, help: str, note: str = "") -> Finding:
    """Return whether a folder, or the folder in which it would be made, can be written."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    free = shutil.disk_usage(existing).free / 1e9
    value = f"{folder}{note}, {free:.0f} GB free"
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Finding("folder", name, value, f"cannot be written: {help}")
    if free < MIN_FREE_GB:
        return Finding("folder", name, value, f"less than {MIN_FREE_GB:.0f} GB is free")
    return Finding("folder", name, value)


def _compiled_code() -> Iterator[Finding]:
    from tm.engine.loop import run_items

    name = "compiled code"
    folder = run_items.stats.cache_path  # type: ignore[attr-defined]
    if folder is None:
        problem = "has no writable folder, so every process compiles it again; set NUMBA_CACHE_DIR"
        yield Finding("cache", name, "none", problem)
        return
    is_stored = any(Path(folder).glob(f"*{run_items.__qualname__}-*.nbi"))
    state = "stored" if is_stored else "not yet stored, the next run compiles it (about 20 s)"
    yield Finding("cache", name, f"{state}, in {folder}")
