"""Invisible characters are shown in one of three ways, everything else stays."""

from __future__ import annotations

import pytest

from tm.support.escaping import code_point, escape_controls, name_invisible, replace_unprintable

PLAIN = "größer\n大 – “x” 😀"


def test_visible_text_is_unchanged() -> None:
    assert escape_controls(PLAIN) == PLAIN
    assert name_invisible(PLAIN) == PLAIN
    assert replace_unprintable("größer 大 – “x” 😀") == "größer 大 – “x” 😀"


@pytest.mark.parametrize(
    ("character", "escaped"),
    [("\x1b", r"\x1b"), ("\0", r"\x00"), ("\x9b", r"\x9b"), ("\u202e", r"\u202e")],
)
def test_terminal_controls_are_escaped(character: str, escaped: str) -> None:
    assert escape_controls(f"a{character}b\tc\n") == f"a{escaped}b\tc\n"


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\t", "U+0009"),
        ("\u200b", "U+200B"),
        ("\u202e", "U+202E"),
        ("\ud800", "U+D800"),
        ("\U000e0041", "U+E0041"),
    ],
)
def test_invisible_characters_are_named(character: str, name: str) -> None:
    assert code_point(character) == name
    assert name_invisible(f"a{character}b\n") == f"a[{name}]b\n"


def test_replacement_keeps_columns() -> None:
    assert replace_unprintable("a\x1b\u202eb") == "a\ufffd\ufffdb"
