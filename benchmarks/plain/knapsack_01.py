"""Text of the 0/1 knapsack, by plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from string import ascii_lowercase

import tasks
from tasks.dynamic_programming.knapsack_01 import Knapsack

LETTERS = ascii_lowercase
LEADS = tasks.get("knapsack_01").leads(0)
"""The words before each operand in the first wording."""
UNITS = ("ones", "tens", "hundreds")


def sample(draws: Random, low: int, high: int) -> tuple[list[int], list[int], int, int]:
    """Draw weights, values, the capacity, and the index of the first item's letter."""
    n = draws.randint(low, high)
    weights = [draws.randint(1, 9) for _ in range(n)]
    values = [draws.randint(1, 20) for _ in range(n)]
    return weights, values, draws.randint(min(weights) + 1, 15), draws.randrange(1, 26 - n)


def write(
    weights: Sequence[int], values: Sequence[int], capacity: int, first: int
) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/dynamic_programming/knapsack_01.tm``.

    It is a recursion with a memo. The text of a step is completed when the next label is known.
    """
    items, end = LETTERS[first : first + len(weights)], LETTERS[first + len(weights)]
    parts = [
        f"read start at {items[0]}: first = {items[0]} ->\n",
        _read(weights, LEADS["weights"], "weight", items + end),
        _read(values, LEADS["values"], "value", items + end),
        f"read {LEADS['capacity']} {capacity}: weight {end} = end capacity = {capacity}",
    ]
    memo: dict[str, str] = {}
    digits = {a: str(value)[::-1] for a, value in zip(items, values, strict=True)}

    def digit(choice: str, k: int) -> str:
        return digits[choice][k] if k < len(digits[choice]) else "none"

    def ask(i: int, room: int, asker: str) -> str:
        """Return the best choice of the items up to i, for the cell ``asker``."""
        a, below = items[i], LETTERS[first + i - 1]
        cell, weight = f"{a}{room}", weights[i]
        parts.append(f" -> ask {cell} {asker or 'end'}\nask {cell} {asker or 'end'}:")
        if room == 0:
            parts.append(" ; empty")
            return "0"
        if cell in memo:
            parts.append(f" best {cell} = {memo[cell]}")
            return memo[cell]
        parts.append(f" best {cell} = none weight {below} = {weights[i - 1] if i else 'none'}")
        if i == 0:
            memo[cell] = a if weight <= room else "0"
            parts.append(f" weight {a} = {weight} ; best {cell} = {memo[cell]}")
            return memo[cell]
        parts.append(f" -> weigh {cell}\nweigh {cell}: weight {a} = {weight}")
        again = f" ; asked {below}{room} = {cell}"
        mine, way = a, "heavy"
        if weight <= room:
            rest = room - weight
            parts.append(f" ; taken {cell} = {rest} ; asked {below}{rest} = {cell}")
            best = ask(i - 1, rest, cell)
            way = "alone" if best == "0" else "sum"
            back = f"back {cell} {rest} {best}"
            parts.append(f" -> {back}\n{back}: taken {cell} = {rest} ; taken {cell} = {way}{again}")
            if way == "sum":
                mine = cell
                add(i, cell, best)
        else:
            parts.append(f" ; taken {cell} = heavy{again}")
        best = ask(i - 1, room, cell)
        parts.append(f" -> back {cell} {room} {best}\nback {cell} {room} {best}:")
        parts.append(f" taken {cell} = {way}")
        if way != "heavy":
            best = better(mine, best, f"{cell} {best} {way}", cell)
        memo[cell] = best
        parts.append(f" asked {cell} = {asker or 'none'} ; best {cell} = {best}")
        return best

    def add(i: int, cell: str, best: str) -> None:
        """Add the value of item i and that of a choice."""
        own, total = f"value {items[i]} = {values[i]}", ""
        more = values[i]  # what is left of it, and carried
        for k, (unit, carry) in enumerate(zip(UNITS, ("carry", "over", ""), strict=True)):
            other = digit(best, k)
            label = f"add {unit} {cell} {best}"
            parts.append(f" -> {label}\n{label}: {own} {unit} {best} = {other}")
            if k and not more and other == "none":
                break
            more, rest = divmod(more + _number(other), 10)
            total += str(rest)
            if more:
                parts.append(f" ; {carry} {cell} = {more}")
            parts.append(f" ; {unit} {cell} = {rest}")
            own = f"{carry} {cell} = {more or 'none'}"
        digits[cell] = total

    def better(mine: str, best: str, label: str, cell: str) -> str:
        """Return the better of two choices, by their digits."""
        if best == "0":
            return mine
        order = "equal"
        for k in (2, 1, 0):
            unit, d, e = UNITS[k], digit(mine, k), digit(best, k)
            a, b = _number(d), _number(e)
            order = "less" if a < b else "greater" if a > b else "equal"
            parts.append(
                f" -> compare {unit} {label}\ncompare {unit} {label}: "
                f"{unit} {mine} = {d} {unit} {best} = {e} ; {order}"
            )
            if order != "equal":
                break
        best = mine if order == "greater" else best
        parts.append(f" -> store {cell} {best}\nstore {cell} {best}:")
        return best

    best = ask(len(weights) - 1, capacity, "")
    for k in (2, 1, 0):
        unit, d = UNITS[k], digit(best, k)
        parts.append(f" -> total {unit} {best}\ntotal {unit} {best}: {unit} {best} = {d}")
        parts.append("" if d == "none" else f" ; ans {unit} = {d}")
    answer = digits[best][::-1]
    parts.append(f" -> end\nanswer: {answer}")
    return "".join(parts), answer


def _number(digit: str) -> int:
    return 0 if digit == "none" else int(digit)


def _read(numbers: Sequence[int], lead: str, key: str, names: str) -> str:
    """Return the steps that read a list of weights or of values."""
    text = f"read {lead} {numbers[0]}: first = {names[0]}"
    following = [*numbers[1:], "end"]
    for index, (name, number) in enumerate(zip(names, numbers)):  # noqa: B905
        text += f" {key} {name} = {number}"
        if key == "value":
            text += f" tens {name} = {number // 10}" if number > 9 else ""
            text += f" ones {name} = {number % 10}"
        last = f"{numbers[index - 1]}, {number}" if index else number
        text += f" ->\nread {last}, {following[index]}:"
    return text + f" {key} {names[-1]} = end ->\n"


def problem(instance: Knapsack) -> tuple[tuple[int, ...], tuple[int, ...], int, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    first = LETTERS.index(instance.first)
    return instance.weights, instance.values, instance.capacity, first
