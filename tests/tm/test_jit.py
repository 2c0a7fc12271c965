"""Cached code is compiled again when any source it depends on changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = """
from tm.jit import jit
from evaluation.constants import shifted
@jit
def kernel(n):
    return shifted(n)
"""
CONSTANTS = """
from tm.jit import jit
from evaluation.values import SHIFT
@jit
def shifted(n):
    return n + SHIFT
"""
PROGRAM = """
from evaluation.kernel import kernel
print(kernel(1), sum(kernel.stats.cache_hits.values()))
"""


def run_program(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "evaluation"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "kernel.py").write_text(KERNEL)
    (folder / "constants.py").write_text(CONSTANTS)
    (folder / "values.py").write_text("SHIFT = 10\n")
    return folder


@pytest.mark.parametrize("cache_folder", ["", "cache"])
def test_an_edited_constant_two_imports_away_recompiles(package: Path, cache_folder: str) -> None:
    variables = {"NUMBA_CACHE_DIR": str(package.parent / cache_folder)} if cache_folder else {}
    assert run_program(package.parent, **variables).stdout == "11 0\n"
    assert run_program(package.parent, **variables).stdout == "11 1\n"
    (package / "values.py").write_text("SHIFT = 20\n")
    assert run_program(package.parent, **variables).stdout == "21 0\n"


def test_compilation_is_announced_once_and_never_repeated(package: Path) -> None:
    first, second = run_program(package.parent), run_program(package.parent)
    assert first.stderr.splitlines() == [
        "tmtail: compiling the simulator, about 20 s; later starts read it from the cache"
    ]
    assert second.stderr == ""


def test_nothing_is_left_to_compile_for_a_run_with_its_text(tmp_path: Path) -> None:
    variables = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    first = "from compiler.rendering import compile_loops; compile_loops()"
    second = (
        "from tasks import get; from compiler import render\n"
        "task = get('bubble_sort'); run = task.run(task.instance(values=(3, 1, 2)))\n"
        "print(render(task.table, run.trace))"
    )
    _, done = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=variables, cwd=ROOT, capture_output=True, text=True, check=True,
        )
        for program in (first, second)
    ]  # fmt: skip
    assert "answer: 1, 2, 3" in done.stdout
    assert done.stderr == ""


def test_code_runs_with_one_warning_if_no_folder_is_writable(package: Path) -> None:
    locators = {"NUMBA_CACHE_LOCATOR_CLASSES": "IPythonCacheLocator"}  # accepts no file
    result = run_program(package.parent, **locators)
    assert result.stdout == "11 0\n"
    assert result.stderr.count("no writable folder for compiled code") == 1
