"""Imports only point up, and packages that must be light import nothing heavy."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = ("tm", "compiler", "tasks", "evaluation", "training", "tmtail")
"""A package may import those before it, never one after it."""
HEAVY = ("torch", "transformers", "trl", "peft", "datasets", "matplotlib")
TESTING = ("tmtail/testing/", "tmtail/templates/test_")
"""Parts of paths that may import Hypothesis: the public test helpers, the template of tests."""


def imported(file: Path) -> set[str]:
    """Return the top-level packages that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative imports hide which package is meant"
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("package", ORDER)
def test_imports_point_up(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    above = set(ORDER[ORDER.index(package) + 1 :])
    for file in files:
        packages = imported(file)
        assert not packages & above, f"{file} imports {packages & above}"
        assert "tests" not in packages, f"{file} imports tests"
        if package in ("tm", "compiler", "tasks"):
            assert not packages & set(HEAVY), f"{file} imports {packages & set(HEAVY)}"
        if not any(part in file.as_posix() for part in TESTING):
            assert "hypothesis" not in packages, f"{file} imports hypothesis"


@pytest.mark.parametrize("package", ["tm", "compiler", "tasks", "tmtail", "tmtail.cli"])
def test_importing_it_loads_nothing_heavy(package: str) -> None:
    code = f"import {package}, sys; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = set(run.stdout.split())
    assert package in loaded
    assert not loaded & {*HEAVY, "numba", "pandas", "hypothesis"}


MAX_MODULES = 12
"""Modules in one folder: more are grouped by concern."""


def modules() -> list[Path]:
    return [
        path
        for package in (*ORDER, "benchmarks", "tests")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    ]


def test_no_test_module_imports_another() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        names = re.findall(r"^(?:from|import) (tests[\w.]*)", path.read_text("utf-8"), re.MULTILINE)
        assert [name for name in names if ".test_" in name] == [], path


def test_no_folder_has_many_modules() -> None:
    counts = Counter(path.parent for path in modules())
    crowded = {folder: count for folder, count in counts.items() if count > MAX_MODULES}
    assert crowded == {}
