"""The machines that the simulator is timed on, each with inputs that keep it busy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import NamedTuple

import tasks
from tasks.draws import Stream
from tm.formats import parse_busy_beaver
from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape
from tm.trees import Branch, Tree

_HEADS = "LSR"


class Case(NamedTuple):
    """A machine at work: its name, table and inputs, and after how many transitions to stop."""

    name: str
    table: Table
    inputs: Sequence[Mapping[str, str]]
    steps: int = 10**9


Rule = tuple[str, str, str, str, str]
"""State, symbols read, symbols written, moves (L, S, R a tape) and target; ``_`` is the blank."""


def cases(seed: int = 1) -> Iterator[Case]:
    """The machines of the benchmark."""
    champion = "1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA"
    yield Case("BB(5), 1 tape", parse_busy_beaver(champion), [{}])
    rng = Random(seed)
    half = "".join(rng.choices("01", k=500_000))
    yield Case("palindrome, 2 tapes", palindrome(), [{"a": half + half[::-1]}])
    numbers = ["".join(rng.choices("0123456789", k=1_000_000)) for _ in range(2)]
    yield Case("adder, 3 tapes", adder(), [{"a": numbers[0], "b": numbers[1]}])
    yield Case("counter, 4 tapes", counter(), [{"a": "1" * 1_000_000}])
    yield Case("random, 4 tapes, 64 states", scramble(rng), [{}], 10_000_000)
    for name in ("bubble_sort", "compare_numbers"):
        task = tasks.get(name)
        stream = Stream("benchmark", name, seed)
        instances = [task.draw(stream.at(index), "L") for index in range(1_000)]
        title = f"{name}, {len(task.table.tapes)} tapes"
        yield Case(title, task.table, [task.tapes(instance) for instance in instances])


def palindrome() -> Table:
    """Copy a word of 0 and 1, go back to its beginning, compare it with the copy from its end."""
    rules: list[Rule] = []
    for x in "01":
        rules.append(("copy", x + "_", x + x, "RR", "copy"))
        rules.append(("back", x + "_", x + "_", "LS", "back"))
        rules.append(("compare", x + x, x + x, "RL", "compare"))
    rules += [("compare", xy, xy, "SS", "reject") for xy in ("01", "10")]
    rules.append(("copy", "__", "__", "LS", "back"))
    rules.append(("back", "__", "__", "RL", "compare"))
    rules.append(("compare", "__", "__", "SS", "accept"))
    return table("palindrome", ["01", "01"], rules)


def adder() -> Table:
    """Add two numbers of the same length: to their right ends, then leftwards with a carry."""
    digits = "0123456789"
    rules: list[Rule] = [("right", "___", "___", "LLS", "add0")]
    for x, y in product(digits, digits):
        rules.append(("right", x + y + "_", x + y + "_", "RRS", "right"))
        for carry in (0, 1):
            total = int(x) + int(y) + carry
            written = x + y + str(total % 10)
            rules.append((f"add{carry}", x + y + "_", written, "LLL", f"add{total // 10}"))
    rules.append(("add0", "___", "___", "SSS", "accept"))
    rules.append(("add1", "___", "__1", "SSS", "accept"))
    return table("adder", [digits] * 3, rules)


def counter() -> Table:
    """Count the strokes on the first tape on three others, to the bases 10, 2 and 3."""
    bases = ("0123456789", "01", "012")
    rules: list[Rule] = []

    def rule(state: str, tape: int, read: str, write: str, move: str, target: str) -> None:
        """A rule that looks at one tape only, whatever stands on the others."""
        alphabets = ["1_", *(base + "_" for base in bases)]
        alphabets[tape] = read
        for symbols in product(*alphabets):
            written = [*symbols]
            written[tape] = write
            moves = ["S"] * 4
            moves[tape] = move
            rules.append((state, "".join(symbols), "".join(written), "".join(moves), target))

    rule("tick", 0, "1", "1", "R", "up1")
    rule("tick", 0, "_", "_", "S", "accept")
    for tape, base in enumerate(bases, start=1):
        up, down = f"up{tape}", f"down{tape}"
        for digit, more in zip("_" + base[:-1], base[1:2] + base[1:], strict=True):
            rule(up, tape, digit, more, "R", down)
        rule(up, tape, base[-1], "0", "L", up)
        for digit in base:
            rule(down, tape, digit, digit, "R", down)
        rule(down, tape, "_", "_", "L", f"up{tape + 1}" if tape < 3 else "tick")
    return table("counter", ["1", *bases], rules)


def scramble(rng: Random, states: int = 64) -> Table:
    """A rule for every situation, chosen at random; it never halts."""
    rules = [
        (f"s{state}", "".join(read), "".join(rng.choices("01_", k=4)),
         "".join(rng.choices(_HEADS, k=4)), f"s{rng.randrange(states)}")
        for state in range(states)
        for read in product("01_", repeat=4)
    ]  # fmt: skip
    return table("random", ["01"] * 4, rules)


def table(name: str, alphabets: list[str], rules: list[Rule]) -> Table:
    """A table of plain rules, the first rule's state the first."""
    tapes = tuple(
        Tape(name=chr(ord("a") + i), symbols=(BLANK, *symbols), word=frozenset(symbols))
        for i, symbols in enumerate(alphabets)
    )
    place = Place(name, 1, 1)
    names = list(dict.fromkeys(rule[0] for rule in rules))
    targets = {"accept": ACCEPT, "reject": REJECT} | {n: i for i, n in enumerate(names)}
    actions: list[Action] = []
    trees: dict[str, dict[tuple[int, ...], int]] = {name: {} for name in names}
    for state, read, write, move, target in rules:
        symbols = [_symbols(tapes, text) for text in (read, write)]
        writes = tuple((t, w) for t, (r, w) in enumerate(zip(*symbols, strict=True)) if r != w)
        moves = tuple((t, _HEADS.index(m) - 1) for t, m in enumerate(move) if m != "S")
        trees[state][symbols[0]] = len(actions)
        actions.append(Action(targets[target], writes, moves))
    return Table(
        name=name,
        tapes=tapes,
        states=tuple(State(n, place, _tree(trees[n])) for n in names),
        actions=tuple(actions),
    )


def _symbols(tapes: tuple[Tape, ...], text: str) -> tuple[int, ...]:
    return tuple(
        0 if character == "_" else tape.symbols.index(character)
        for tape, character in zip(tapes, text, strict=True)
    )


def _tree(rows: dict[tuple[int, ...], int], tape: int = 0) -> Tree:
    """A tree that reads the tapes from ``tape`` on, in order."""
    if () in rows:
        return rows[()]
    groups: dict[int, dict[tuple[int, ...], int]] = {}
    for (first, *rest), action in rows.items():
        groups.setdefault(first, {})[tuple(rest)] = action
    cases = ((frozenset([s]), _tree(rest, tape + 1)) for s, rest in sorted(groups.items()))
    return Branch(tape, tuple(cases))
