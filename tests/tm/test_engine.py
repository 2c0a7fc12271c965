"""Both engines on the same machines: outcomes, limits, captures, tapes; batches; Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import weakref
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tests.support.machines import Rule, adder, counter, palindrome
from tests.support.machines import table as of_rules
from tm.engine import ContractBroken, InputError, Limits, Outcome, Stepper, run, run_batch
from tm.engine.compiled import machine_of
from tm.formats import parse_busy_beaver
from tm.speech import Piece, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, REJECT, Action, Check, Place, State, Table, Tape, Undefined
from tm.trees import Branch, Tree

PLACE = Place("m.tm", 3, 5)
ENGINES = ("reference", "compiled")


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


def one_tape(*trees: Tree, actions: tuple[Action, ...], **fields) -> Table:
    tape = fields.pop("tape", Tape(name="t", symbols=(BLANK, "a", "b"), word=frozenset("ab")))
    states = tuple(State(f"s{i}", PLACE, tree) for i, tree in enumerate(trees))
    return Table(name="m", tapes=(tape,), states=states, actions=actions, **fields)


def runner(move: int) -> Table:
    """One state that moves its head for ever."""
    return one_tape(0, actions=(Action(0, moves=((0, move),)),))


class Case(NamedTuple):
    table: Table
    inputs: dict[str, str]
    outcome: Outcome
    transitions: int
    texts: dict[str, str]


CASES = {
    "an even palindrome": Case(palindrome(), {"a": "0110"}, Outcome.ACCEPT, 15, {"b": "0110"}),
    "no palindrome": Case(palindrome(), {"a": "0100"}, Outcome.REJECT, 12, {"b": "0100"}),
    "the empty word": Case(palindrome(), {}, Outcome.ACCEPT, 3, {"a": "", "b": ""}),
    "a sum with a carry": Case(
        adder(), {"a": "95", "b": "17"}, Outcome.ACCEPT, 6, {"c": "112"}
    ),
    "adder, a situation without a rule": Case(
        adder(), {"a": "9", "b": "17"}, Outcome.STUCK, 1, {"c": ""}
    ),
    # 28 looks at a stroke, 3 · 27 increments of 2 transitions, 2 for each of 2 + 23 + 13 carries.
    "strokes, counted thrice": Case(
        counter(), {"a": "1" * 27}, Outcome.ACCEPT, 266, {"b": "27", "c": "11011", "d": "1000"}
    ),
    "accept at the first transition": Case(
        one_tape(0, actions=(Action(ACCEPT, ((0, 1),), ((0, -1),)),)),
        {}, Outcome.ACCEPT, 1, {"t": "a"},
    ),
    "reject at the first transition": Case(
        one_tape(0, actions=(Action(REJECT),)), {"t": "ab"}, Outcome.REJECT, 1, {"t": "ab"}
    ),
    "no first transition": Case(
        one_tape(Branch(0, ((frozenset([1]), 0),)), actions=(Action(ACCEPT),)),
        {}, Outcome.STUCK, 0, {"t": ""},
    ),
    "a hole": Case(
        one_tape(~0, actions=(), undefined=(Undefined(PLACE, "a blank is no digit"),)),
        {"t": "a"}, Outcome.STUCK, 0, {"t": "a"},
    ),
    "blanks in an input": Case(
        one_tape(0, actions=(Action(ACCEPT),)), {"t": f"a_{BLANK}b__"}, Outcome.ACCEPT, 1,
        {"t": "a__b"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(engine, name):
    case = CASES[name]
    done = run(case.table, case.inputs, engine=engine)
    assert done.outcome is case.outcome
    assert done.transitions == case.transitions
    assert {tape: done.text(tape) for tape in case.texts} == case.texts
    assert done.trace is None
    assert done.actions is None


CHAMPIONS = {
    "BB(2)": ("1RB1LB_1LA1RZ", 6, 4),
    "BB(3), most steps": ("1RB1RZ_1LB0RC_1LC1LA", 21, 5),
    "BB(4)": ("1RB1LB_1LA0LC_1RZ1LD_1RD0RA", 107, 13),
    "2 states, 3 symbols": ("1RB2LB1RZ_2LA2RB1LB", 38, 9),
}
LONG_CHAMPIONS = {
    "2 states, 4 symbols": ("1RB2LA1RA1RA_1LB1LA3RB1RZ", 3_932_964, 2_050),
    "BB(5)": ("1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA", 47_176_870, 4_098),
}


@pytest.mark.parametrize("name", CHAMPIONS)
def test_busy_beavers(engine, name):
    text, steps, ones = CHAMPIONS[name]
    check_champion(run(parse_busy_beaver(text), {}, engine=engine), steps, ones)


@pytest.mark.parametrize("name", LONG_CHAMPIONS)
def test_long_busy_beavers(name):
    text, steps, ones = LONG_CHAMPIONS[name]
    check_champion(run(parse_busy_beaver(text), {}), steps, ones)


def check_champion(done, steps, ones):
    assert done.outcome is Outcome.ACCEPT
    assert done.transitions == steps
    assert np.count_nonzero(done.tapes[0].symbols) == ones
    assert done.state == ACCEPT
    assert done.place is None


@pytest.mark.parametrize("move", [-1, 1])
def test_a_head_far_from_cell_0(engine, move):
    done = run(runner(move), {}, engine=engine, limits=Limits(steps=5_000))
    assert done.outcome is Outcome.STEP_LIMIT
    assert done.transitions == 5_000
    assert done.tapes[0].head == 5_000 * move
    assert done.tapes[0][5_000 * move] == 0
    assert done.reason == "the limit of 5000 transitions was reached in state `s0`"
    assert done.place == PLACE


@pytest.mark.parametrize(
    ("limits", "outcome", "transitions"),
    [
        (Limits(steps=0), Outcome.STEP_LIMIT, 0),
        (Limits(steps=7, cells=7), Outcome.STEP_LIMIT, 7),
        (Limits(steps=8, cells=7), Outcome.STEP_LIMIT, 8),
        (Limits(steps=9, cells=7), Outcome.SPACE_LIMIT, 8),
        (Limits(cells=0), Outcome.SPACE_LIMIT, 1),
        (Limits(cells=2_000), Outcome.SPACE_LIMIT, 2_001),
    ],
)
@pytest.mark.parametrize("move", [-1, 1])
def test_limits_of_steps_and_cells(engine, move, limits, outcome, transitions):
    done = run(runner(move), {}, engine=engine, limits=limits)
    assert (done.outcome, done.transitions) == (outcome, transitions)


def test_a_halt_with_the_last_transition_is_a_halt(engine):
    table = one_tape(0, actions=(Action(ACCEPT, moves=((0, 1),)),))
    assert run(table, {}, engine=engine, limits=Limits(steps=1, cells=0)).outcome == "accept"


def test_an_input_that_reaches_beyond_the_cells(engine):
    table = one_tape(0, actions=(Action(ACCEPT),))
    fits = run(table, {"t": "aba"}, engine=engine, limits=Limits(cells=2))
    assert fits.outcome is Outcome.ACCEPT
    over = run(table, {"t": "aba"}, engine=engine, limits=Limits(cells=1))
    assert (over.outcome, over.transitions) == (Outcome.SPACE_LIMIT, 0)
    assert over.text("t") == "aba"


@pytest.mark.parametrize("field", ["steps", "cells", "letters"])
@pytest.mark.parametrize("value", [-1, 2**62])
def test_limits_are_checked(field, value):
    with pytest.raises(ValueError, match=field):
        Limits(**{field: value})


def capture(what: str, tape: int = 0) -> Piece:
    return Piece("t", "", tape, what)


def speaker(*whats: str, marks: bool = False) -> Table:
    """Goes right to the first b, says what is asked of it and accepts."""
    said = Utterance(
        UtteranceKind.FETCH, "", "d", (Piece("", "d"),), tuple(capture(w) for w in whats)
    )
    tape = Tape(name="t", symbols=(BLANK, "a", "b", ","), word=frozenset("ab"), marks=marks)
    others = frozenset(range(tape.size)) - {2, 6}
    tree = Branch(0, ((others, 0), (frozenset({2, 6}) & frozenset(range(tape.size)), 1)))
    go, say = Action(0, moves=((0, 1),)), Action(ACCEPT, writes=((0, 0),), utterances=(0,))
    return one_tape(tree, actions=(go, say), tape=tape, utterances=(said,))


def letters(done) -> list[str]:
    text = done.trace.letters.tobytes().decode("ascii")
    return [text[a:b] for a, b in zip(done.trace.ends, done.trace.ends[1:], strict=False)]


@pytest.mark.parametrize(
    ("text", "captured"),
    [
        ("b", ["b", "", "b", "b"]),
        ("aaba,a", ["aaba", "aa", "b", "aaba,a"]),
        ("a,__b_a", ["b", "", "b", "a,__b_a"]),
    ],
)
def test_captures_are_read_before_the_writes(engine, text, captured):
    done = run(speaker("word", "before", "cell", "all"), {"t": text}, engine=engine, trace=True)
    assert done.outcome is Outcome.ACCEPT
    assert letters(done) == captured
    assert done.trace.utterance.tolist() == [0]
    assert done.trace.transition.tolist() == [text.index("b")]
    assert done.trace.capture.tolist() == [0]
    assert done.trace.runs.tolist() == [0, 1]


def test_captures_do_not_see_marks(engine):
    mark = Action(1, writes=((0, 4 + 1),))
    table = speaker("word", "before", "cell", "all", marks=True)
    states = (State("mark", PLACE, 2), State("go", PLACE, table.states[0].tree))
    actions = (table.actions[0]._replace(next=1), table.actions[1], mark)
    marked = Table(
        name="m", tapes=table.tapes, states=states, actions=actions, utterances=table.utterances
    )
    done = run(marked, {"t": "ab"}, engine=engine, trace=True)
    assert letters(done) == ["ab", "a", "b", "ab"]
    assert done.text("t") == "a"
    assert done.tapes[0].symbols.tolist()[0] == 5


def test_a_cell_and_a_word_of_nothing_are_empty(engine):
    said = Utterance(
        UtteranceKind.FETCH, "", "d", (), tuple(map(capture, ("word", "before", "cell", "all")))
    )
    table = one_tape(0, actions=(Action(ACCEPT, utterances=(0,)),), utterances=(said,))
    done = run(table, {}, engine=engine, trace=True)
    assert letters(done) == ["", "", "", ""]


@pytest.mark.parametrize(
    ("limit", "outcome", "said"), [(4, "accept", 1), (3, "text_limit", 0), (0, "text_limit", 0)]
)
def test_the_text_limit_counts_utterances_and_letters(engine, limit, outcome, said):
    table, limits = speaker("word", "cell"), Limits(letters=limit)
    done = run(table, {"t": "ab"}, engine=engine, trace=True, limits=limits)
    assert done.outcome == outcome
    assert len(done.trace.utterance) == said
    assert len(done.trace.letters) == 3 * said
    mute = run(table, {"t": "ab"}, engine=engine, limits=limits)
    assert mute.outcome is Outcome.ACCEPT


def test_a_trace_that_outgrows_its_buffers(engine):
    said = Utterance(UtteranceKind.FETCH, "", "d", (), (capture("all"),))
    table = one_tape(0, actions=(Action(0, ((0, 1),), ((0, 1),), (0,)),), utterances=(said,))
    limits = Limits(steps=1_500)
    done = run(table, {}, engine=engine, limits=limits, trace=True, actions=True)
    assert done.outcome is Outcome.STEP_LIMIT
    assert done.trace.transition.tolist() == list(range(1_500))
    assert np.diff(done.trace.ends).tolist() == list(range(1_500))
    assert done.actions.tolist() == [0] * 1_500


def test_actions_of_every_transition(engine):
    done = run(adder(), {"a": "95", "b": "17"}, engine=engine, actions=True)
    table, state = adder(), 0
    for index in done.actions:
        assert index in {row.action for row in table.rows() if row.state == state}
        state = table.actions[index].next
    assert state == ACCEPT


@pytest.mark.parametrize("tapes", [5, 14, 15, 16, 40])
def test_many_tapes_moved_in_one_transition(engine, tapes):
    on = tuple(Tape(name=f"t{i}", symbols=(BLANK, "x"), word=frozenset("x")) for i in range(tapes))
    everything = range(tapes)
    actions = (
        Action(1, tuple((t, 1) for t in everything), tuple((t, (-1) ** t) for t in everything)),
        Action(ACCEPT),
    )
    last = Branch(tapes - 1, ((frozenset([0]), 0), (frozenset([1]), 1)))
    back = tuple((t, -((-1) ** t)) for t in everything)
    states = (State("go", PLACE, last), State("back", PLACE, 2))
    table = Table(name="m", tapes=on, states=states, actions=(*actions, Action(0, moves=back)))
    done = run(table, {}, engine=engine)
    assert (done.outcome, done.transitions) == (Outcome.ACCEPT, 3)
    assert {done.text(tape.name) for tape in on} == {"x"}
    assert {tape.head for tape in done.tapes} == {0}


def test_a_table_too_large_for_words(engine):
    """1,500 states on a tape of 95 symbols: most blocks begin beyond what a word can say."""
    symbols = (BLANK, *(chr(code) for code in range(33, 127)))
    tape = Tape(name="t", symbols=symbols, word=frozenset())
    count = 1_500
    everything = frozenset(range(tape.size))
    states = [State(f"s{i}", PLACE, Branch(0, ((everything, i),))) for i in range(count)]
    actions = [Action(i + 1, ((0, i % 95),), ((0, 1),)) for i in range(count)]
    actions[-1] = actions[-1]._replace(next=ACCEPT)
    table = Table(name="m", tapes=(tape,), states=tuple(states), actions=tuple(actions))
    done = run(table, {}, engine=engine)
    assert (done.outcome, done.transitions) == (Outcome.ACCEPT, count)
    assert done.tapes[0].symbols.tolist() == [i % 95 for i in range(1, count)] + [0]


def test_why_a_run_is_stuck(engine):
    hole = Undefined(Place("m.tm", 9, 1), "a blank is no digit")
    tree = Branch(0, ((frozenset([0]), ~0), (frozenset([1]), 0)))
    table = one_tape(tree, actions=(Action(0, moves=((0, 1),)),), undefined=(hole,))
    done = run(table, {"t": "a"}, engine=engine)
    assert (done.reason, done.place) == ("a blank is no digit in state `s0`", hole.place)
    done = run(table, {"t": "ab"}, engine=engine)
    assert (done.reason, done.place) == ("no transition for b on tape `t` in state `s0`", PLACE)


@pytest.mark.parametrize(
    ("inputs", "message", "position"),
    [
        ({"u": "a"}, "no tape `u`; the tapes are t", -1),
        (
            {"t": "abc"},
            "tape `t` cannot hold 'c' (character 2 of the input); its symbols are ab",
            2,
        ),
        ({"t": "aé"}, "cannot hold 'é'", 1),
        ({"t": "?"}, "cannot hold '?'", 0),
        ({"t": "a\n"}, "cannot hold '\\n'", 1),
    ],
)
def test_inputs_that_a_tape_cannot_hold(engine, inputs, message, position):
    with pytest.raises(InputError) as caught:
        run(runner(1), inputs, engine=engine)
    assert message in str(caught.value)
    assert caught.value.position == position
    with pytest.raises(InputError) as caught:
        run_batch(runner(1), [{}, inputs])
    assert caught.value.item == 1


def test_an_unknown_engine():
    with pytest.raises(ValueError, match="`engine` must be `compiled` or `reference`"):
        run(runner(1), {}, engine="other")


@pytest.mark.parametrize(
    ("kind", "text", "wrote", "moved", "broken"),
    [
        ("first", "_ab", -1, 1, False),
        ("first", "ab", -1, 1, True),
        ("last", "ab", -1, 1, False),
        ("last", "ab", -1, 0, True),
        ("last", "_a", -1, 0, True),
        ("end", "a", -1, 1, False),
        ("end", "a", -1, 0, True),
        ("end", "a", 0, 0, False),
        ("blank", "ab", -1, -1, False),
        ("blank", "ab", -1, 1, True),
        ("blank", "a", 0, 0, False),
        ("start", "a", -1, 0, False),
        ("start", "a", -1, 1, True),
        ("start", "", 2, 1, True),
        ("empty", "a", 0, 0, False),
        ("empty", "ab", 0, 0, True),
        ("empty", "_a", -1, 0, True),
    ],
)
def test_contracts(kind, text, wrote, moved, broken):
    writes = ((0, wrote),) if wrote >= 0 else ()
    moves = ((0, moved),) if moved else ()
    check = Check(kind, 0, wrote, moved, PLACE)
    table = one_tape(0, actions=(Action(ACCEPT, writes, moves, checks=(check,)),))
    assert run(table, {"t": text}).outcome is Outcome.ACCEPT
    if not broken:
        assert run(table, {"t": text}, engine="reference").outcome is Outcome.ACCEPT
        return
    stepper = Stepper(table, {"t": text})
    with pytest.raises(ContractBroken) as caught:
        stepper.step()
    assert (caught.value.check, caught.value.tape, caught.value.transition) == (check, "t", 0)
    assert str(caught.value).startswith(f"m.tm:3:5: contract `t at {kind}` is broken")
    assert "[" in caught.value.cells
    assert stepper.transitions == 0
    assert stepper.tapes[0].text == text.strip("_"), "the transition is not made"


def test_stepping():
    stepper = Stepper(palindrome(), {"a": "1"})
    with pytest.raises(ValueError, match="not ended"):
        stepper.result()
    heads = []
    while stepper.step() is None:
        heads.append(tuple(stepper.heads))
    assert heads == [(1, 1), (0, 1), (-1, 1), (0, 0), (1, -1)]
    assert stepper.step() is Outcome.ACCEPT, "a run that has ended stays so"
    assert stepper.result().transitions == 6


def test_a_batch():
    words = ["0110", "01", "", "000"] * 50
    batch = run_batch(palindrome(), [{"a": w} for w in words], workers=2, outputs=("a", "b"))
    assert len(batch) == 200
    assert ((batch.outcome == Outcome.ACCEPT) == [w == w[::-1] for w in words]).all()
    assert [batch.text("b", i) for i in range(200)] == batch.texts("b") == words
    assert batch.text("a", -1) == "000"
    with pytest.raises(KeyError, match="was not kept"):
        batch.text("c", 0)
    with pytest.raises(IndexError):
        batch.text("a", 200)


def test_batches_of_nothing():
    batch = run_batch(palindrome(), [])
    assert (len(batch), batch.outputs) == (0, ())
    assert batch.trace is not None
    assert batch.trace.runs.tolist() == [0]
    with pytest.raises(KeyError):
        run_batch(palindrome(), [], outputs=("out",))


def test_outputs_that_outgrow_their_buffer():
    copy: list[Rule] = [("s", x, x, "R", "s") for x in "01"]
    table = of_rules("m", ["01"], [*copy, ("s", "_", "_", "S", "accept")])
    texts = ["01" * 100, "1", "0" * 3_000]
    batch = run_batch(table, [{"a": t} for t in texts], outputs=("a",), workers=1)
    assert [batch.text("a", i) for i in range(3)] == texts


def test_only_the_table_that_was_begun_last_keeps_its_buffers():
    tables = adder(), counter()
    used = []
    for table in (tables[0], tables[0], tables[1]):
        with machine_of(table, True) as machine:
            used.append(weakref.ref(machine))
    del machine
    assert used[0] is used[1]
    assert used[0]() is None
    assert used[2]() is not None


ENDLESS = """
import sys
from tm.engine import Limits, run, run_batch
from tm.formats import parse_busy_beaver
table = parse_busy_beaver("1RB1LB_1LA1RA")
limits = Limits(steps=10**12)
run(table, {}, limits=Limits(steps=10))
print("ready", flush=True)
try:
    if sys.argv[1] == "run":
        run(table, {}, limits=limits)
    else:
        run_batch(table, [{}] * 8, limits=limits, workers=int(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted", run(table, {}, limits=Limits(steps=10)).text("tape"))
"""


@pytest.mark.parametrize("how", ["run", "1", "2"])
def test_ctrl_c(how):
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=10)
    expected = run(parse_busy_beaver("1RB1LB_1LA1RA"), {}, limits=Limits(steps=10)).text("tape")
    assert output == f"interrupted {expected}\n"
    assert process.returncode == 0
