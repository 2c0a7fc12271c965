"""Docstrings, messages, comments and documents keep to plain technical English."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORD_LIST = Path(__file__).with_name("old_register.txt")
PATTERN = re.compile(
    "|".join(
        line
        for line in WORD_LIST.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ),
    re.IGNORECASE,
)
FRAGMENT = re.compile(r"(Of|As many|So many|Who|What|How|Whether|Where|…)\b")
"""Openings of docstrings that are fragments instead of sentences or noun phrases."""
EXEMPT = re.compile(r"docs/tasks/|docs/tasks\.md|\.prompts\.txt$|tests/docs/old_register\.txt")
"""Files that are or quote prompts, whose wording has its own rules, and the list itself."""


def tracked(*suffixes: str) -> list[str]:
    """Return the names of tracked files with these suffixes."""
    listing = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [
        name
        for name in listing.stdout.splitlines()
        if name.endswith(suffixes) and not EXEMPT.search(name) and (ROOT / name).exists()
    ]


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each comment of a Python source."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the value of each string of a Python source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each docstring, also of those after assignments."""
    for node in ast.walk(ast.parse(source)):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                text = statement.value.value
                if isinstance(text, str):
                    yield statement.lineno, text


@pytest.mark.parametrize("name", tracked(".py"))
def test_a_python_file_is_in_plain_english(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")
    faults = [
        f"{name}:{line}: {match[0]!r}"
        for line, text in (*comments(source), *strings(source))
        for match in PATTERN.finditer(" ".join(text.split()))
    ]
    faults += [
        f"{name}:{line}: {text.splitlines()[0]!r} is a fragment"
        for line, text in docstrings(source)
        if FRAGMENT.match(text)
    ]
    assert faults == []


@pytest.mark.parametrize("name", tracked(".md", ".yaml", ".toml", ".tm", "Makefile"))
def test_a_text_file_is_in_plain_english(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".md"):
        text = re.sub(r"^```.*?^```$", lambda m: "\n" * m[0].count("\n"), text, flags=re.M | re.S)
    if name.endswith(".tm"):
        text = "\n".join(line.partition("#")[2] for line in text.splitlines())
    faults = [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]!r}"
        for match in PATTERN.finditer(text)
    ]
    assert faults == []
