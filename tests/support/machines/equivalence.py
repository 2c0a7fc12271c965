"""Random tables that other formats can hold, and whether two tables run alike."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from tm import Limits, Table, run
from tm.formats.rules import PORTABLE
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Tape
from tm.trees import Branch, Tree

_STATE_NAMES = ("s", "halt", "accept", "q 0", "0", "take:7", "while")


@st.composite
def plain_tables(
    draw: st.DrawFn,
    *,
    max_tapes: int = 1,
    stay: bool = True,
    rejects: bool = True,
    characters: str = "".join(sorted(PORTABLE)),
) -> Table:
    """Draw a table without speech and marks whose states all have transitions.

    Every symbol is read in the first state, so that formats without alphabets keep it.
    """
    rng = Random(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, max_tapes))
    size = draw(st.integers(0, 3))
    states = draw(st.integers(1, 6))
    alphabets = [sorted(rng.sample(characters, min(size, len(characters)))) for _ in range(count)]
    tapes = tuple(
        Tape(
            name="tape" if count == 1 else f"tape{index + 1}",
            symbols=(BLANK, *letters),
            word=frozenset(letters),
        )
        for index, letters in enumerate(alphabets)
    )
    ends = [ACCEPT, REJECT] if rejects else [ACCEPT]
    actions: list[Action] = []

    def action() -> int:
        moves = tuple(
            (tape, move)
            for tape in range(count)
            if (move := rng.choice([-1, 1, 0] if stay else [-1, 1]))
        )
        writes = tuple(
            (tape, rng.randrange(tapes[tape].size)) for tape in range(count) if rng.random() < 0.6
        )
        after = rng.choice(ends) if rng.random() < 0.15 else rng.randrange(states)
        actions.append(Action(after, writes, moves))
        return len(actions) - 1

    def tree(tape: int, whole: bool) -> Tree:
        if tape == count or (not whole and rng.random() < 0.2):
            return action()
        groups: dict[int, list[int]] = {}
        for symbol in range(tapes[tape].size):
            groups.setdefault(rng.randrange(3), []).append(symbol)
        cases = [
            (frozenset(group), tree(tape + 1, whole))
            for group in groups.values()
            if whole or rng.random() < 0.9
        ]
        return Branch(tape, tuple(cases)) if cases else action()

    return Table(
        name="random",
        tapes=tapes,
        states=tuple(
            State(rng.choice(_STATE_NAMES), Place("m", 1, 1), tree(0, index == 0))
            for index in range(states)
        ),
        actions=tuple(actions),
    )


def assert_runs_alike(first: Table, second: Table, data: st.DataObject) -> None:
    """Assert that two tables give the same outcome, transitions and tapes on a drawn input.

    The tapes are compared in their order, since a format may not keep their names.
    """
    texts = [data.draw(st.text(tape.symbols, max_size=6)) for tape in first.tapes]
    runs = [
        run(
            table,
            {tape.name: text for tape, text in zip(table.tapes, texts, strict=True)},
            limits=Limits(steps=60),
        )
        for table in (first, second)
    ]
    assert runs[0].outcome == runs[1].outcome
    assert runs[0].transitions == runs[1].transitions
    assert [(t.cells, t.origin, t.head) for t in runs[0].tapes] == [
        (t.cells, t.origin, t.head) for t in runs[1].tapes
    ]
