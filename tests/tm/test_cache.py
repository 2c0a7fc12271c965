"""The cache of tables: used while every source is unchanged, harmless when it cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tm
from tm import cache

GOOD = "tape t: '0'..'9'\nmain {\n    while t in '0'..'8' { t := t + 1 }\n}\n"


def test_the_cache_serves_a_table_until_a_source_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    (tmp_path / "b.tm").write_text("proc p(t) { t := 1 }\n")
    machine = tmp_path / "a.tm"
    machine.write_text("import \"b.tm\"\ntape t: '0' | '1' | '2'\nmain { p(t) }\n")
    first = tm.load(machine)
    (entry,) = (tmp_path / "cache").iterdir()
    assert cache.get(machine) == first
    entry.write_text(entry.read_text()[:-20])
    assert cache.get(machine) is None
    assert tm.load(machine) == first
    (tmp_path / "b.tm").write_text("proc p(t) { t := 2 }\n")
    assert tm.run(tm.load(machine), {}).text("t") == "2"


def test_a_process_parses_a_table_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    machine = tmp_path / "a.tm"
    machine.write_text(GOOD)
    tm.load(machine)  # elaborated
    table = tm.load(machine)
    assert tm.load(machine) is table
    machine.write_text(GOOD.replace("'0'..'8'", "'0'..'7'"))
    assert tm.load(machine) != table


def test_a_file_saved_while_it_is_elaborated_is_not_cached_under_its_new_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    machine = tmp_path / "a.tm"
    machine.write_text("tape t: '0'..'9'\nmain { t := 1 }\n")
    read = tm.check(machine)
    machine.write_text("tape t: '0'..'9'\nmain { t := 2 }\n")
    cache.put(machine, read.sources, read.table)
    assert tm.run(tm.load(machine), {}).text("t") == "2"


def test_an_import_whose_link_leads_elsewhere_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    for value in (1, 2):
        (tmp_path / f"h{value}.tm").write_text(f"proc put(t) {{ t := {value} }}\n")
    machine = tmp_path / "m.tm"
    machine.write_text("import \"helpers.tm\"\ntape t: '0'..'9'\nmain { put(t) }\n")
    for value in (1, 2):
        (tmp_path / "helpers.tm").unlink(missing_ok=True)
        (tmp_path / "helpers.tm").symlink_to(f"h{value}.tm")
        assert tm.run(tm.load(machine), {}).text("t") == str(value)


@pytest.mark.parametrize("damage", ["first line", "altered"])
def test_a_damaged_entry_is_ignored_and_replaced(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    machine = tmp_path / "a.tm"
    machine.write_text("tape t: '0'..'9'\nmain { t := 7 right t }\n")
    table = tm.load(machine)
    (entry,) = (tmp_path / "cache").iterdir()
    whole = entry.read_text()
    if damage == "altered":
        entry.write_text(whole.replace('"t"', '"u"'))
    else:
        entry.write_text("[" * 200_000 + whole[whole.index("\n") :])
    assert entry.read_text() != whole
    assert cache.get(machine) is None
    assert tm.load(machine) == table
    assert entry.read_text() == whole


def test_a_file_whose_name_is_not_utf8_is_cached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    machine = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.tm"))
    machine.write_text(GOOD)
    table = tm.load(machine)
    assert cache.get(machine) == table


def test_an_unusable_cache_folder_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "file" / "cache"))
    (tmp_path / "a.tm").write_text(GOOD)
    assert tm.load(tmp_path / "a.tm") == tm.check(tmp_path / "a.tm").table


def test_the_table_is_the_same_for_every_hash_seed(tmp_path: Path) -> None:
    (tmp_path / "a.tm").write_text(
        "import std.decimal\nclass d = '0'..'9'\ntape x, y, z: d | '-' word d | '-'\n"
        "main { let r: lt | eq | gt = compare_signed(x, y) if r == lt { z := 1 } }\n"
    )
    program = (
        "import sys, tm; from tm.formats import to_json\n"
        "print(to_json(tm.check(sys.argv[1]).table))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "a.tm")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


def test_no_pickle_is_written(tmp_path: Path) -> None:
    """Lark's own cache is a pickle in a folder that all users share, so it stays off."""
    (tmp_path / "m.tm").write_text(GOOD)
    folders = dict.fromkeys(("TMPDIR", "HOME", "XDG_CACHE_HOME", "TMTAIL_CACHE"), str(tmp_path))
    code = f"import tm; tm.load({str(tmp_path / 'm.tm')!r})"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **folders}, check=True)
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".tm"]
    assert files
    assert {path.suffix for path in files} == {".json"}


def test_print_statements_are_left_out_of_cached_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "cache"))
    (tmp_path / "b.tm").write_text("proc p(t) { t := 1 }\n")
    machine = tmp_path / "a.tm"
    machine.write_text("import \"b.tm\"\ntape t: '0' | '1'\nmain { p(t) }\n")
    silent = tm.load(machine)
    assert tm.load(machine, prints=True) == silent
    (tmp_path / "b.tm").write_text('proc p(t) { t := 1 print "now {t}" }\n')
    for _ in range(2):
        assert [action.prints for action in tm.load(machine).actions] == [()]
        (action,) = tm.load(machine, prints=True).actions
        assert [line.place for line in action.prints] == [f"{tmp_path / 'b.tm'}:1"]
        assert tm.load(machine) == silent
