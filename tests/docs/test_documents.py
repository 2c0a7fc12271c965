"""The examples in the documents work: files are written, commands run, outputs compared.

The info string of a fence determines the use of its block:

- ``LANGUAGE FILE``: the block is written to a file.
- ``python``: the block is run as a program.
- ``console``: the command after each ``$`` is run, and its output compared; ``...`` in the block
  matches anything. With ``console fails`` the command must fail; ``console slow`` is run in slow
  tests only.
- ``sh``, ``text``: the block is not used.
"""

from __future__ import annotations

import contextlib
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
from typer.testing import CliRunner

from tmtail.cli import app

pytestmark = pytest.mark.usefixtures("compiled")

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "docs/attention.md",
    "docs/authoring.md",
    "docs/cli.md",
    "docs/corpora.md",
    "docs/evaluation.md",
    "docs/formats.md",
    "docs/integrations.md",
    "docs/language.md",
    "docs/training.md",
)
"""The documents whose examples are run."""
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECKER = doctest.OutputChecker()
MAX_SECONDS = 600
"""Seconds that a command may take."""
ENVIRONMENT = {"NO_COLOR": "1", "COLUMNS": "100", "PYTHONUNBUFFERED": "1"}
"""Variables of the commands; outputs to stdout and stderr are in order, as on a terminal."""
PROGRESS = re.compile(r"[a-z ]+: [\d,]+ of [\d,]+")
"""A line that reports progress, which only a slow machine prints."""


class Block(NamedTuple):
    """A fenced block: its first line, the words of its info string, and its text."""

    line: int
    words: list[str]
    text: str


def blocks(document: str) -> Iterator[Block]:
    """Yield the fenced blocks of a document's text."""
    for match in FENCE.finditer(document):
        yield Block(document.count("\n", 0, match.start()) + 1, match[1].split(), match[2])


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console block with its expected output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            continuation, _, expected = expected.partition("\n")
            command = command[:-1] + continuation
        yield command, expected


def call_here(arguments: list[str], folder: Path) -> tuple[int, str]:
    """Return the exit code and the output of ``tmtail``, called in this process."""
    with contextlib.chdir(folder):
        result = CliRunner().invoke(app, arguments, prog_name="tmtail", env=ENVIRONMENT)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def call_process(command: list[str], folder: Path) -> tuple[int, str]:
    """Return the exit code and the output of a command in a process of its own."""
    program = {"tmtail": ["-m", "tmtail"], "pytest": ["-m", "pytest"], "python": []}[command[0]]
    process = subprocess.run(
        [sys.executable, *program, *command[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=MAX_SECONDS,
    )
    return process.returncode, process.stdout


def execute(command: list[str], folder: Path, *, here: bool, fails: bool = False) -> str:
    """Return the output of a command, stdout and stderr together; it must succeed, or fail."""
    here = here and command[0] == "tmtail"
    code, output = call_here(command[1:], folder) if here else call_process(command, folder)
    assert (code != 0) is fails, output
    lines = map(str.rstrip, output.splitlines())
    return "".join(f"{line}\n" for line in lines if not PROGRESS.fullmatch(line))


def use_blocks(document: str, folder: Path, *, slow: bool) -> None:
    """Use the blocks of a document in order, in an empty folder.

    In slow tests each command has a process of its own; to start one takes longer than most
    commands, so the others call ``tmtail`` in this process.
    """
    for line, words, text in blocks((ROOT / document).read_text(encoding="utf-8")):
        location = f"{document}:{line}"
        match words:
            case [_, file] if "." in file:
                (folder / file).write_text(text, encoding="utf-8")
            case ["console"] | ["console", "slow" | "fails"]:
                for command, expected in commands(text) if slow or "slow" not in words else ():
                    output = execute(
                        shlex.split(command), folder, here=not slow, fails="fails" in words
                    )
                    assert CHECKER.check_output(expected, output, doctest.ELLIPSIS), (
                        f"{location}: `{command}` prints\n{output}"
                    )
            case ["python"]:
                (folder / "example.py").write_text(text, encoding="utf-8")
                execute(["python", "example.py"], folder, here=False)
            case ["sh" | "text"]:
                pass
            case _:
                pytest.fail(f"{location}: no test uses a block with the words {words}")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_fast_examples_of_a_document_work(document: str, tmp_path: Path) -> None:
    use_blocks(document, tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_all_examples_of_a_document_work(document: str, tmp_path: Path) -> None:
    use_blocks(document, tmp_path, slow=True)


def test_links_have_targets() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        text = FENCE.sub("", document.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
