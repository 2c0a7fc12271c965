"""Every proc of std.reading: the lines that it writes, on both engines."""

from __future__ import annotations

import pytest

import tm
from compiler import render
from tests.support.machines.drive import drive, driver

TAPES = (
    "t: '0'..'9' | 'a'..'z' | ' '  tape number: '0'..'9' | '-' | '.'"
    "  tape place: 'a'..'z' | ' ' word 'a'..'z'"
    "  tape items: '0'..'9' | '-' | ',' | ' ' word '0'..'9' | '-'"
    "  tape lead: ' '..'~' word ' '..'}'"
)
NAMES = "f g h i j k l m n o"


def lines(body: str, **inputs: str) -> list[str]:
    """Return the lines of a machine that reads, without its answer."""
    table = driver(TAPES, f'{body} answer ""', "reading", "words")
    contents = {"place": NAMES, **inputs}
    drive(table, **contents)
    trace = tm.run(table, contents, trace=True).trace
    assert trace is not None
    text = render(table, trace).string
    return [line.removesuffix(" -> end").removesuffix(" ->") for line in text.splitlines()[:-1]]


def test_read_first_gives_the_name_that_the_closing_clause_gives() -> None:
    assert lines("read_first(place)") == ["read start at f: first = f"]


def test_read_text_reads_every_character_and_the_end() -> None:
    body = 'read_text(t, place, lead, "x") step rest { fetch lead "{lead}", place "{place}" }'
    assert lines(body, t="ab cd", lead="the word~in~") == [
        "read the word a: first = f x f = a",
        "read a b: x g = b",
        "read a b space: x h = space",
        "read a b space c: x i = c",
        "read a b space c d: x j = d",
        "read b space c d end: x k = end -> rest",
        "rest: in k",
    ]


@pytest.mark.parametrize("proc", ["read_text", "read_spelled"])
def test_a_block_says_more_of_each_character(proc: str) -> None:
    key = ', "x {place}"' if proc == "read_spelled" else ""
    block = """each() { body  if number == '.' { solve point "point" = {place} } }"""
    assert lines(f'{proc}(number, place, lead, "x"{key}) {block}', number="4.", lead="of~") == [
        "read of 4: first = f x f = 4",
        "read 4.: x g = . point = g",
        "read 4. end: x h = end",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "-4.5",
            [
                "read and -: x sign = minus",
                "read -4: first = f x f = 4",
                "read -4.: x g = .",
                "read -4.5: x h = 5",
                "read 4.5 end: x i = end",
            ],
        ),
        (
            "7",
            ["read and 7: x sign = plus", "read and 7: first = f x f = 7", "read 7 end: x g = end"],
        ),
    ],
)
def test_read_signed_reads_the_sign_first(text: str, expected: list[str]) -> None:
    assert lines('read_signed(number, place, lead, "x")', number=text, lead="and~") == expected


def test_two_operands_share_names_after_rewind() -> None:
    body = 'read_text(t, place, lead, "x") rewind(t, place) read_text(t, place, lead, "y")'
    assert lines(body, t="a", lead="of~and~") == [
        "read of a: first = f x f = a",
        "read a end: x g = end",
        "read and a: first = f y f = a",
        "read a end: y g = end",
    ]


def list_reader(last: str) -> str:
    """Return a body that reads a list and restates so many items."""
    read = f'read_list(items, place, lead, "x", "x {{place}}", "{{items.{last}}}")'
    return f'{read} step rest {{ fetch lead "{{lead}}" }}'


def test_read_list_reads_an_item_at_a_time_and_the_end() -> None:
    assert lines(list_reader("last_word"), items="5, -30, 7", lead="sort~in~") == [
        "read sort 5: first = f x f = 5",
        "read 5, -30: x g = -30",
        "read -30, 7: x h = 7",
        "read 7, end: x i = end -> rest",
        "rest: in",
    ]


def test_read_list_restates_several_items_where_one_is_not_enough() -> None:
    assert lines(list_reader("last_words"), items="1 2 1 3", lead="sort~in~") == [
        "read sort 1: first = f x f = 1",
        "read 1, 2: x g = 2",
        "read 1 2, 1: x h = 1",
        "read 2 1, 3: x i = 3",
        "read 1 3, end: x j = end -> rest",
        "rest: in",
    ]


def test_read_item_reads_a_word_at_once() -> None:
    body = 'read_item(items, lead, "x") step rest { fetch lead "{lead}" }'
    assert lines(body, items="-30", lead="find~in~") == [
        "read find -30: x = -30 -> rest",
        "rest: in",
    ]


def test_read_letter_reads_a_name_of_one_letter_after_what_precedes_it() -> None:
    body = 'read_letter(t, "source", "start at f,")'
    assert lines(body, t="k") == ["read start at f, k: source = k"]


def test_read_bordered_restates_the_word_before_the_text_with_three_characters() -> None:
    body = 'read_bordered(t, place, lead, "x", "top")'
    body += ' step rest { fetch place "{place}", lead "{lead}" }'
    assert lines(body, t="abcde", lead="first~next~", place="fghijkl") == [
        "read first a: top = f x g = a",
        "read first a b: x h = b",
        "read first a b c: x i = c",
        "read a b c d: x j = d",
        "read a b c d e: x k = e",
        "read b c d e end: x l = end -> rest",
        "rest: fghijkl next",
    ]
    assert lines(body, t="a", lead="first~next~", place="fgh")[1] == (
        "read first a end: x h = end -> rest"
    )


def test_fetch_both_calls_the_dollar_sign_after_a_number_its_end() -> None:
    source = """
        import std.reading
        tape x, y: '0'..'9' | '$'
        main {
            loop step s { fetch_both(x, y, "x at", "y at")  if x == _ { break }  right x, y }
            answer ""
        }
    """
    table = tm.check_text(source).table
    trace = tm.run(table, {"x": "7$", "y": "$"}, trace=True).trace
    assert trace is not None
    assert render(table, trace).string.splitlines()[:-1] == [
        "s: x at = 7 y at = end -> s",
        "s: x at = end y at = none -> s",
        "s: x at = none y at = none -> end",
    ]
