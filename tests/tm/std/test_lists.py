"""std.lists: every proc against Python's lists and dictionaries."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.drive import around, contents, drive, driver
from tm.engine import Outcome

TAPES = """t: 'a'..'c' | ',' | ';' | ':' | '=' word 'a'..'c'
tape w, v: 'a'..'c'
tape n: '0'..'9'
tape k: '1'"""
# To word k of the list.
TO = "while k == 1 { next_word(t) right k }"

words = st.text("abc", max_size=5)
keys = st.text("ab", min_size=1, max_size=2)
lists = st.lists(words, max_size=8)


def joined(items: list[str]) -> str:
    return "".join(f"{item}," for item in items)


@given(lists.filter(len), st.sampled_from(["", "0", "00"]), st.data())
def test_nth(items, zeros, data):
    n = data.draw(st.integers(0, len(items) - 1))
    run = drive(driver(TAPES, "nth(t, n)", "lists"), t=joined(items), n=f"{zeros}{n}")
    assert around(run, "t") == (joined(items[:n]), joined(items[n:]))
    assert around(run, "n") == ("", f"{zeros}{n}")


def test_nth_counts_far_and_takes_nothing_for_nought():
    table = driver(TAPES, "nth(t, n)", "lists")
    items = ["a", "b", "", "cc"] * 60
    for n in (0, 9, 10, 99, 100, 101, 239):
        run = drive(table, t=joined(items), n=str(n))
        assert around(run, "t")[0] == joined(items[:n])
    assert around(drive(table, t="a,b,", n=""), "t") == ("", "a,b,")


@given(st.lists(st.tuples(keys | words, words, words), max_size=6), keys)
def test_find(records, key):
    table = driver(
        TAPES, "let found: yes | no = find(t, w, ';') if found == no { reject }", "lists"
    )
    shown = [f"{a}={b},{c};" for a, b, c in records]
    run = drive(table, t="".join(shown), w=key)
    at = next((i for i, record in enumerate(records) if record[0] == key), None)
    if at is None:
        assert run.outcome is Outcome.REJECT
        assert around(run, "t") == ("".join(shown), "")
    else:
        left = "".join(shown[:at]) + key + "="
        assert around(run, "t") == (left, "".join(shown)[len(left) :])
    assert around(run, "w") == ("", key)


@given(st.lists(st.tuples(keys | words, words, words), max_size=6), keys, keys, st.booleans())
def test_find_pair(records, key, other, present):
    body = "let found: yes | no = find_pair(t, w, v, ';') if found == no { reject }"
    half = len(records) // 2
    records[half:half] = [(key, f"c{other}", "a"), (key, f"{other}c", "b")]
    if present:
        records.append((key, other, "c"))
    shown = [f"{a}:{b}={c};" for a, b, c in records]
    run = drive(driver(TAPES, body, "lists"), t="".join(shown), w=key, v=other)
    at = next((i for i, record in enumerate(records) if record[:2] == (key, other)), None)
    if at is None:
        assert run.outcome is Outcome.REJECT
        assert around(run, "t") == ("".join(shown), "")
    else:
        left = "".join(shown[:at]) + f"{key}:{other}="
        assert around(run, "t") == (left, "".join(shown)[len(left) :])
    assert (around(run, "w"), around(run, "v")) == (("", key), ("", other))


def test_an_empty_key_is_stuck_rather_than_found():
    run = drive(driver(TAPES, "begins(t, w)", "lists"), t=",", w="")
    assert run.outcome is Outcome.STUCK


@given(lists, words, st.data())
def test_insert(items, word, data):
    at = data.draw(st.integers(0, len(items)))
    table = driver(TAPES, f"{TO} insert(t, w, ',')", "words", "lists")
    run = drive(table, t=joined(items), w=word, k="1" * at)
    items.insert(at, word)
    assert around(run, "t") == (joined(items), "")
    assert around(run, "w") == ("", word)


@given(lists.filter(len), st.data())
def test_delete(items, data):
    at = data.draw(st.integers(0, len(items) - 1))
    run = drive(driver(TAPES, f"{TO} delete(t)", "words", "lists"), t=joined(items), k="1" * at)
    del items[at]
    assert around(run, "t") == (joined(items), "")


@given(lists.filter(len), words, st.data())
def test_replace(items, word, data):
    at = data.draw(st.integers(0, len(items) - 1))
    table = driver(TAPES, f"{TO} replace(t, w)", "words", "lists")
    run = drive(table, t=joined(items), w=word, k="1" * at)
    same = len(items[at]) == len(word)
    items[at] = word
    end = joined(items[:at]) + word if same else joined(items)
    assert around(run, "t") == (end, joined(items)[len(end) :])
    assert around(run, "w") == ("", word)


@given(lists, words, st.data())
def test_marks_left_of_the_place_stay(items, word, data):
    items = ["a", *items]
    at = data.draw(st.integers(1, len(items)))
    run = drive(
        driver(TAPES, f"mark t {TO} insert(t, w, ',')", "words", "lists"),
        t=joined(items),
        w=word,
        k="1" * at,
    )
    items.insert(at, word)
    found = contents(run, "t")
    size = len(found.tape.symbols)
    assert [found[cell] >= size for cell in range(len(joined(items)))].count(True) == 1
    assert found[0] >= size
    assert around(run, "t") == (joined(items), "")
