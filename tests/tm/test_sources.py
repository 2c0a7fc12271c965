"""Hostile and broken sources: every one gets an error with its place, none a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm
from tm import cache
from tm.language.diagnostics import Diagnostic, SourceError

GOOD = "tape t: '0'..'9'\nmain {\n    while t in '0'..'8' { t := t + 1 }\n}\n"


def codes(text: str) -> list[str]:
    with pytest.raises(SourceError) as caught:
        tm.check_text(text)
    return [d.code for d in caught.value.diagnostics]


def diagnose(text: str) -> tuple[Diagnostic, ...]:
    try:
        return tm.check_text(text).warnings
    except SourceError as error:
        return error.diagnostics


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    assert tm.check_text("\ufeff" + GOOD.replace("\n", "\r\n")).table == tm.check_text(GOOD).table


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\0", "U+0000"),
        ("\u200b", "U+200B ZERO WIDTH SPACE"),
        ("\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("’", "U+2019 RIGHT SINGLE QUOTATION MARK"),
        ("\u00a0", "U+00A0 NO-BREAK SPACE"),
        ("３", "U+FF13 FULLWIDTH DIGIT THREE"),
        ("\r", "U+000D"),
    ],
)
def test_odd_characters_are_named(character: str, name: str) -> None:
    with pytest.raises(
        SourceError, match=rf"machine\.tm:2:6: error\[TM003\]: {name.replace('+', '.')}"
    ):
        tm.check_text(f"tape t: '0'\nmain {character}{{ left t }}\n")


def test_bidi_overrides_are_refused_even_in_comments_and_strings() -> None:
    assert codes("# \u202e\n" + GOOD) == ["TM003"]
    assert codes(GOOD.replace("}\n}", '} answer "\u200b" }')) == ["TM003"]


def test_words_of_other_languages_are_fine_in_comments_and_strings() -> None:
    assert tm.check_text("# größer – 大\n" + GOOD.replace("}\n}", '} answer "größer" }')).table


def test_limits_come_before_memory_and_recursion() -> None:
    begun = time.perf_counter()
    assert codes("main " + "{ loop " * 100_000) == ["TM004"]
    assert codes("tape t: '0'\nmain { left t " + "(" * 100_000 + "\n}") == ["TM004"]
    assert codes("class c = " + " | ".join(["'a'"] * 5_000)) == ["TM004"]
    assert codes("main { " + "if " + "not " * 5_000 + "x == 1 { } }") == ["TM004"]
    assert codes(f"tape t: '0'\nmain {{ let q: 0..{'9' * 5_000} = 1 t := q }}")[0] == "TM008"
    assert codes("x" * 900_000) == ["TM006"]
    assert time.perf_counter() - begun < 60


def test_a_source_of_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.tm"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(SourceError, match="TM002"):
        tm.check(path)


def test_what_is_no_text_or_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.tm").write_bytes(b"# ok\n# \xe9\n")
    with pytest.raises(SourceError, match="byte 0xe9 in line 2"):
        tm.check(tmp_path / "latin.tm")
    with pytest.raises(SourceError, match="TM001"):
        tm.check(tmp_path / "missing.tm")
    with pytest.raises(SourceError, match="TM001"):
        tm.check(tmp_path)


@pytest.mark.parametrize(
    ("source", "help"),
    [
        ("tape t: 0..9", "single quotes"),
        ("tape t: '0'\nmain { t := \"0\" }", "single quotes"),
        ("tape t: '0'\nmain { let r = 3 }", "a register has a domain"),
        ("tape t: '0'\nmain { left t; right t }", "nothing stands between statements"),
        ("tape t: '0'\nmain { if t = 0 { } }", "`==` compares"),
    ],
)
def test_habits_of_other_languages_have_a_way_out(source: str, help: str) -> None:
    (found,) = diagnose(source)
    assert help in found.help


def test_an_unclosed_block_points_at_its_opener() -> None:
    text = "tape t: '0'\nmain {\n    while t == 0 {\n        right t\n    if t == _ { left t }\n}\n"
    with pytest.raises(SourceError) as caught:
        tm.check_text(text)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.span.place.line) == ("TM005", 3)


def test_one_run_names_faults_of_many_declarations() -> None:
    text = "tape t '0'\nproc p(a { left a }\nmain { left }\nclass c = \n"
    assert len(codes(text)) >= 3


@given(st.text(max_size=80))
def test_any_text_gives_errors_or_a_table(text: str) -> None:
    for diagnostic in diagnose(text):
        assert json.dumps(diagnostic.as_json())
        assert str(diagnostic)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from(list("{}()[]'\"=:|,.x0 \n")), st.booleans())
def test_a_slip_of_the_keyboard_gives_errors_or_a_table(at: int, typed: str, replace: bool) -> None:
    text = GOOD[:at] + typed + GOOD[at + replace :]
    assert all(d.span.place.line <= text.count("\n") + 1 for d in diagnose(text))


# ------------------------------------------------------------------ imports


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


def test_files_that_import_each_other_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.tm").write_text('import "b.tm"\nmain { accept }\n')
    (tmp_path / "b.tm").write_text('import "a.tm"\n')
    with pytest.raises(SourceError, match="imports itself"):
        tm.check(tmp_path / "a.tm")


def test_an_error_in_an_import_names_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.tm").write_text("import \"b.tm\"\ntape t: '0'\nmain { p(t) }\n")
    (tmp_path / "b.tm").write_text("proc p(t) { lfet t }\n")
    with pytest.raises(SourceError, match=r"b\.tm:1:18: error"):
        tm.check(tmp_path / "a.tm")


# ------------------------------------------------------------------ the cache


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


def test_no_cache_folder_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_nothing_is_kept_as_a_pickle(tmp_path: Path) -> None:
    """Lark's own cache is one, in a folder that all users share; a table is kept as JSON."""
    (tmp_path / "m.tm").write_text(GOOD)
    places = dict.fromkeys(("TMPDIR", "HOME", "XDG_CACHE_HOME", "TMTAIL_CACHE"), str(tmp_path))
    code = f"import tm; tm.load({str(tmp_path / 'm.tm')!r})"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **places}, check=True)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".tm"]
    assert kept
    assert {path.suffix for path in kept} == {".json"}


def test_a_library_is_checked_by_itself(tmp_path: Path) -> None:
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
def test_the_standard_library_is_clean(library: Path) -> None:
    assert tm.check_library(library) == ()
