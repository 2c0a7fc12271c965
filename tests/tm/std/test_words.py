"""std.words: every proc against Python's strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.drive import around, contents, drive, driver
from tm.engine import ContractBroken, Outcome

TAPES = "t: 'a'..'c' | ',' | ';' | '|' word 'a'..'c'  tape k: '1'"
TWO = "x, y: 'a'..'c' | '|' | ';' word 'a'..'c'"
# To the word after the bar, then k letters into it.
INTO = "seek(t, '|') right t while k == 1 { right t, k }"

words = st.text("abc", max_size=8)
letters = words.filter(len)
lists = st.text("abc,", max_size=8)


def at_word(tape: str) -> str:
    return f"seek({tape}, '|') right {tape}"


@given(lists, words, lists, st.data())
@pytest.mark.parametrize("proc", ["to_first", "to_last", "to_end", "next_word"])
def test_heads_find_their_place_in_a_word(proc, before, word, after, data):
    if proc == "to_last" and not word:
        return
    last = len(word) - 1 if proc == "to_last" else len(word)
    inside = data.draw(st.integers(0, last))
    table = driver(TAPES, f"{INTO} {proc}(t)", "words")
    run = drive(table, t=f"{before}|{word};{after}", k="1" * inside)
    place = {"to_first": 0, "to_last": len(word) - 1, "to_end": len(word)}
    at = place.get(proc, len(word) + 1)
    whole = f"{word};{after}"
    assert run.outcome is Outcome.ACCEPT
    assert around(run, "t") == (f"{before}|{whole[:at]}", whole[at:])


@given(lists, lists.filter(len), lists, st.data())
@pytest.mark.parametrize("proc", ["rewind", "to_blank"])
def test_heads_find_the_ends_of_a_stretch(proc, before, stretch, after, data):
    inside = data.draw(st.integers(0, len(stretch)))
    table = driver(
        TAPES, f"seek(t, ';') right t right t while k == 1 {{ right t, k }} {proc}(t)", "words"
    )
    run = drive(table, t=f"{before};_{stretch}_{after}", k="1" * inside)
    left, right = f"{before};_", f"{stretch}_{after}".rstrip("_")
    at = 0 if proc == "rewind" else len(stretch)
    assert around(run, "t") == (left + right[:at], right[at:])


@given(lists, st.data())
def test_seek_stops_at_the_symbol_or_at_a_blank(text, data):
    inside = data.draw(st.integers(0, len(text)))
    run = drive(
        driver(TAPES, "while k == 1 { right t, k } seek(t, ',')", "words"), t=text, k="1" * inside
    )
    found = text.find(",", inside)
    at = len(text) if found < 0 else found
    assert around(run, "t") == (text[:at], text[at:])


@given(lists, st.data())
def test_seek_back_stops_at_the_symbol_or_at_a_blank(text, data):
    inside = data.draw(st.integers(0, len(text)))
    body = "while k == 1 { right t, k } seek_back(t, ',')"
    run = drive(driver(TAPES, body, "words"), t=text, k="1" * inside)
    if inside == len(text):  # on the blank past the text
        at = inside
    else:
        at = text.rfind(",", 0, inside + 1)
    assert contents(run, "t").head == at


@given(lists, words, lists)
def test_clear_erases_the_word_alone(before, word, after):
    run = drive(driver(TAPES, f"{at_word('t')} clear(t)", "words"), t=f"{before}|{word};{after}")
    gap = "_" * len(word)
    assert around(run, "t") == (f"{before}|{gap}", f";{after}")


@given(lists, words, lists, words)
def test_copy_makes_the_words_the_same(before, word, after, old):
    table = driver(f"{TAPES} tape y: 'a'..'c'", f"{at_word('t')} copy(t, y)", "words")
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    assert around(run, "t") == (f"{before}|", f"{word};{after}")
    assert around(run, "y") == ("", word)


@given(lists, words, lists, words)
def test_move_empties_the_first_word(before, word, after, old):
    table = driver(f"{TAPES} tape y: 'a'..'c'", f"{at_word('t')} move(t, y)", "words")
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    gap = "_" * len(word)
    assert around(run, "t") == (f"{before}|{gap}", f";{after}")
    assert around(run, "y") == ("", word)


@given(lists, words, lists, lists)
def test_take_moves_to_the_head(before, word, after, old):
    table = driver(
        f"{TAPES} tape y: 'a'..'c' | ','", f"{at_word('t')} to_blank(y) take(t, y)", "words"
    )
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    gap = "_" * len(word)
    assert around(run, "t") == (f"{before}|{gap}", f";{after}")
    assert around(run, "y") == (old + word, "")


@given(lists, words, lists, lists)
def test_append_writes_at_the_head(before, word, after, old):
    table = driver(
        f"{TAPES} tape y: 'a'..'c' | ','", f"{at_word('t')} to_blank(y) append(t, y)", "words"
    )
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    assert around(run, "t") == (f"{before}|", f"{word};{after}")
    assert around(run, "y") == (old + word, "")


@given(words, words, st.booleans())
def test_equal_compares_whole_words(x, y, same):
    body = f"{at_word('x')} {at_word('y')} let r: yes | no = equal(x, y) if r == no {{ reject }}"
    y = x if same else y
    run = drive(driver(TWO, body, "words"), x=f"a|{x};b", y=f"|{y};ca")
    assert run.outcome is (Outcome.ACCEPT if x == y else Outcome.REJECT)
    assert around(run, "x") == ("a|", f"{x};b")
    assert around(run, "y") == ("|", f"{y};ca")


@given(words, letters)
def test_marks_beside_a_word_stay_and_marked_letters_are_letters(before, word):
    body = "mark t seek(t, '|') right t mark t copy(t, y)"
    run = drive(driver(f"{TAPES} tape y: 'a'..'c'", body, "words"), t=f"{before}|{word}")
    found = contents(run, "t")
    size = len(found.tape.symbols)
    marked = {c for c in range(len(before) + len(word) + 1) if found[c] >= size}
    assert marked == {0, len(before) + 1}
    assert around(run, "y") == ("", word)


def test_a_head_that_breaks_the_contract_of_a_proc_is_caught():
    with pytest.raises(ContractBroken, match="first"):
        drive(driver(TAPES, "right t clear(t)", "words"), t="abc")
