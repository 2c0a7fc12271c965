"""Names of places: letters in order, without gaps, and a first one that is not a word."""

import pytest

from tasks import Stream
from tasks.places import WORDS, consecutive_names, draw_first_name


def test_names_follow_the_alphabet_through_words() -> None:
    assert consecutive_names("ie", 4) == ("ie", "if", "ig", "ih")
    assert consecutive_names("az", 2, before=1) == ("ay", "az", "ba")


def test_a_first_name_is_not_a_word_and_has_all_its_neighbours() -> None:
    firsts = {draw_first_name(Stream("t", "S", 7).at(i), 4, before=2) for i in range(20_000)}
    pairs = [a + b for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"]
    assert firsts == set(pairs[2:-3]) - WORDS


def test_too_few_names_are_refused() -> None:
    draws = Stream("t", "S", 7).at(0)
    with pytest.raises(ValueError, match="26 names are too few for 27 places"):
        draw_first_name(draws, 27, names="abcdefghijklmnopqrstuvwxyz")
    assert draw_first_name(draws, 672, before=3) == "ae"
    with pytest.raises(ValueError, match="676 names are too few for 676 places"):
        draw_first_name(draws, 673, before=3)  # only `ad` has so many, which is a word
