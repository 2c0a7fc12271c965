"""The page of what must not break names tests that there are."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "robustness.md"


def names_in(file: Path) -> set[str]:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_every_row_names_tests_that_there_are() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if "::" in line]
    assert len(rows) > 50
    for row in rows:
        for part in row.rstrip(" |").rpartition("| ")[2].split(", "):
            found = re.fullmatch(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", part)
            assert found, f"{part!r} names no test"
            assert found[2] in names_in(ROOT / "tests" / found[1]), part


def test_every_row_has_a_test() -> None:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| given"):
            assert "::" in line, line
