"""Every proc of the standard library is documented, listed and tested."""

import re
from pathlib import Path

import pytest

import tm

ROOT = Path(__file__).parents[3]
LIBRARIES = sorted((ROOT / "tm/std").glob("*.tm"))
PROC = re.compile(r"^(?P<above>.*)\nproc (?P<name>\w+)\(", re.MULTILINE)


@pytest.mark.parametrize("path", LIBRARIES, ids=lambda path: path.stem)
def test_every_proc_is_documented_listed_and_tested(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    listed = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    tests = (ROOT / f"tests/tm/std/test_{path.stem}.py").read_text(encoding="utf-8")
    procs = list(PROC.finditer(source))
    assert len(procs) == source.count("\nproc ")
    for proc in procs:
        name = proc["name"]
        assert proc["above"].startswith("# "), f"{name} has no comment above it"
        assert f"`{name}`" in listed, f"{name} is not in docs/language.md"
        is_called = f"{name}(" in source.replace(f"proc {name}(", "")
        assert is_called or re.search(rf"\b{name}\b", tests), (
            f"{name} is neither tested nor used by another proc"
        )


def test_all_libraries_can_be_imported_together() -> None:
    imports = "\n".join(f"import std.{path.stem}" for path in LIBRARIES)
    table = tm.check_text(f"{imports}\ntape t: digit\nmain {{ t := 1 }}").table
    assert len(table.states) == 1
