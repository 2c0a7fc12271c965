"""``tmtail new``: the files of a new task; docs/authoring.md checks, lints and tests them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cli import Command
from tmtail.creation import FILES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def parity(tmtail: Command, tmp_path: Path) -> Path:
    """A folder with the files of a new task `parity`."""
    folder = tmp_path / "mine"
    answer = tmtail("new", "parity", "--out", folder)
    names = [file.replace("new_task", "parity") for file in FILES]
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [str(folder / name) for name in names]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    return folder


def test_the_machine_is_formatted(tmtail: Command, parity: Path) -> None:
    assert tmtail("fmt", "--check", parity / "parity.tm").code == 0


def test_the_files_are_linted_and_formatted(parity: Path) -> None:
    for arguments in (["ruff", "check"], ["ruff", "format", "--check"]):
        command = [sys.executable, "-m", *arguments, "--isolated", "--line-length", "100"]
        done = subprocess.run(
            [*command, str(parity)], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout


def test_the_files_use_only_the_public_face(parity: Path) -> None:
    for file in parity.glob("*.py"):
        imports = re.findall(r"^(?:from|import) (\w+)", file.read_text(), re.MULTILINE)
        assert not {*imports} & {"tm", "compiler", "tasks", "evaluation", "training"}
        assert "tmtail" in imports


def test_the_page_on_authoring_shows_these_files(parity: Path) -> None:
    page = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    for file in parity.iterdir():
        assert f" {file.name}\n{file.read_text(encoding='utf-8')}```\n" in page, file.name


def test_name_and_paradigm_are_filled_in(tmtail: Command, tmp_path: Path) -> None:
    answer = tmtail("new", "longest_run", "--out", tmp_path, "--paradigm", "greedy")
    assert answer.code == 0
    source = (tmp_path / "longest_run.py").read_text()
    assert "class LongestRun(Task[Bits]):" in source
    assert 'paradigm = "greedy"' in source
    for path in tmp_path.iterdir():
        assert "new_task" not in path.read_text() + path.name
        assert "NewTask" not in path.read_text()


@pytest.mark.parametrize("file", ["parity.tm", "parity.py", "parity.prompts.txt", "test_parity.py"])
def test_existing_files_are_kept(tmtail: Command, tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("mine")
    answer = tmtail("new", "parity", "--out", tmp_path)
    assert answer.code == 1
    assert answer.err == (
        f"tmtail: error: {tmp_path / file} exists; choose another name or another folder\n"
    )
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Parity"], "'Parity' is not a task name; use lower-case letters"),
        (["../parity"], "'../parity' is not a task name"),
        (["bubble_sort"], "there is a task called `bubble_sort` already"),
        (["tasks"], "tasks.py would hide the Python package `tasks`"),
        (["random"], "random.py would hide the Python package `random`"),
        (["test"], "test.py would hide the Python package `test`"),
        (["conftest"], "pytest would read conftest.py as its configuration"),
        (["pytest"], "pytest.py would hide the Python package `pytest`"),
        (["numpy"], "numpy.py would hide the Python package `numpy`"),
        (["bits"], "the class `Bits` would hide another one of its file"),
        (["length_range"], "the class `LengthRange` would hide another one of its file"),
        (["parity", "--paradigm", "two words"], "paradigm 'two words': use lower-case letters"),
    ],
)
def test_other_names(tmtail: Command, tmp_path: Path, arguments: list[str], message: str) -> None:
    answer = tmtail("new", *arguments, "--out", tmp_path / "new")
    assert answer.code == 1
    assert message in answer.err
    assert not (tmp_path / "new").exists()
