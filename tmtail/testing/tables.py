"""Hypothesis strategies for machines and what stands on their tapes."""

from __future__ import annotations


from hypothesis import strategies as st

from tm.speech import CAPTURES, Kind, Piece, Template, Utterance
from tm.table import (
    ACCEPT,
    BLANK,
    REJECT,
    Action,
    Branch,
    Hole,
    Place,
    State,
    Table,
    Tape,
    Tree,
)

_PLACE = Place("random", 1, 1)


def words(tape: Tape, *, min_size: int = 0, max_size: int | None = None) -> st.SearchStrategy[str]:
    """Words over a tape's alphabet: its ``word`` letters, or all its symbols where it has none."""
    letters = sorted(tape.word) or [s for s in tape.symbols if s != BLANK]
    return st.text(letters, min_size=min_size if letters else 0, max_size=max_size)


def inputs(table: Table, *, max_size: int = 8) -> st.SearchStrategy[dict[str, str]]:
    """Inputs of a table: any symbols of each tape, blanks among them, some tapes left out."""
    texts = {tape.name: st.text(tape.symbols, max_size=max_size) for tape in table.tapes}
    return st.fixed_dictionaries({}, optional=texts)


def tapes(name: str, *, max_symbols: int = 4) -> st.SearchStrategy[Tape]:
    """A tape with up to ``max_symbols`` symbols besides the blank, some of them letters of a word."""
    characters = st.text(
        st.characters(min_codepoint=ord(" "), max_codepoint=ord("~")), max_size=max_symbols
    )

    def alphabet(text: str) -> st.SearchStrategy[Tape]:
        symbols = sorted(set(text))
        return st.builds(
            Tape,
            name=st.just(name),
            symbols=st.just((BLANK, *symbols)),
            word=st.sets(st.sampled_from(symbols)).map(frozenset)
            if symbols
            else st.just(frozenset()),
            marks=st.booleans(),
        )

    return characters.flatmap(alphabet)


@st.composite
def tables(
    draw: st.DrawFn,
    *,
    min_tapes: int = 1,
    max_tapes: int = 4,
    max_states: int = 6,
    max_symbols: int = 4,
    speech: bool = True,
) -> Table:
    """A random table: decision trees over any of its tapes, missing cases, holes.

    With ``speech`` its actions say utterances with captures of every kind, in no sensible order: it is a
    machine to test simulators with, and its trace is not one of well nested steps.
    """
    count = draw(st.integers(min_tapes, max_tapes))
    on = tuple(draw(tapes(chr(ord("a") + i), max_symbols=max_symbols)) for i in range(count))
    states = draw(st.integers(1, max_states))
    utterances = tuple(draw(st.lists(_utterances(count), max_size=3))) if speech else ()
    actions = draw(st.lists(_actions(on, states, len(utterances)), min_size=1, max_size=4 * states))
    holes = tuple(Hole(_PLACE, f"hole {i}") for i in range(draw(st.integers(0, 1))))
    leaves = st.integers(-len(holes), len(actions) - 1)
    trees = [draw(_trees(on, leaves)) for _ in range(states)]
    return Table(
        name="random",
        tapes=on,
        states=tuple(State(f"s{i}", _PLACE, tree) for i, tree in enumerate(trees)),
        actions=tuple(actions),
        holes=holes,
        utterances=utterances,
    )


def _trees(on: tuple[Tape, ...], leaves: st.SearchStrategy[int]) -> st.SearchStrategy[Tree]:
    """Trees that read the tapes of a random permutation's beginning, in that order."""

    @st.composite
    def tree(draw: st.DrawFn, order: list[int]) -> Tree:
        if not order:
            return draw(leaves)
        tape = order[0]
        parts = draw(st.lists(st.integers(-1, 2), min_size=on[tape].size, max_size=on[tape].size))
        classes = {part: frozenset(s for s, p in enumerate(parts) if p == part) for part in parts}
        cases = [
            (symbols, draw(tree(order[draw(st.sampled_from((1, len(order)))) :])))
            for part, symbols in sorted(classes.items())
            if part >= 0
        ]
        return Branch(tape, tuple(cases))

    return st.permutations(range(len(on))).flatmap(tree)


def _actions(on: tuple[Tape, ...], states: int, utterances: int) -> st.SearchStrategy[Action]:
    # Most transitions go on, so that runs are long enough to be worth running.
    targets = st.one_of(*[st.integers(0, states - 1)] * 7, st.sampled_from((ACCEPT, REJECT)))
    writes = [(tape, st.integers(0, on[tape].size - 1)) for tape in range(len(on))]
    moves = [(tape, st.sampled_from((-1, 1))) for tape in range(len(on))]
    says = st.lists(st.integers(0, utterances - 1), max_size=2) if utterances else st.just([])
    # Every field is given, since `builds` makes up those that are not.
    return st.builds(
        Action,
        next=targets,
        writes=_some(writes),
        moves=_some(moves),
        says=says.map(tuple),
        checks=st.just(()),
    )


def _some(
    choices: list[tuple[int, st.SearchStrategy[int]]],
) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """Pairs for some of the keys, in the order of the keys."""
    pairs = [st.none() | st.tuples(st.just(key), value) for key, value in choices]
    return st.tuples(*pairs).map(lambda chosen: tuple(p for p in chosen if p is not None))


def _utterances(tapes: int) -> st.SearchStrategy[Utterance]:
    capture = st.builds(
        Piece,
        hole=st.just("t"),
        text=st.sampled_from(("", "none")),
        tape=st.integers(0, tapes - 1),
        what=st.sampled_from(sorted(CAPTURES)),
    )
    literal = st.builds(
        Piece,
        hole=st.just(""),
        text=st.sampled_from((" ", "d", "-> ")),
        tape=st.just(-1),
        what=st.just(""),
    )
    template: st.SearchStrategy[Template] = st.lists(capture | literal, max_size=3).map(tuple)
    return st.builds(
        Utterance,
        kind=st.sampled_from(Kind),
        step=st.sampled_from(("", "relax")),
        name=st.sampled_from(("", "d")),
        key=template,
        value=st.none() | template,
    )
