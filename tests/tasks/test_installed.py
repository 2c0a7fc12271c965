"""Tasks that other installed distributions add."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tasks
from tests.support.distributions import copy_task, write_distribution
from tm.support.plugins import plugin_entries, plugin_packages

ENTRIES = "[tmtail.tasks]\nwhich_is_greater = extra_tasks.which_is_greater\n"


def forget_plugins() -> None:
    plugin_entries.cache_clear()
    plugin_packages.cache_clear()


@pytest.fixture(autouse=True)
def no_cache() -> Iterator[None]:
    forget_plugins()
    yield
    forget_plugins()
    for name in [name for name in sys.modules if name.startswith("extra_tasks")]:
        del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on Python's path with one distribution, of one task."""
    files = copy_task("compare_numbers", "which_is_greater")
    files = {f"extra_tasks/{name}": text for name, text in files.items()}
    write_distribution(tmp_path, "extra_tasks", {**files, "extra_tasks/__init__.py": ""}, ENTRIES)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_an_installed_task_is_found_by_name(folder: Path) -> None:
    assert tasks.names()[-1] == "which_is_greater"
    assert tasks.all()[-1].name == "which_is_greater"
    task = tasks.get("which_is_greater", ranges={"S": (1, 2)})
    assert task.path.parent == folder / "extra_tasks"
    instance = task.draw(tasks.Stream("x").at(0), "S")
    assert task.answer(instance) == tasks.get("compare_numbers").answer(instance)


def test_it_is_one_class_however_it_is_found(folder: Path) -> None:
    task = tasks.get("which_is_greater")
    assert type(tasks.from_file(task.path)) is type(task)
    assert pickle.loads(pickle.dumps(task)) == task


def test_the_command_finds_it(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), os.getcwd()])}
    listing, trace = (
        subprocess.run(
            [sys.executable, "-m", "tmtail", *arguments],
            env=environment, capture_output=True, text=True, check=True, timeout=120,
        ).stdout
        for arguments in (["tasks"], ["trace", "which_is_greater", "--length", "3"])
    )  # fmt: skip
    assert listing.splitlines()[-1].startswith("which_is_greater ")
    assert "answer: " in trace


def test_a_shipped_name_is_reserved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_distribution(tmp_path, "rival", {}, "[tmtail.tasks]\nbubble_sort = rival.bubble_sort\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.warns(
        RuntimeWarning, match="distribution rival: the task `bubble_sort` is ignored"
    ):
        assert tasks.names().count("bubble_sort") == 1
    assert tasks.get("bubble_sort").path.parent.name == "simulation"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ("odd = extra_tasks.nowhere", "`odd` cannot be imported from extra_tasks.nowhere"),
        ("odd = extra_tasks.broken", r"cannot be imported .* \(ZeroDivisionError: division"),
        ("odd = extra_tasks.which_is_greater:Task", "give the module alone"),
        ("odd = extra_tasks.which_is_greater", "name the file odd.py"),
    ],
)
def test_faults_of_a_distribution_are_named(folder: Path, entries: str, message: str) -> None:
    write_distribution(
        folder, "faulty", {"extra_tasks/broken.py": "1 / 0\n"}, f"[tmtail.tasks]\n{entries}\n"
    )
    with pytest.raises(ValueError, match=message):
        tasks.get("odd")


def test_two_distributions_with_one_name(folder: Path) -> None:
    entries = "[tmtail.tasks]\nwhich_is_greater = other_tasks.which_is_greater\n"
    write_distribution(folder, "other_tasks", {}, entries)
    assert tasks.names().count("which_is_greater") == 1
    with pytest.raises(ValueError, match=r"defined by distribution .* and distribution .*;"):
        tasks.get("which_is_greater")
