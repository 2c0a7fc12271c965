"""Faults of the Python side of a task that lint finds on sampled instances."""

import random
from pathlib import Path

import pytest

import tasks
from tasks.tools.problem_checks import check_problems
from tests.support.tasks.parity_task import PARITY_MACHINE, PARITY_TASK


def faults(folder: Path, old: str = "", new: str = "") -> set[str]:
    assert old in PARITY_TASK
    (folder / "parity.py").write_text(PARITY_TASK.replace(old, new, 1) if old else PARITY_TASK)
    (folder / "parity.tm").write_text(PARITY_MACHINE)
    task = tasks.from_file(folder / "parity.py")
    return {finding.what for finding in check_problems(task, 40)}


def test_a_sound_task_has_no_findings(tmp_path: Path) -> None:
    assert faults(tmp_path) == set()


def test_a_length_outside_of_the_range_is_found(tmp_path: Path) -> None:
    assert faults(tmp_path, "return len(instance.bits)", "return 99") == {"length"}


def test_a_sampler_with_random_numbers_of_its_own_is_found(tmp_path: Path) -> None:
    own = "import random\n\nfrom collections.abc import Mapping"
    (tmp_path / "x").mkdir()
    source = PARITY_TASK.replace("from collections.abc import Mapping", own, 1)
    sampler = '(draws if lengths[0] < 5 else random).choice("01") for'  # right in S
    source = source.replace('draws.choice("01") for', sampler, 1)
    (tmp_path / "parity.py").write_text(source)
    (tmp_path / "parity.tm").write_text(PARITY_MACHINE)
    random.seed(1)
    task = tasks.from_file(tmp_path / "parity.py")
    assert {finding.what for finding in check_problems(task, 40)} == {"draws"}


def test_one_answer_for_nearly_all_instances_is_found(tmp_path: Path) -> None:
    found = faults(tmp_path, 'draws.choice("01") for', '"0" for')
    assert found == {"one answer"}


@pytest.mark.parametrize("name", ["bubble_sort", "compare_numbers", "binary_search"])
def test_shipped_tasks_have_no_findings(name: str) -> None:
    assert list(check_problems(tasks.get(name), 100)) == []
