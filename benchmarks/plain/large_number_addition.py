"""Text of large-number addition, by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from tasks.simulation.large_number_addition import Summands

LETTERS = ascii_lowercase
NAMES = [a + b for a in LETTERS for b in LETTERS]


def sample(draws: Random, low: int, high: int) -> tuple[str, str, int]:
    """Draw two decimal numbers, and the index of the name of the lowest place."""
    x, y = (_decimal(draws, draws.randint(low, high)) for _ in range(2))
    return x, y, draws.randrange(1, len(NAMES) - 2 * high - 2)


def _decimal(draws: Random, count: int) -> str:
    digits = str(draws.randint(10 ** (count - 1), 10**count - 1))
    whole = draws.randint(1, count) if draws.random() < 0.5 else count
    return digits if whole == count else f"{digits[:whole]}.{digits[whole:]}"


def write(x: str, y: str, first: int) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/simulation/large_number_addition.tm``."""
    a, _, c = x.partition(".")
    b, _, d = y.partition(".")
    fraction, whole = max(len(c), len(d)), max(len(a), len(b))
    xs = (a.rjust(whole) + "." + c.ljust(fraction))[::-1]
    ys = (b.rjust(whole) + "." + d.ljust(fraction))[::-1]
    names = NAMES[first : first + len(xs) + 1]
    text = f"begin: first = {names[0]} ; carry {names[0]} = 0 -> add tail {names[0]}\n"
    carry, part = 0, "tail"
    sums: list[tuple[str, str]] = []
    for i, (p, q) in enumerate(zip(xs, ys)):  # noqa: B905 - strict is slower
        name, after = names[i], names[i + 1]
        before = part
        if p == ".":
            text += f"add {before} {name}: x {name} = point y {name} = point carry {name} = {carry}"
            part = "body"
            if before == "body":
                sums.append((name, "point"))
                text += f" ; sum {name} = point"
        else:
            text += (
                f"add {before} {name}: x {name} = {p if p != ' ' else 'none'} "
                f"y {name} = {q if q != ' ' else 'none'} carry {name} = {carry}"
            )
            total = carry + (int(p) if p != " " else 0) + (int(q) if q != " " else 0)
            carry, digit = divmod(total, 10)
            if digit:
                part = "body"
            if part == "body":
                sums.append((name, str(digit)))
                text += f" ; sum {name} = {digit}"
        text += f" ; carry {after} = {carry} -> add {part} {after}\n"
    last = names[len(xs)]
    text += f"add {part} {last}: x {last} = none y {last} = none carry {last} = {carry}"
    if carry:
        sums.append((last, "1"))
        text += f" ; sum {last} = 1"
    answer = ""
    for i in range(len(sums) - 1, -1, -1):
        name, symbol = sums[i]
        text += f" -> write {name}\nwrite {name}: sum {name} = {symbol} ; ans {name} = {symbol}"
        answer += "." if symbol == "point" else symbol
    below = NAMES[NAMES.index(sums[0][0]) - 1]
    text += f" -> write {below}\nwrite {below}: sum {below} = none -> end\nanswer: {answer}"
    return text, answer


def problem(instance: Summands) -> tuple[str, str, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    return instance.x, instance.y, NAMES.index(instance.first)
