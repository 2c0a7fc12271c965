"""Text of large-number addition, by plain Python."""

from __future__ import annotations

from random import Random

import tasks
from tasks.places import PLACE_NAMES
from tasks.simulation.large_number_addition import Summands

NAMES = PLACE_NAMES[2]
LEADS = tasks.get("large_number_addition").leads(0)
"""The words before each number in the first wording."""


def sample(draws: Random, low: int, high: int) -> tuple[str, str, int]:
    """Draw two decimal numbers, and the index of the name of the first place of each."""
    x, y = (_decimal(draws, draws.randint(low, high)) for _ in range(2))
    return x, y, draws.randrange(high + 2, len(NAMES) - 2 * high - 2)


def _decimal(draws: Random, count: int) -> str:
    digits = str(draws.randint(10 ** (count - 1), 10**count - 1))
    whole = draws.randint(1, count) if draws.random() < 0.5 else count
    return digits if whole == count else f"{digits[:whole]}.{digits[whole:]}"


def write(x: str, y: str, first: int) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/simulation/large_number_addition.tm``."""
    a, _, c = x.partition(".")
    b, _, d = y.partition(".")
    left, right = max(len(a), len(b)), max(len(c), len(d))
    x_cells = _cells(a, c, left, right, "." in x)
    y_cells = _cells(b, d, left, right, "." in y)
    x_names = NAMES[first + len(a) - left - 1 :]
    y_names = NAMES[first + len(b) - left - 1 :]
    point, last = left + 1, left + right + 2
    text = (
        f"read start at {NAMES[first]}: first = {NAMES[first]} ->\n"
        + _read(x, "x", LEADS["x"], first)
        + _read(y, "y", LEADS["y"], first)
        + "begin points\nbegin points: "
        + _point(x, "x", first)
        + _point(y, "y", first)
        + "->"
    )
    for i in range(point, last + 1):
        label = f"{'align' if i > point else 'point'} {x_names[i]} {y_names[i]}"
        text += f" {label}\n{label}: x {x_names[i]} = {x_cells[i]} y {y_names[i]} = {y_cells[i]}"
        text += " ->" if i < last else ""
    text += f" ; carry {x_names[last - 1]} = 0"
    carry, step = 0, "drop"
    sums: list[tuple[str, str]] = []
    for i in range(last - 1, 0, -1):
        name, other, p, q = x_names[i], y_names[i], x_cells[i], y_cells[i]
        text += (
            f" -> {step} {name} {other}\n"
            f"{step} {name} {other}: x {name} = {p} y {other} = {q} carry {name} = {carry}"
        )
        if i == point:
            text += f" ; carry {x_names[i - 1]} = {carry}"
            if step == "add":
                sums.append((name, "."))
                text += f" ; sum {name} = ."
            step = "add"
        else:
            total = carry + (int(p) if p.isdigit() else 0) + (int(q) if q.isdigit() else 0)
            carry, digit = divmod(total, 10)
            text += f" ; carry {x_names[i - 1]} = {carry}"
            if digit or step == "add":
                step = "add"
                sums.append((name, str(digit)))
                text += f" ; sum {name} = {digit}"
            else:
                text += " ; drop 0"
    name, other = x_names[0], y_names[0]
    text += (
        f" -> add {name} {other}\n"
        f"add {name} {other}: x {name} = none y {other} = none carry {name} = {carry}"
    )
    if carry:
        sums.append((name, "1"))
        text += f" ; sum {name} = 1"
    answer = ""
    for name, symbol in reversed(sums):
        answer += symbol
        text += f" -> write {name}\nwrite {name}: sum {name} = {symbol} ; {answer[-4:]}"
    below = NAMES[NAMES.index(sums[0][0]) + 1]
    text += f" -> write {below}\nwrite {below}: sum {below} = none -> end\nanswer: {answer}"
    return text, answer


def _cells(integer: str, fraction: str, left: int, right: int, has_point: bool) -> list[str]:
    """Return what the text says of each column, from one left of the numbers to one right."""
    tail = [".", *fraction, "end"] if has_point else ["end"]
    none = ["none"]
    return [
        *none * (left + 1 - len(integer)),
        *integer,
        *tail,
        *none * (right + 2 - len(tail)),
    ]


def _read(number: str, operand: str, lead: str, first: int) -> str:
    pairs = f"first = {NAMES[first]} {operand} {NAMES[first]} = {number[0]}"
    text = f"read {lead} {number[0]}: {pairs} ->\n"
    for i in range(1, len(number) + 1):
        name, symbol = NAMES[first + i], number[i : i + 1] or "end"
        window = number[max(0, i - 3) : i] + (" end" if symbol == "end" else symbol)
        text += f"read {window}: {operand} {name} = {symbol}"
        if symbol == ".":
            text += f" {operand} point = {name}"
        elif symbol == "end":
            text += f" {operand} end = {name}"
        text += " ->\n" if i < len(number) or operand == "x" else " -> "
    return text


def _point(number: str, operand: str, first: int) -> str:
    place = number.find(".")
    if place < 0:
        return f"{operand} point = none {operand} end = {NAMES[first + len(number)]} "
    return f"{operand} point = {NAMES[first + place]} "


def problem(instance: Summands) -> tuple[str, str, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    return instance.x, instance.y, NAMES.index(instance.first)
