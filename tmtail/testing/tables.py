"""Random machines and inputs for them, as Hypothesis strategies.

The shape of a machine (its tapes, states, symbols) is drawn, and shrinks; the rest is made from a
drawn seed, since choices that tend to the simplest make machines that stop at once.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from tm.speech import CAPTURES, Piece, Template, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape, Undefined
from tm.trees import Branch, Tree

_CHARACTERS = [chr(code) for code in range(ord(" "), ord("~") + 1)]
_HALT, _STUCK = 0.03, 0.02
"""How likely a random transition halts, and a random leaf is missing."""


def words(tape: Tape, *, min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Words over a tape's alphabet: its ``word`` letters, or all its symbols where it has none."""
    letters = sorted(tape.word) or [s for s in tape.symbols if s != BLANK]
    return st.text(letters, min_size=min_size if letters else 0, max_size=max_size)


def inputs(table: Table, *, max_size: int = 8) -> st.SearchStrategy[dict[str, str]]:
    """Inputs of a table: any symbols of each tape, blanks among them, some tapes left out."""
    texts = {tape.name: st.text(tape.symbols, max_size=max_size) for tape in table.tapes}
    return st.fixed_dictionaries({}, optional=texts)


@st.composite
def tables(
    draw: st.DrawFn,
    *,
    tapes: st.SearchStrategy[int] = st.integers(1, 4),  # noqa: B008
    states: st.SearchStrategy[int] = st.integers(1, 8),  # noqa: B008
    symbols: st.SearchStrategy[int] = st.integers(0, 4),  # noqa: B008
    speech: bool = True,
) -> Table:
    """A random table: decision trees over any of its tapes, marks, missing cases, holes.

    With ``speech`` its actions say utterances with captures of every kind, in no sensible order:
    it is a machine to test simulators with, and its trace is not one of well nested steps.

    Parameters
    ----------
    tapes, states, symbols
        How many of them; ``symbols`` counts those of one tape, the blank and marked twins aside.
    """
    return random_table(
        Random(draw(st.integers(0, 2**32))),
        tapes=draw(tapes),
        states=draw(states),
        symbols=draw(symbols),
        speech=speech,
    )


def random_table(rng: Random, *, tapes: int, states: int, symbols: int, speech: bool) -> Table:
    """One random table; see ``tables``."""
    on = tuple(_tape(rng, f"t{index}", symbols) for index in range(tapes))
    utterances = tuple(_utterance(rng, tapes) for _ in range(4)) if speech else ()
    place = Place("random", 1, 1)
    undefined = (Undefined(place, "a hole"),)
    actions: list[Action] = []

    def tree(order: list[int]) -> Tree:
        if not order or rng.random() < 0.2:
            if rng.random() < _STUCK:
                return ~0
            actions.append(_action(rng, on, states, len(utterances)))
            return len(actions) - 1
        tape, *rest = order
        size = on[tape].size
        parts = [rng.randrange(4) if rng.random() > _STUCK else None for _ in range(size)]
        classes = [frozenset(s for s in range(size) if parts[s] == part) for part in range(4)]
        return Branch(tape, tuple((symbols, tree(rest)) for symbols in classes if symbols))

    trees = [tree(rng.sample(range(tapes), rng.randint(0, tapes))) for _ in range(states)]
    return Table(
        name="random",
        tapes=on,
        states=tuple(State(f"s{index}", place, tree) for index, tree in enumerate(trees)),
        actions=tuple(actions),
        undefined=undefined,
        utterances=utterances,
    )


def _tape(rng: Random, name: str, symbols: int) -> Tape:
    characters = sorted(rng.sample(_CHARACTERS, symbols))
    word = frozenset(c for c in characters if rng.random() < 0.7)
    return Tape(name=name, symbols=(BLANK, *characters), word=word, marks=rng.random() < 0.3)


def _action(rng: Random, on: tuple[Tape, ...], states: int, utterances: int) -> Action:
    often = rng.random()
    halts = rng.random() < _HALT
    return Action(
        next=rng.choice((ACCEPT, REJECT)) if halts else rng.randrange(states),
        writes=tuple(
            (tape, rng.randrange(on[tape].size)) for tape in range(len(on)) if rng.random() < often
        ),
        moves=tuple((tape, rng.choice((-1, 1))) for tape in range(len(on)) if rng.random() < often),
        utterances=tuple(rng.choices(range(utterances), k=rng.choice((0, 0, 0, 1, 2))))
        if utterances
        else (),
    )


def _utterance(rng: Random, tapes: int) -> Utterance:
    def piece() -> Piece:
        if rng.random() < 0.3:
            return Piece("", rng.choice((" ", "d", "-> ")))
        return Piece("t", "none", rng.randrange(tapes), rng.choice(sorted(CAPTURES)))

    def template() -> Template:
        return tuple(piece() for _ in range(rng.randrange(4)))

    kind = rng.choice(list(UtteranceKind))
    return Utterance(kind, "step", "d", template(), rng.choice((None, template())))
