"""Random machines and inputs for them, as Hypothesis strategies.

The shape of a machine (its tapes, states, symbols) is drawn and shrinks. The rest is generated from
a drawn seed, because choices that prefer the simplest value make machines that stop at once.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from tm.speech import CAPTURES, Piece, Template, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape, Undefined
from tm.trees import Branch, Tree

_CHARACTERS = [chr(code) for code in range(ord(" "), ord("~") + 1)]
_HALT, _STUCK = 0.03, 0.02
"""Probabilities that a transition halts, and that a leaf is undefined."""


def words(tape: Tape, *, min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Draw words of a tape's ``word`` letters, or of all its symbols if it has no such letters."""
    letters = sorted(tape.word) or [s for s in tape.symbols if s != BLANK]
    return st.text(letters, min_size=min_size if letters else 0, max_size=max_size)


def inputs(table: Table, *, max_size: int = 8) -> st.SearchStrategy[dict[str, str]]:
    """Draw inputs of a table: any symbols of each tape, blanks included; some tapes are omitted."""
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
    """Draw a random table: decision trees over any tapes, marks, missing cases, undefined leaves.

    It is for tests of simulators: with ``speech`` its actions say utterances with captures of every
    kind in random order, so that the steps of its trace are not nested properly.

    Parameters
    ----------
    tapes, states, symbols
        Their numbers; ``symbols`` is for each tape, without the blank and the marked twins.
    """
    return random_table(
        Random(draw(st.integers(0, 2**32))),
        tapes=draw(tapes),
        states=draw(states),
        symbols=draw(symbols),
        speech=speech,
    )


def random_table(rng: Random, *, tapes: int, states: int, symbols: int, speech: bool) -> Table:
    """Return a random table; see ``tables``."""
    alphabets = tuple(_tape(rng, f"t{index}", symbols) for index in range(tapes))
    utterances = tuple(_utterance(rng, tapes) for _ in range(4)) if speech else ()
    place = Place("random", 1, 1)
    undefined = (Undefined(place, "no transition"),)
    actions: list[Action] = []

    def tree(order: list[int]) -> Tree:
        if not order or rng.random() < 0.2:
            if rng.random() < _STUCK:
                return ~0
            actions.append(_action(rng, alphabets, states, len(utterances)))
            return len(actions) - 1
        tape, *rest = order
        size = alphabets[tape].size
        parts = [rng.randrange(4) if rng.random() > _STUCK else None for _ in range(size)]
        classes = [frozenset(s for s in range(size) if parts[s] == part) for part in range(4)]
        return Branch(tape, tuple((symbols, tree(rest)) for symbols in classes if symbols))

    trees = [tree(rng.sample(range(tapes), rng.randint(0, tapes))) for _ in range(states)]
    return Table(
        name="random",
        tapes=alphabets,
        states=tuple(State(f"s{index}", place, tree) for index, tree in enumerate(trees)),
        actions=tuple(actions),
        undefined=undefined,
        utterances=utterances,
    )


def _tape(rng: Random, name: str, symbols: int) -> Tape:
    characters = sorted(rng.sample(_CHARACTERS, symbols))
    word = frozenset(c for c in characters if rng.random() < 0.7)
    return Tape(name=name, symbols=(BLANK, *characters), word=word, marks=rng.random() < 0.3)


def _action(rng: Random, alphabets: tuple[Tape, ...], states: int, utterances: int) -> Action:
    share = rng.random()
    halts = rng.random() < _HALT
    return Action(
        next=rng.choice((ACCEPT, REJECT)) if halts else rng.randrange(states),
        writes=tuple(
            (tape, rng.randrange(alphabets[tape].size))
            for tape in range(len(alphabets))
            if rng.random() < share
        ),
        moves=tuple(
            (tape, rng.choice((-1, 1))) for tape in range(len(alphabets)) if rng.random() < share
        ),
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
