"""Text of the 0/1 knapsack, by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from tasks.dynamic_programming.knapsack_01 import Knapsack

LETTERS = ascii_lowercase
ROOMS = "ABCDEFGHIJKLMNOP"
PLACES = ("ones", "tens", "hundreds")

Best = tuple[str, str]
"""Name of a best choice, and the digits of its value, lowest first."""

NOTHING: Best = ("0", "000")


def sample(draws: Random, low: int, high: int) -> tuple[list[int], list[str], int, int]:
    """Draw weights, digits of values, the capacity, and the index of the first item's letter."""
    n = draws.randint(low, high)
    weights = [draws.randint(1, 9) for _ in range(n)]
    values = [_digits(draws.randint(1, 20)) for _ in range(n)]
    return weights, values, draws.randint(min(weights) + 1, 15), draws.randrange(1, 26 - n)


def _digits(value: int) -> str:
    return f"{value:03d}"[::-1]


def write(weights: list[int], values: list[str], capacity: int, first: int) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/dynamic_programming/knapsack_01.tm``.

    It is a recursion with a memo. The text of a step is completed when the next label is known.
    """
    letters = LETTERS[first:]
    parts = [f"begin: first = {letters[0]}"]
    for a, value in zip(letters, values):  # noqa: B905 - strict is slower
        t, h = value[1], value[2]
        parts.append(
            f" -> raise {a}\nraise {a}: tens {a} = {t} hundreds {a} = {h}"
            f" ; more tens {a} = {int(t) + 1} ; more hundreds {a} = {int(h) + 1}"
        )
    a = letters[len(weights)]
    parts.append(f" -> raise {a}\nraise {a}: tens {a} = none capacity = {ROOMS[capacity]}")
    memo: dict[tuple[int, int], Best] = {}

    def ask(i: int, room: int, asker: str, way: str) -> Best:
        """Return the best choice of the items up to i, for the cell ``asker``."""
        a, below = LETTERS[first + i], LETTERS[first + i - 1]
        cell = f"{a}{ROOMS[room]}"
        parts.append(f" -> ask {cell} {asker} {way}\nask {cell} {asker} {way}:")
        if room == 0:
            return NOTHING
        if (i, room) in memo:
            parts.append(f" best {cell} = {memo[i, room][0]}")
            return memo[i, room]
        lower = weights[i - 1] if i else "none"
        parts.append(
            f" best {cell} = none weight {below} = {lower} weight {a} = {weights[i]}"
            f" ; asked {cell} = {asker}"
        )
        if way != "take":
            parts.append(f" ; taken {asker} = {way}")
        if i:
            best = find(i, room, a, cell)
        else:
            best = (a, values[0]) if weights[0] <= room else NOTHING
        name, taken = best[0], "" if way == "take" else f" taken {asker} = {way}"
        parts.append(
            f" -> store {cell} {name}\nstore {cell} {name}: asked {cell} = {asker}{taken}"
            f" ; best {cell} = {name}"
        )
        memo[i, room] = best
        return best

    def find(i: int, room: int, a: str, cell: str) -> Best:
        """Return the better choice of two, with item i and without it."""
        weight, own = weights[i], values[i]
        if weight > room:
            return ask(i - 1, room, cell, "heavy")
        name, value = ask(i - 1, room - weight, cell, "take")
        if name == NOTHING[0]:
            way, mine, total = "alone", a, own
        else:
            way, mine, total, carry = "sum", cell, "", 0
            for place, d, e in zip(PLACES, own, value):  # noqa: B905
                key = f"more {place}" if carry else place
                p = int(d) + carry
                carry, digit = divmod(p + int(e), 10)
                total += str(digit)
                parts.append(
                    f" -> add {key} {cell} {name}\nadd {key} {cell} {name}: "
                    f"{key} {a} = {p} {place} {name} = {e} ; {place} {cell} = {digit}"
                )
        best = ask(i - 1, room, cell, way)
        if best is NOTHING:
            return mine, total
        other = best[0]
        for k in (2, 1, 0):
            place, d, e = PLACES[k], total[k], best[1][k]
            parts.append(
                f" -> compare {place} {cell} {other} {way}\ncompare {place} {cell} {other} {way}: "
                f"{place} {mine} = {d} {place} {other} = {e}"
            )
            if d != e:
                return (mine, total) if d > e else best
        return best

    top = f"{a}{ROOMS[capacity]}"
    name, value = ask(len(weights) - 1, capacity, top, "heavy")
    parts.append(
        f" -> store {top} {name}\nstore {top} {name}: asked {top} = none ; best {top} = {name}"
    )
    for k in (2, 1, 0):
        place, d = PLACES[k], value[k]
        parts.append(
            f" -> total {place} {name}\ntotal {place} {name}: {place} {name} = {d}"
            f" ; ans {place} = {d}"
        )
    answer = value[::-1].lstrip("0")
    parts.append(f" -> end\nanswer: {answer}")
    return "".join(parts), answer


def problem(instance: Knapsack) -> tuple[list[int], list[str], int, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    values = [_digits(value) for value in instance.values]
    return list(instance.weights), values, instance.capacity, LETTERS.index(instance.first)
