"""Every proc of std.lists against Python's lists."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.drive import around, contents, drive, driver
from tm.engine import Outcome

TAPES = """t: 'a'..'c' | ',' | ';' | ':' | '=' word 'a'..'c'
tape w, v: 'a'..'c'
tape n: '0'..'9'
tape k: '1'"""
TO_WORD_K = "while k == 1 { next_word(t) right k }"

words = st.text("abc", max_size=5)
keys = st.text("ab", min_size=1, max_size=2)
lists = st.lists(words, max_size=8)


def joined(items: list[str]) -> str:
    """Return the list as it is written on a tape."""
    return "".join(f"{item}," for item in items)


@given(lists.filter(len), st.sampled_from(["", "0", "00"]), st.data())
def test_nth(items: list[str], zeros: str, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(items) - 1))
    run = drive(driver(TAPES, "nth(t, n)", "lists"), t=joined(items), n=f"{zeros}{n}")
    assert around(run, "t") == (joined(items[:n]), joined(items[n:]))
    assert around(run, "n") == ("", f"{zeros}{n}")


def test_nth_counts_beyond_one_digit_and_an_empty_number_is_zero() -> None:
    table = driver(TAPES, "nth(t, n)", "lists")
    items = ["a", "b", "", "cc"] * 60
    for n in (0, 9, 10, 99, 100, 101, 239):
        run = drive(table, t=joined(items), n=str(n))
        assert around(run, "t")[0] == joined(items[:n])
    assert around(drive(table, t="a,b,", n=""), "t") == ("", "a,b,")


@given(st.lists(st.tuples(keys | words, words, words), max_size=6), keys)
def test_find(records: list[tuple[str, str, str]], key: str) -> None:
    table = driver(TAPES, "if not find(t, w, ';') { reject }", "lists")
    written = [f"{a}={b},{c};" for a, b, c in records]
    run = drive(table, t="".join(written), w=key)
    index = next((i for i, record in enumerate(records) if record[0] == key), None)
    if index is None:
        assert run.outcome is Outcome.REJECT
        assert around(run, "t") == ("".join(written), "")
    else:
        left = "".join(written[:index]) + key + "="
        assert around(run, "t") == (left, "".join(written)[len(left) :])
    assert around(run, "w") == ("", key)


@given(st.lists(st.tuples(keys | words, words, words), max_size=6), keys, keys, st.booleans())
def test_find_pair(
    records: list[tuple[str, str, str]], key: str, other: str, present: bool
) -> None:
    body = "if not find_pair(t, w, v, ';') { reject }"
    half = len(records) // 2
    records[half:half] = [(key, f"c{other}", "a"), (key, f"{other}c", "b")]
    if present:
        records.append((key, other, "c"))
    written = [f"{a}:{b}={c};" for a, b, c in records]
    run = drive(driver(TAPES, body, "lists"), t="".join(written), w=key, v=other)
    index = next((i for i, record in enumerate(records) if record[:2] == (key, other)), None)
    if index is None:
        assert run.outcome is Outcome.REJECT
        assert around(run, "t") == ("".join(written), "")
    else:
        left = "".join(written[:index]) + f"{key}:{other}="
        assert around(run, "t") == (left, "".join(written)[len(left) :])
    assert (around(run, "w"), around(run, "v")) == (("", key), ("", other))


def test_an_empty_key_is_stuck() -> None:
    run = drive(driver(TAPES, "begins(t, w)", "lists"), t=",", w="")
    assert run.outcome is Outcome.STUCK


@given(lists, words, st.data())
def test_insert(items: list[str], word: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(items)))
    table = driver(TAPES, f"{TO_WORD_K} insert(t, w, ',')", "words", "lists")
    run = drive(table, t=joined(items), w=word, k="1" * index)
    items.insert(index, word)
    assert around(run, "t") == (joined(items), "")
    assert around(run, "w") == ("", word)


@given(lists.filter(len), st.data())
def test_delete(items: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(items) - 1))
    run = drive(
        driver(TAPES, f"{TO_WORD_K} delete(t)", "words", "lists"), t=joined(items), k="1" * index
    )
    del items[index]
    assert around(run, "t") == (joined(items), "")


@given(lists.filter(len), words, st.data())
def test_replace(items: list[str], word: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(items) - 1))
    table = driver(TAPES, f"{TO_WORD_K} replace(t, w)", "words", "lists")
    run = drive(table, t=joined(items), w=word, k="1" * index)
    same = len(items[index]) == len(word)
    items[index] = word
    end = joined(items[:index]) + word if same else joined(items)
    assert around(run, "t") == (end, joined(items)[len(end) :])
    assert around(run, "w") == ("", word)


@given(lists, words, st.data())
def test_marks_left_of_the_place_stay(items: list[str], word: str, data: st.DataObject) -> None:
    items = ["a", *items]
    index = data.draw(st.integers(1, len(items)))
    run = drive(
        driver(TAPES, f"mark t {TO_WORD_K} insert(t, w, ',')", "words", "lists"),
        t=joined(items),
        w=word,
        k="1" * index,
    )
    items.insert(index, word)
    cells = contents(run, "t")
    size = len(cells.tape.symbols)
    assert [cells[cell] >= size for cell in range(len(joined(items)))].count(True) == 1
    assert cells[0] >= size
    assert around(run, "t") == (joined(items), "")
