"""The page on robustness names tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "robustness.md"


def rows() -> list[str]:
    """Return the rows of the page's tables, without their headers."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| input ")]


def function_names(file: Path) -> set[str]:
    """Return the names of the functions that a module defines."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_every_row_names_tests_that_exist() -> None:
    assert len(rows()) > 50
    for row in rows():
        for cell in row.removesuffix(" |").rpartition("| ")[2].split(", "):
            reference = re.fullmatch(r"`([a-z_/]+\.py)::(test_[a-z0-9_]+)`", cell)
            assert reference, f"{cell!r} does not name a test; write `FILE::TEST`"
            file, name = reference.groups()
            assert name in function_names(ROOT / "tests" / file), f"{file} does not define {name}"
