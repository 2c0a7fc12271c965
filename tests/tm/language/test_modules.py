"""Imports of files and of the standard library, and libraries checked on their own."""

from __future__ import annotations

from pathlib import Path

import pytest

import tm
from tm.language.diagnostics import SourceError

GOOD = "tape t: '0'..'9'\nmain {\n    while t in '0'..'8' { t := t + 1 }\n}\n"


def test_imports_stay_inside_the_folder(tmp_path: Path) -> None:
    root = tmp_path / "machines"
    root.mkdir()
    (tmp_path / "secret.tm").write_text("class c = '0'\n")
    (root / "link.tm").symlink_to(tmp_path / "secret.tm")
    for target in ("../secret.tm", "link.tm", str(tmp_path / "secret.tm"), "../../etc/passwd"):
        (root / "m.tm").write_text(f'import "{target}"\nmain {{ accept }}\n')
        with pytest.raises(SourceError, match="TM023"):
            tm.check(root / "m.tm")


def test_files_beside_the_machine_are_imported(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "b.tm").write_text("class bit = '0' | '1'\nproc flip(t) { t := 1 - t }\n")
    (tmp_path / "a.tm").write_text('import "lib/b.tm"\ntape t: bit\nmain { flip(t) }\n')
    assert tm.run(tm.load(tmp_path / "a.tm"), {"t": "0"}).text("t") == "1"


@pytest.mark.parametrize("again", ["lib.tm", "./lib.tm", "sub/../lib.tm", "link.tm"])
def test_a_file_imported_twice_is_one_import(tmp_path: Path, again: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "lib.tm").write_text(
        "class bit = '0' | '1'\nenum way = up | down\nproc flip(t) { t := 1 - t }\n"
    )
    (tmp_path / "link.tm").symlink_to("lib.tm")
    (tmp_path / "a.tm").write_text(
        f'import "lib.tm"\nimport "{again}"\ntape t: bit\n'
        "main { let w: way = up if w == up { flip(t) } }\n"
    )
    machine = tm.check(tmp_path / "a.tm")
    assert machine.warnings == ()
    assert tm.run(machine.table, {"t": "0"}).text("t") == "1"


def test_a_library_imported_twice_is_one_import() -> None:
    source = "import std.words\nimport std.words\ntape t: '0'\nmain { rewind(t) }\n"
    assert tm.check_text(source).warnings == ()


def test_an_import_lists_several_libraries() -> None:
    source = "import std.words, std.decimal\ntape x, y: digit\nmain { move(x, y) increment(y) }\n"
    assert tm.run(tm.check_text(source).table, {"x": "19"}).text("y") == "20"


def test_each_library_of_an_import_has_its_own_faults() -> None:
    source = "import std.words, std.nothing, std.lists\ntape t: '0'\nmain { rewind(t) }\n"
    with pytest.raises(SourceError) as caught:
        tm.check_text(source)
    [fault] = caught.value.diagnostics
    assert (fault.code, fault.location.text) == ("TM023", "std.nothing")
    [unused] = tm.check_text(source.replace(" std.nothing,", "")).warnings
    assert (unused.code, unused.location.text) == ("TM080", "std.lists")


def test_files_that_import_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tm").write_text('import "b.tm"\nmain { accept }\n')
    (tmp_path / "b.tm").write_text('import "a.tm"\n')
    with pytest.raises(SourceError, match="imports itself"):
        tm.check(tmp_path / "a.tm")


def test_an_error_in_an_import_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.tm").write_text("import \"b.tm\"\ntape t: '0'\nmain { p(t) }\n")
    (tmp_path / "b.tm").write_text("proc p(t) { lfet t }\n")
    with pytest.raises(SourceError, match=r"b\.tm:1:13: error"):
        tm.check(tmp_path / "a.tm")


def test_a_library_is_checked_on_its_own(tmp_path: Path) -> None:
    (tmp_path / "lib.tm").write_text("class d = '0'\nproc p(t, u) { while t in d { right t } }\n")
    (tmp_path / "bad.tm").write_text("proc p(t) { right s }\n")
    (tmp_path / "machine.tm").write_text(GOOD)
    warnings = tm.check_library(tmp_path / "lib.tm")
    assert warnings is not None
    assert [w.message for w in warnings] == ["parameter `u` is never used"]
    with pytest.raises(SourceError, match="TM020"):
        tm.check_library(tmp_path / "bad.tm")
    assert tm.check_library(tmp_path / "machine.tm") is None


@pytest.mark.parametrize("library", sorted((Path(tm.__file__).parent / "std").glob("*.tm")))
def test_the_standard_library_has_no_warnings(library: Path) -> None:
    assert tm.check_library(library) == ()
