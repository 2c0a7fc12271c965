"""Captures, the text limit and growing traces, on both engines."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.machines.tables import PLACE, Engine, one_tape
from tm.engine import Limits, Outcome, Run, run
from tm.speech import Piece, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, Action, State, Table, Tape
from tm.trace import Trace
from tm.trees import Branch


def utterance_of(*captures: str) -> Utterance:
    """Return an utterance whose value is captures of tape 0."""
    value = tuple(Piece("t", "", 0, capture) for capture in captures)
    return Utterance(UtteranceKind.FETCH, "", "d", (Piece("", "d"),), value)


def speaker(*captures: str, marks: bool = False) -> Table:
    """Return a machine that goes right to the first b, says the captures, erases and accepts."""
    tape = Tape(name="t", symbols=(BLANK, "a", "b", ","), word=frozenset("ab"), marks=marks)
    b = frozenset({2, 6} if marks else {2})
    tree = Branch(0, ((frozenset(range(tape.size)) - b, 0), (b, 1)))
    move = Action(0, moves=((0, 1),))
    say = Action(ACCEPT, writes=((0, 0),), utterances=(0,))
    return one_tape(tree, actions=(move, say), tape=tape, utterances=(utterance_of(*captures),))


def trace_of(result: Run) -> Trace:
    assert result.trace is not None
    return result.trace


def captured(result: Run) -> list[str]:
    trace = trace_of(result)
    text = trace.letters.tobytes().decode("ascii")
    return [text[a:b] for a, b in zip(trace.ends, trace.ends[1:], strict=False)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("b", ["b", "", "b", "b"]),
        ("aaba,a", ["aaba", "aa", "b", "aaba,a"]),
        ("a,__b_a", ["b", "", "b", "a,__b_a"]),
    ],
)
def test_captures_are_read_before_the_writes(engine: Engine, text: str, words: list[str]) -> None:
    result = run(speaker("word", "before", "cell", "all"), {"t": text}, engine=engine, trace=True)
    assert result.outcome is Outcome.ACCEPT
    assert captured(result) == words
    trace = trace_of(result)
    assert trace.utterance.tolist() == [0]
    assert trace.transition.tolist() == [text.index("b")]
    assert trace.capture.tolist() == [0]
    assert trace.runs.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("text", "neighbours"),
    [
        ("b", ["", "", "b", "", ""]),
        ("aba,a", ["a", "a", "b", "a", ""]),
        ("a,b,aa", [",", ",", "b", "aa", "a"]),
        ("aa_b_a,", ["", "", "b", "a", "aa"]),
        ("aa,,b,,aa", [",", ",", "b", "", ""]),
    ],
)
def test_captures_of_neighbours(engine: Engine, text: str, neighbours: list[str]) -> None:
    table = speaker("next", "previous", "letter", "next_word", "previous_word")
    result = run(table, {"t": text}, engine=engine, trace=True)
    assert captured(result) == neighbours


@pytest.mark.parametrize(
    ("text", "symbols", "word", "words"),
    [
        ("b", "b", "", ""),
        ("ab", "a b", "a", "a"),
        ("a,b", "a , b", "a", "a"),
        ("aa,,,b", ", , , b", "aa", "aa"),
        ("aaaa,b", "a a , b", "aaaa", "aaaa"),
        (",_,b", ", b", "", ""),
        ("aa_b", "b", "", ""),
        (",a,,aa,b", "a a , b", "aa", "a,,aa"),
        ("a,a,aa,,b", "a , , b", "aa", "a,aa"),
        ("aa,a,,a,a,b", ", a , b", "a", "a,a"),
        ("a_,aa,b", "a a , b", "aa", "aa"),
    ],
)
def test_what_precedes_the_head(
    engine: Engine, text: str, symbols: str, word: str, words: str
) -> None:
    table = speaker("recent", "last_word", "last_words")
    result = run(table, {"t": text}, engine=engine, trace=True)
    assert captured(result) == [symbols, word, words]


@pytest.mark.parametrize(
    ("text", "symbols", "of_text"),
    [
        ("12.5;", "2.5 ;", "1 2 . 5 ;"),
        ("-1;", "-1 ;", "- 1 ;"),
        ("3-2;", "3 -2 ;", "3 - 2 ;"),
        ("-- ;", "- - space ;", "- - space ;"),
        (", 1;", ", space 1 ;", ", space 1 ;"),
        ("1 2;", "1 space 2 ;", "1 space 2 ;"),
        ("-.;", "-. ;", "- . ;"),
        ("  ;", "space space ;", "space space ;"),
    ],
)
@pytest.mark.parametrize("letters", ["", "a"], ids=["a tape of numbers", "a tape of text"])
def test_numbers_stay_whole_and_spaces_are_named(
    engine: Engine, text: str, symbols: str, of_text: str, letters: str
) -> None:
    alphabet = (BLANK, *"-.0123456789 ,;", *letters)
    tape = Tape(name="t", symbols=alphabet, word=frozenset(";"), marks=False)
    last = frozenset({tape.symbols.index(";")})
    tree = Branch(0, ((frozenset(range(tape.size)) - last, 0), (last, 1)))
    actions = (Action(0, moves=((0, 1),)), Action(ACCEPT, utterances=(0,)))
    table = one_tape(tree, actions=actions, tape=tape, utterances=(utterance_of("recent"),))
    result = run(table, {"t": text}, engine=engine, trace=True)
    assert captured(result) == [of_text if letters else symbols]


def test_no_letter_beside_words(engine: Engine) -> None:
    utterance = utterance_of("letter", "cell", "next_word", "previous_word")
    tape = Tape(name="t", symbols=(BLANK, "a", ","), word=frozenset("a"), marks=False)
    table = one_tape(
        0, actions=(Action(ACCEPT, utterances=(0,)),), tape=tape, utterances=(utterance,)
    )
    result = run(table, {"t": ",aa"}, engine=engine, trace=True)
    assert captured(result) == ["", ",", "aa", ""]


def test_captures_ignore_marks(engine: Engine) -> None:
    mark = Action(1, writes=((0, 4 + 1),))
    table = speaker("word", "before", "cell", "all", marks=True)
    states = (State("mark", PLACE, 2), State("say", PLACE, table.states[0].tree))
    actions = (table.actions[0]._replace(next=1), table.actions[1], mark)
    marked = Table(
        name="m", tapes=table.tapes, states=states, actions=actions, utterances=table.utterances
    )
    result = run(marked, {"t": "ab"}, engine=engine, trace=True)
    assert captured(result) == ["ab", "a", "b", "ab"]
    assert result.text("t") == "a"
    assert result.tapes[0].symbols.tolist()[0] == 5


def test_captures_of_a_blank_tape_are_empty(engine: Engine) -> None:
    utterance = utterance_of("word", "before", "cell", "all")
    table = one_tape(0, actions=(Action(ACCEPT, utterances=(0,)),), utterances=(utterance,))
    assert captured(run(table, {}, engine=engine, trace=True)) == ["", "", "", ""]


@pytest.mark.parametrize(
    ("limit", "outcome", "events"), [(4, "accept", 1), (3, "text_limit", 0), (0, "text_limit", 0)]
)
def test_the_text_limit_counts_utterances_and_letters(
    engine: Engine, limit: int, outcome: str, events: int
) -> None:
    table, limits = speaker("word", "cell"), Limits(letters=limit)
    result = run(table, {"t": "ab"}, engine=engine, trace=True, limits=limits)
    assert result.outcome == outcome
    assert len(trace_of(result).utterance) == events
    assert len(trace_of(result).letters) == 3 * events
    without_trace = run(table, {"t": "ab"}, engine=engine, limits=limits)
    assert without_trace.outcome is Outcome.ACCEPT


def test_a_trace_that_outgrows_its_buffers(engine: Engine) -> None:
    say_and_write = Action(0, ((0, 1),), ((0, 1),), (0,))
    table = one_tape(0, actions=(say_and_write,), utterances=(utterance_of("all"),))
    limits = Limits(steps=1_500)
    result = run(table, {}, engine=engine, limits=limits, trace=True, actions=True)
    assert result.outcome is Outcome.STEP_LIMIT
    trace = trace_of(result)
    assert trace.transition.tolist() == list(range(1_500))
    assert np.diff(trace.ends).tolist() == list(range(1_500))
    assert result.actions is not None
    assert result.actions.tolist() == [0] * 1_500
