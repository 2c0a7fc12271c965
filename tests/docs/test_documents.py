"""The documents are true: files that they show are written, commands run, outputs compared.

A fence's info string says what to do with its block: ``LANGUAGE FILE`` writes a file, ``python``
runs a program, ``console`` runs the commands after each ``$`` and compares what they print, where
``...`` stands for anything (``console fails``: and sees them fail; ``console slow``: in the slow
tests only). ``sh`` and ``text`` are only to be read.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "docs/attention.md",
    "docs/authoring.md",
    "docs/cli.md",
    "docs/corpora.md",
    "docs/evaluation.md",
    "docs/language.md",
    "docs/training.md",
)
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAME = doctest.OutputChecker()


class Block(NamedTuple):
    """A fenced block: the words of its info string, and its text."""

    line: int
    words: list[str]
    text: str


def blocks(text: str) -> Iterator[Block]:
    for match in FENCE.finditer(text):
        yield Block(text.count("\n", 0, match.start()) + 1, match[1].split(), match[2])


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block and what it should print."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, wanted = part.partition("\n")
        while command.endswith("\\"):
            more, _, wanted = wanted.partition("\n")
            command = command[:-1] + more
        yield command, wanted


def execute(command: list[str], folder: Path, *, fails: bool = False) -> str:
    """What a command prints, stdout and stderr together; it must succeed, or fail."""
    program = {"tmtail": ["-m", "tmtail"], "pytest": ["-m", "pytest"], "python": []}[command[0]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, *program, *command[1:]],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert (done.returncode != 0) is fails, done.stdout
    return "".join(line.rstrip() + "\n" for line in done.stdout.splitlines())


def follow(document: str, folder: Path, *, slow: bool) -> None:
    """Do what a document says, block by block, in an empty folder."""
    for line, words, text in blocks((ROOT / document).read_text(encoding="utf-8")):
        place = f"{document}:{line}"
        match words:
            case [_, file] if "." in file:
                (folder / file).write_text(text, encoding="utf-8")
            case ["console"] | ["console", "slow" | "fails"]:
                for command, wanted in commands(text) if slow or "slow" not in words else ():
                    printed = execute(shlex.split(command), folder, fails="fails" in words)
                    assert SAME.check_output(wanted, printed, doctest.ELLIPSIS), (
                        f"{place}: `{command}` prints\n{printed}"
                    )
            case ["python"]:
                (folder / "example.py").write_text(text, encoding="utf-8")
                execute(["python", "example.py"], folder)
            case ["sh" | "text"]:
                pass
            case _:
                pytest.fail(f"{place}: a block that nothing tests: {' '.join(words) or 'no words'}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents(document: str, tmp_path: Path) -> None:
    follow(document, tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_whole(document: str, tmp_path: Path) -> None:
    follow(document, tmp_path, slow=True)


def test_links_lead_somewhere() -> None:
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
