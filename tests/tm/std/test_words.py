"""Every proc of std.words against Python's strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.drive import around, contents, drive, driver
from tm.engine import ContractBroken, Outcome

TAPES = "t: 'a'..'c' | ',' | ';' | '|' word 'a'..'c'  tape k: '1'"
TWO_TAPES = "x, y: 'a'..'c' | '|' | ';' word 'a'..'c'"
INTO_WORD = "seek(t, '|') right t while k == 1 { right t, k }"

words = st.text("abc", max_size=8)
letters = words.filter(len)
lists = st.text("abc,", max_size=8)


def to_word(tape: str) -> str:
    """Return code that moves a head to the word after the bar."""
    return f"seek({tape}, '|') right {tape}"


@given(lists, words, lists, st.data())
@pytest.mark.parametrize("proc", ["to_first", "to_last", "to_end", "next_word"])
def test_heads_move_within_a_word(
    proc: str, before: str, word: str, after: str, data: st.DataObject
) -> None:
    if proc == "to_last" and not word:
        return
    last = len(word) - 1 if proc == "to_last" else len(word)
    inside = data.draw(st.integers(0, last))
    table = driver(TAPES, f"{INTO_WORD} {proc}(t)", "words")
    run = drive(table, t=f"{before}|{word};{after}", k="1" * inside)
    place = {"to_first": 0, "to_last": len(word) - 1, "to_end": len(word)}
    index = place.get(proc, len(word) + 1)
    rest = f"{word};{after}"
    assert run.outcome is Outcome.ACCEPT
    assert around(run, "t") == (f"{before}|{rest[:index]}", rest[index:])


@given(lists, lists.filter(len), lists, st.data())
@pytest.mark.parametrize("proc", ["rewind", "to_blank", "to_last_cell"])
def test_heads_move_to_the_ends_of_a_run(
    proc: str, before: str, stretch: str, after: str, data: st.DataObject
) -> None:
    inside = data.draw(st.integers(0, len(stretch)))
    table = driver(
        TAPES, f"seek(t, ';') right t right t while k == 1 {{ right t, k }} {proc}(t)", "words"
    )
    run = drive(table, t=f"{before};_{stretch}_{after}", k="1" * inside)
    left, right = f"{before};_", f"{stretch}_{after}".rstrip("_")
    index = {"rewind": 0, "to_blank": len(stretch), "to_last_cell": len(stretch) - 1}[proc]
    assert around(run, "t") == (left + right[:index], right[index:])


@given(lists, words, words, lists)
def test_previous_word_moves_past_one_symbol(before: str, left: str, word: str, after: str) -> None:
    table = driver(TAPES, "seek(t, '|') right t seek(t, ';') right t previous_word(t)", "words")
    run = drive(table, t=f"{before}|{left};{word},{after}")
    assert around(run, "t") == (f"{before}|", f"{left};{word},{after}".rstrip("_"))


@given(lists.filter(len), st.sampled_from("abc,"), st.booleans())
def test_seek_like_stops_at_the_symbol_of_another_tape(
    text: str, symbol: str, backwards: bool
) -> None:
    tapes = "t, u: 'a'..'c' | ',' word 'a'..'c'"
    body = "to_last_cell(t) seek_back_like(t, u)" if backwards else "seek_like(t, u)"
    left, right = around(drive(driver(tapes, body, "words"), t=text, u=symbol), "t")
    if backwards:
        index = text.rfind(symbol)
        assert (left, right) == ((text[:index], text[index:]) if index >= 0 else ("", "_" + text))
    else:
        index = text.find(symbol)
        assert (left, right) == ((text[:index], text[index:]) if index >= 0 else (text, ""))


@given(lists, st.data())
def test_seek_stops_at_the_symbol_or_at_a_blank(text: str, data: st.DataObject) -> None:
    inside = data.draw(st.integers(0, len(text)))
    run = drive(
        driver(TAPES, "while k == 1 { right t, k } seek(t, ',')", "words"), t=text, k="1" * inside
    )
    position = text.find(",", inside)
    index = len(text) if position < 0 else position
    assert around(run, "t") == (text[:index], text[index:])


@given(lists, st.data())
def test_seek_back_stops_at_the_symbol_or_at_a_blank(text: str, data: st.DataObject) -> None:
    inside = data.draw(st.integers(0, len(text)))
    body = "while k == 1 { right t, k } seek_back(t, ',')"
    run = drive(driver(TAPES, body, "words"), t=text, k="1" * inside)
    if inside == len(text):  # on the blank past the text
        index = inside
    else:
        index = text.rfind(",", 0, inside + 1)
    assert contents(run, "t").head == index


@given(lists, words, lists)
def test_clear_erases_only_the_word(before: str, word: str, after: str) -> None:
    run = drive(driver(TAPES, f"{to_word('t')} clear(t)", "words"), t=f"{before}|{word};{after}")
    gap = "_" * len(word)
    assert around(run, "t") == (f"{before}|{gap}", f";{after}")


@given(lists, words, lists, words)
def test_copy_makes_the_words_equal(before: str, word: str, after: str, old: str) -> None:
    table = driver(f"{TAPES} tape y: 'a'..'c'", f"{to_word('t')} copy(t, y)", "words")
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    assert around(run, "t") == (f"{before}|", f"{word};{after}")
    assert around(run, "y") == ("", word)


@given(lists, words, lists, words)
def test_move_erases_the_first_word(before: str, word: str, after: str, old: str) -> None:
    table = driver(f"{TAPES} tape y: 'a'..'c'", f"{to_word('t')} move(t, y)", "words")
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    gap = "_" * len(word)
    assert around(run, "t") == (f"{before}|{gap}", f";{after}")
    assert around(run, "y") == ("", word)


@given(lists, words, lists, lists)
def test_take_moves_the_word_to_the_head(before: str, word: str, after: str, old: str) -> None:
    table = driver(
        f"{TAPES} tape y: 'a'..'c' | ','", f"{to_word('t')} to_blank(y) take(t, y)", "words"
    )
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    gap = "_" * len(word)
    assert around(run, "t") == (f"{before}|{gap}", f";{after}")
    assert around(run, "y") == (old + word, "")


@given(lists, words, lists, lists)
def test_append_copies_the_word_to_the_head(before: str, word: str, after: str, old: str) -> None:
    table = driver(
        f"{TAPES} tape y: 'a'..'c' | ','", f"{to_word('t')} to_blank(y) append(t, y)", "words"
    )
    run = drive(table, t=f"{before}|{word};{after}", y=old)
    assert around(run, "t") == (f"{before}|", f"{word};{after}")
    assert around(run, "y") == (old + word, "")


@given(words, words, st.booleans())
def test_equal_compares_whole_words(x: str, y: str, same: bool) -> None:
    body = f"{to_word('x')} {to_word('y')} if not equal(x, y) {{ reject }}"
    y = x if same else y
    run = drive(driver(TWO_TAPES, body, "words"), x=f"a|{x};b", y=f"|{y};ca")
    assert run.outcome is (Outcome.ACCEPT if x == y else Outcome.REJECT)
    assert around(run, "x") == ("a|", f"{x};b")
    assert around(run, "y") == ("|", f"{y};ca")


@given(words, letters)
def test_marks_stay_and_marked_letters_are_letters(before: str, word: str) -> None:
    body = "mark t seek(t, '|') right t mark t copy(t, y)"
    run = drive(driver(f"{TAPES} tape y: 'a'..'c'", body, "words"), t=f"{before}|{word}")
    cells = contents(run, "t")
    size = len(cells.tape.symbols)
    marked = {c for c in range(len(before) + len(word) + 1) if cells[c] >= size}
    assert marked == {0, len(before) + 1}
    assert around(run, "y") == ("", word)


def test_a_head_in_the_wrong_place_breaks_the_contract() -> None:
    with pytest.raises(ContractBroken, match="first"):
        drive(driver(TAPES, "right t clear(t)", "words"), t="abc")


@given(words, words)
def test_named_moves_keep_a_cell_and_its_name_together(left: str, right: str) -> None:
    names = "a;b;c;ab;bc;abc;ca;cb;cab;cba;bac;acb;bca;aa;bb;cc;aaa;bbb"
    tapes = "t: 'a'..'c'  tape place: 'a'..'c' | ';' word 'a'..'c'"
    steps = "right_named(t, place) " * len(left) + "left_named(t, place) " * (len(left) // 2)
    run = drive(driver(tapes, steps, "words"), t=f"{left}{right}", place=names)
    index = len(left) - len(left) // 2
    assert around(run, "t") == ((left + right)[:index], (left + right)[index:])
    assert around(run, "place")[1].split(";")[0] == names.split(";")[index]


@given(st.lists(letters, min_size=1, max_size=6), st.data())
def test_seek_word_stops_at_the_first_equal_word(text: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(text))
    tapes = "t: 'a'..'c' | ',' word 'a'..'c'  tape y: 'a'..'c'"
    run = drive(driver(tapes, "seek_word(t, y)", "words"), t=",".join(text), y=word)
    index = text.index(word)
    assert around(run, "t")[1] == ",".join(text[index:])
    assert around(run, "y") == ("", word)


@given(letters, lists)
def test_is_single_tells_words_of_one_letter(word: str, after: str) -> None:
    run = drive(driver(TAPES, "if not is_single(t) { reject }", "words"), t=f"{word};{after}")
    assert run.outcome is (Outcome.ACCEPT if len(word) == 1 else Outcome.REJECT)
    assert around(run, "t") == ("", f"{word};{after}")


@pytest.mark.parametrize(("symbol", "digit"), [("7", "7"), (".", "0"), ("", "0"), ("0", "0")])
def test_digit_of_is_0_where_there_is_no_digit(symbol: str, digit: str) -> None:
    table = driver("t, out: '0'..'9' | '.'", "out := digit_of(t)", "words")
    assert contents(drive(table, t=symbol), "out").text == digit


@given(st.text("abc", min_size=1, max_size=6), st.data())
def test_rewind_named_moves_to_the_first_cell_and_its_name(text: str, data: st.DataObject) -> None:
    steps = data.draw(st.integers(0, len(text)))
    names = ["", "a", "b", "ab", "c", "bc", "abc", "ca"]
    tapes = "t: 'a'..'c'  tape place: 'a'..'c' | ';' word 'a'..'c'"
    body = "next_word(place) " + "right_named(t, place) " * steps + "rewind_named(t, place)"
    run = drive(driver(tapes, body, "words"), t=text, place=";".join(names))
    assert around(run, "t") == ("", text)
    assert around(run, "place")[1].split(";")[0] == "a"
