"""The wheel: its files, its metadata, and its types as a user's checker sees them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from email import message_from_string
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest

import tmtail

ROOT = Path(__file__).parent.parent
PACKAGES = ("tm", "compiler", "tasks", "evaluation", "training", "tmtail")

PROGRAM = """\
from collections.abc import Mapping
from dataclasses import dataclass

from tmtail import (
    INTEGER,
    Corpus,
    Draws,
    Form,
    Instance,
    LengthRange,
    Run,
    Score,
    Table,
    Task,
    Text,
    load,
    or_none,
    ranges,
    render,
    run,
    score,
    step,
    task,
)


@dataclass(frozen=True, kw_only=True)
class Word(Instance):
    letters: str


@dataclass(frozen=True, kw_only=True)
class Count(Task[Word]):
    ranges: Mapping[str, LengthRange] = ranges(S=(1, 4))
    paradigm = "iteration"
    instance = Word
    kind = or_none(INTEGER)

    def sample(self, draws: Draws, *lengths: int) -> Word:
        return Word(letters="".join(draws.choice("ab") for _ in range(lengths[0])))

    def tiny(self, draws: Draws) -> Word:
        return self.sample(draws, 1)

    def length(self, instance: Word) -> int:
        return len(instance.letters)

    def words(self, instance: Word) -> dict[str, str]:
        return {"word": instance.letters}

    def tapes(self, instance: Word) -> dict[str, str]:
        return {"word": instance.letters}


table: Table = load("count.tm")
result: Run = run(table, {"word": "ab"}, trace=True)
assert result.trace is not None
text: Text = render(table, result.trace)
graded: Score = score(Count(), Word(letters="ab"), text.string, form=Form(style="minimal"))
records: int = sum(1 for _ in Corpus.open("corpus").records("train"))
for transition in step(table, {"word": "ab"}):
    states: tuple[str, str] = transition.state, transition.next_state
reveal_type(task("lcs").name)
reveal_type(graded.exact)
table.nmae
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the packages and of the folders that it must not hold."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in (*PACKAGES, "tests", "benchmarks", "docs"):
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "_build")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(target)!r})"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (path,) = target.iterdir()
    return path


def read_metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def test_it_holds_all_files_of_the_packages_and_nothing_else(wheel: Path) -> None:
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    info = {name for name in names if ".dist-info/" in name}
    assert names - info == expected
    assert {name.partition("/")[2] for name in info} == {
        "METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "top_level.txt",
    }  # fmt: skip
    for package in PACKAGES:
        assert f"{package}/py.typed" in names
    for needed in (
        "tm/std/words.tm", "tasks/simulation/bubble_sort.tm",
        "tasks/simulation/bubble_sort.prompts.txt", "training/configs/tiny-cpu.yaml",
        "training/configs/accelerate/ddp.yaml", "tmtail/templates/test_new_task.py",
    ):  # fmt: skip
        assert needed in names


def test_its_metadata(wheel: Path) -> None:
    metadata = read_metadata(wheel)
    assert (metadata["Name"], metadata["Version"]) == ("tmtail", tmtail.__version__)
    assert metadata["Author"] == "tmtail developers"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert str(metadata.get_payload()).startswith("# tmtail")


def test_a_user_s_program_is_type_checked_against_it(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False, symlinks=True)
    (packages,) = (tmp_path / "env").glob("lib/python*/site-packages")
    with ZipFile(wheel) as archive:
        archive.extractall(packages)
    others = Path(pytest.__file__).parent.parent  # NumPy is there
    (packages / "others.pth").write_text(f"{others}\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    libraries = "torch,transformers,trl,peft,datasets,accelerate,safetensors,ray,openai,vllm"
    sections = [f"[mypy-{name}.*]\nfollow_imports = skip\n" for name in libraries.split(",")]
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = true\n" + "".join(sections))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--python-executable", tmp_path / "env/bin/python",
         "--cache-dir", tmp_path / "cache", "program.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    end = len(PROGRAM.splitlines())
    assert lines[:2] == [
        f'program.py:{end - 2}: note: Revealed type is "str"',
        f'program.py:{end - 1}: note: Revealed type is "bool"',
    ], done.stdout
    assert lines[2].startswith(f'program.py:{end}: error: "Table" has no attribute "nmae"')
    assert lines[3].startswith("Found 1 error in 1 file")
