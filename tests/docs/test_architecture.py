"""The map of the code lists the folders and modules that exist."""

import re
from pathlib import Path

import pytest

import tasks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("tm", "compiler", "tasks", "evaluation", "training")
"""The packages that have a section of their own."""


def listed(package: str) -> set[str]:
    """Return the folders and modules in the first column of a package's table."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition(f"\n### `{package}/`\n")[2].partition("\n#")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return {name.rstrip("/") for cell in cells for name in re.findall("`([^`]+)`", cell)}


def existing(package: str) -> set[str]:
    """Return the folders and modules of a package, without files that only mark it as one."""
    entries = [path for path in (ROOT / package).iterdir() if path.is_dir() or path.suffix == ".py"]
    return {path.name for path in entries if not path.name.startswith("__")}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_lists_every_folder_and_module(package: str) -> None:
    paradigms = {task.paradigm for task in tasks.all()} if package == "tasks" else set()
    placeholders = {name for name in listed(package) if "NAME" in name}
    assert listed(package) - placeholders == existing(package) - paradigms
