"""The text of the 0/1 knapsack by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from tasks.dynamic_programming.knapsack_01 import Knapsack

LETTERS = ascii_lowercase
ROOMS = "ABCDEFGHIJKLMNOP"
PLACES = ("ones", "tens", "hundreds")

Best = tuple[str, str]
"""The name of a best choice, and the digits of its value, the ones first."""
NOTHING: Best = ("none", "")


def sample(draws: Random, low: int, high: int) -> tuple[list[int], list[str], int, int]:
    """Weights, the digits of values, the capacity, and where in the alphabet the items begin."""
    n = draws.randint(low, high)
    weights = [draws.randint(1, 9) for _ in range(n)]
    values = [_digits(draws.randint(1, 20)) for _ in range(n)]
    return weights, values, draws.randint(min(weights) + 1, 15), draws.randrange(1, 26 - n)


def _digits(value: int) -> str:
    return f"{value:03d}"[::-1]


def write(weights: list[int], values: list[str], capacity: int, first: int) -> tuple[str, str]:
    """The text and the answer of ``tasks/dynamic_programming/knapsack_01.tm``.

    A recursion with a memo; each step's text ends where the next one's label is known.
    """
    letters = LETTERS[first:]
    parts = [f"begin: first = {letters[0]}"]
    for a, value in zip(letters, values):  # noqa: B905 - strict is slower
        _, t, h = value
        parts.append(
            f" -> raise {a}\nraise {a}: tens {a} = {t} hundreds {a} = {h}"
            f" ; more tens {a} = {int(t) + 1} ; more hundreds {a} = {int(h) + 1}"
        )
    a = letters[len(weights)]
    parts.append(f" -> raise {a}\nraise {a}: tens {a} = none capacity = {ROOMS[capacity]}")
    memo: dict[tuple[int, int], tuple[str, Best]] = {}

    def ask(i: int, room: int, asker: str, way: str) -> Best:
        """The best of the items up to i, which the cell ``asker`` asks for."""
        a = LETTERS[first + i]
        cell = f"{a}{ROOMS[room]}"
        parts.append(f" -> ask {cell} {asker}\nask {cell} {asker}: asked {cell} = ")
        if (i, room) in memo:
            known, best = memo[i, room]
            parts.append(known)
            return best
        if i < 0:
            parts.append(f"none weight {a} = none")
            return NOTHING
        parts.append(f"none weight {a} = {weights[i]}")
        if room == 0:
            return NOTHING
        parts.append(f" ; asked {cell} = {way}")
        best = find(i, room)
        above = LETTERS[first + i + 1]
        parts.append(f" -> store {cell} {best[0]}\nstore {cell} {best[0]}: asked {cell} = {way}")
        if way == "take":
            parts.append(f" weight {above} = {weights[i + 1]}")
        parts.append(f" ; best {cell} = {best[0]}")
        memo[i, room] = way, best
        return best

    def find(i: int, room: int) -> Best:
        a, below = LETTERS[first + i], LETTERS[first + i - 1]
        cell, weight = f"{a}{ROOMS[room]}", weights[i]
        best = ask(i - 1, room, cell, "skip")
        parts.append(f" -> take {cell}\ntake {cell}: weight {a} = {weight}")
        if weight > room:
            parts.append(f" best {below}{ROOMS[room]} = {best[0]}")
            return best
        rest = room - weight
        part = ask(i - 1, rest, cell, "take")
        parts.append(
            f" -> weigh {cell} {below}{ROOMS[rest]}\nweigh {cell} {below}{ROOMS[rest]}: "
            f"best {below}{ROOMS[rest]} = {part[0]} best {below}{ROOMS[room]} = {best[0]}"
        )
        own, other = values[i], best[0]
        if best is NOTHING:
            return a, own
        if part is NOTHING:
            total = own
            for place, d in zip(PLACES, own):  # noqa: B905
                parts.append(
                    f" -> copy {place} {cell} {other}\ncopy {place} {cell} {other}: "
                    f"{place} {a} = {d} ; {place} {cell} = {d}"
                )
        else:
            total, carry, beside = "", 0, part[0]
            for place, d, e in zip(PLACES, own, part[1]):  # noqa: B905
                key = f"more {place}" if carry else place
                p = int(d) + carry
                carry, digit = divmod(p + int(e), 10)
                total += str(digit)
                parts.append(
                    f" -> add {key} {cell} {beside} {other}\nadd {key} {cell} {beside} {other}: "
                    f"{key} {a} = {p} {place} {beside} = {e} ; {place} {cell} = {digit}"
                )
        for k in (2, 1, 0):
            place, d, e = PLACES[k], total[k], best[1][k]
            parts.append(
                f" -> compare {place} {cell} {other}\ncompare {place} {cell} {other}: "
                f"{place} {cell} = {d} {place} {other} = {e}"
            )
            if d != e:
                return (cell, total) if d > e else best
        return best

    last = len(weights) - 1
    cell = f"{letters[last]}{ROOMS[capacity]}"
    name, value = find(last, capacity)
    parts.append(f" -> store {cell} {name}\nstore {cell} {name}: asked {cell} = none")
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
    """What ``write`` takes, of an instance of ours."""
    values = [_digits(value) for value in instance.values]
    return list(instance.weights), values, instance.capacity, LETTERS.index(instance.first)
