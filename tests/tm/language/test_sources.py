"""Hostile and broken sources: each gets errors with their places, none crashes."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tm
from tm.language.diagnostics import Diagnostic, SourceError
from tm.language.parsing.keywords import KEYWORDS, SOFT_KEYWORDS

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


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
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


def test_other_scripts_are_allowed_in_comments_and_strings() -> None:
    text = "# größer – 大\n" + GOOD.replace("}\n}", '} answer "größer" }')
    assert tm.check_text(text).warnings == ()


@pytest.mark.parametrize("space", ["\u00a0", "\u3000", "\u2009"])
def test_spaces_of_other_widths_are_allowed_in_comments_only(space: str) -> None:
    assert tm.check_text(f"# one{space}two\n" + GOOD).table == tm.check_text(GOOD).table
    with pytest.raises(SourceError, match="replace it with a plain space"):
        tm.check_text(GOOD.replace("while", f"{space}while"))
    assert codes(GOOD.replace("}\n}", f'}} answer "a{space}b" }}')) == ["TM003"]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029"])
def test_line_separators_are_refused_even_in_comments(separator: str) -> None:
    assert codes(f"# one{separator}two\n" + GOOD) == ["TM003"]


def test_oversized_sources_are_refused_within_a_minute() -> None:
    start = time.perf_counter()
    assert codes("main " + "{ loop " * 100_000) == ["TM004"]
    assert codes("tape t: '0'\nmain { left t " + "(" * 100_000 + "\n}") == ["TM004"]
    assert codes("class c = " + " | ".join(["'a'"] * 5_000)) == ["TM004"]
    assert codes("main { " + "if " + "not " * 5_000 + "x == 1 { } }") == ["TM004"]
    assert codes(f"tape t: '0'\nmain {{ let q: 0..{'9' * 5_000} = 1 t := q }}")[0] == "TM008"
    assert codes("x" * 900_000) == ["TM006"]
    assert time.perf_counter() - start < 60


def test_a_source_of_fifty_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.tm"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(SourceError, match="TM002"):
        tm.check(path)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
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
        ("tape t: '0'\nmain { let r = 3 }", "a register needs a domain"),
        ("tape t: '0'\nmain { left t; right t }", "separate statements"),
        ("tape t: '0'\nmain { if t = 0 { } }", "`==` to compare"),
    ],
)
def test_habits_of_other_languages_get_help(source: str, help: str) -> None:
    (diagnostic,) = diagnose(source)
    assert help in diagnostic.help


def test_an_unclosed_block_points_at_its_opener() -> None:
    text = "tape t: '0'\nmain {\n    while t == 0 {\n        right t\n    if t == _ { left t }\n}\n"
    with pytest.raises(SourceError) as caught:
        tm.check_text(text)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.location.place.line) == ("TM005", 3)


def test_one_run_reports_faults_of_many_declarations() -> None:
    text = "tape t '0'\nproc p(a { left a }\nmain { left }\nclass c = \n"
    assert len(codes(text)) >= 3


@given(st.text(max_size=80))
def test_any_text_gives_errors_or_a_table(text: str) -> None:
    for diagnostic in diagnose(text):
        assert json.dumps(diagnostic.as_json())
        assert str(diagnostic)


@given(st.integers(0, len(GOOD) - 1), st.sampled_from(list("{}()[]'\"=:|,.x0 \n")), st.booleans())
def test_a_typing_error_gives_errors_or_a_table(offset: int, typed: str, replace: bool) -> None:
    text = GOOD[:offset] + typed + GOOD[offset + replace :]
    assert all(d.location.place.line <= text.count("\n") + 1 for d in diagnose(text))


@pytest.mark.parametrize(
    "source",
    [
        "tape tape1: '0'..'9'\nmain {\ntape1 := 0\nright tape1\n}\n",
        "tape x: '0'..'9'\nproc f(t at\nstart) { right t }\nmain { f(x) }\n",
        "tape x: '0'\nproc f(t) { local\ntape s: '0' s := 0 s := _ right t }\nmain { f(x) }\n",
        "tape x: '0'\nproc rule1(t) { right t }\nmain {\nrule1(x) }\n",
    ],
)
def test_words_in_the_first_column_of_a_block_are_no_declarations(source: str) -> None:
    assert tm.check_text(source).warnings == ()


def test_the_reference_lists_the_reserved_words() -> None:
    page = (Path(__file__).parents[3] / "docs/language.md").read_text(encoding="utf-8")
    section = page.partition("### Reserved words\n")[2]
    reserved, soft = section.split("The words", 1)
    assert set(re.findall("`([a-z]+)`", reserved)) == KEYWORDS | {"text", "bool", "true", "false"}
    assert set(re.findall("`([a-z]+)`", soft)) == SOFT_KEYWORDS
