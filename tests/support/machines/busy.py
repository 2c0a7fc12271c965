"""Small machines over plain symbols, and tables from rows of rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random

from tm.table import ACCEPT, BLANK, REJECT, Action, Place, State, Table, Tape
from tm.trees import Branch, Tree

_MOVES = "LSR"

RuleRow = tuple[str, str, str, str, str]
"""State, symbols read, symbols written, moves (L, S or R per tape), target; ``_`` is the blank."""


def palindrome() -> Table:
    """Return a machine that accepts even and odd palindromes over 0 and 1.

    It copies the word, returns to its beginning and compares it with the copy from its end.
    """
    rules: list[RuleRow] = []
    for x in "01":
        rules.append(("copy", x + "_", x + x, "RR", "copy"))
        rules.append(("back", x + "_", x + "_", "LS", "back"))
        rules.append(("compare", x + x, x + x, "RL", "compare"))
    rules += [("compare", xy, xy, "SS", "reject") for xy in ("01", "10")]
    rules.append(("copy", "__", "__", "LS", "back"))
    rules.append(("back", "__", "__", "RL", "compare"))
    rules.append(("compare", "__", "__", "SS", "accept"))
    return rule_table("palindrome", ["01", "01"], rules)


def adder() -> Table:
    """Return a machine that adds two numbers of equal length, from right to left with a carry."""
    digits = "0123456789"
    rules: list[RuleRow] = [("right", "___", "___", "LLS", "add0")]
    for x, y in product(digits, digits):
        rules.append(("right", x + y + "_", x + y + "_", "RRS", "right"))
        for carry in (0, 1):
            total = int(x) + int(y) + carry
            written = x + y + str(total % 10)
            rules.append((f"add{carry}", x + y + "_", written, "LLL", f"add{total // 10}"))
    rules.append(("add0", "___", "___", "SSS", "accept"))
    rules.append(("add1", "___", "__1", "SSS", "accept"))
    return rule_table("adder", [digits] * 3, rules)


def counter() -> Table:
    """Return a machine that counts strokes on three other tapes, to the bases 10, 2 and 3."""
    bases = ("0123456789", "01", "012")
    rules: list[RuleRow] = []

    def rule(state: str, tape: int, read: str, write: str, move: str, target: str) -> None:
        """Add rules that read one tape only: one for each content of the others."""
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
        for digit, successor in zip("_" + base[:-1], base[1:2] + base[1:], strict=True):
            rule(up, tape, digit, successor, "R", down)
        rule(up, tape, base[-1], "0", "L", up)
        for digit in base:
            rule(down, tape, digit, digit, "R", down)
        rule(down, tape, "_", "_", "L", f"up{tape + 1}" if tape < 3 else "tick")
    return rule_table("counter", ["1", *bases], rules)


def scramble(rng: Random, states: int = 64) -> Table:
    """Return a machine with a random rule for every situation, which never halts."""
    rules = [
        (f"s{state}", "".join(read), "".join(rng.choices("01_", k=4)),
         "".join(rng.choices(_MOVES, k=4)), f"s{rng.randrange(states)}")
        for state in range(states)
        for read in product("01_", repeat=4)
    ]  # fmt: skip
    return rule_table("random", ["01"] * 4, rules)


def rule_table(name: str, alphabets: Sequence[str], rules: Sequence[RuleRow]) -> Table:
    """Return the table of rules over tapes a, b, c …; the state of the first rule is initial."""
    tapes = tuple(
        Tape(name=chr(ord("a") + index), symbols=(BLANK, *symbols), word=frozenset(symbols))
        for index, symbols in enumerate(alphabets)
    )
    place = Place(name, 1, 1)
    names = list(dict.fromkeys(rule[0] for rule in rules))
    targets = {"accept": ACCEPT, "reject": REJECT}
    targets |= {state: index for index, state in enumerate(names)}
    actions: list[Action] = []
    situations: dict[str, dict[tuple[int, ...], int]] = {state: {} for state in names}
    for state, read, write, move, target in rules:
        symbols = [_symbols(tapes, text) for text in (read, write)]
        writes = tuple((t, w) for t, (r, w) in enumerate(zip(*symbols, strict=True)) if r != w)
        moves = tuple((t, _MOVES.index(m) - 1) for t, m in enumerate(move) if m != "S")
        situations[state][symbols[0]] = len(actions)
        actions.append(Action(targets[target], writes, moves))
    return Table(
        name=name,
        tapes=tapes,
        states=tuple(State(state, place, _tree(situations[state])) for state in names),
        actions=tuple(actions),
    )


def _symbols(tapes: tuple[Tape, ...], text: str) -> tuple[int, ...]:
    return tuple(
        0 if character == "_" else tape.symbols.index(character)
        for tape, character in zip(tapes, text, strict=True)
    )


def _tree(actions: dict[tuple[int, ...], int], tape: int = 0) -> Tree:
    """Return a tree that reads the tapes from ``tape`` on, in order."""
    if () in actions:
        return actions[()]
    groups: dict[int, dict[tuple[int, ...], int]] = {}
    for (first, *rest), action in actions.items():
        groups.setdefault(first, {})[tuple(rest)] = action
    cases = ((frozenset([s]), _tree(rest, tape + 1)) for s, rest in sorted(groups.items()))
    return Branch(tape, tuple(cases))
