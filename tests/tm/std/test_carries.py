"""std.carries: every carry has a word, and the word means it."""

from __future__ import annotations

import pytest

from tests.support.machines.drive import contents, drive, driver


@pytest.mark.parametrize(
    ("number", "word"), [("0", "zero"), ("1", "one"), ("2", "two"), ("3", "three")]
)
def test_word_for_and_number_of_are_inverse(number: str, word: str) -> None:
    body = f"let c = word_for(t)  if c == {word} {{ out := number_of(c) }}"
    table = driver("t, out: '0'..'3'", body, "carries")
    assert contents(drive(table, t=number), "out").text == number
