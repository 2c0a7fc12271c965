"""Text of the longest common subsequence, by plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from string import ascii_lowercase

import tasks
from tasks.strings import NUMBER_NAMES, Strings

LETTERS = ascii_lowercase
LEADS = tasks.get("lcs").leads(0)
"""The words before each string in the first wording."""


def sample(draws: Random, low: int, high: int) -> tuple[str, str, int, int, int]:
    """Draw two strings, the first letters of rows and columns, and the name of 0, as indices."""
    n, m = draws.randint(low, high), draws.randint(low, high)
    x = "".join(draws.choices("ABCD", k=n))
    y = "".join(draws.choices("ABCD", k=m))
    zero = draws.randrange(len(NUMBER_NAMES))
    return x, y, draws.randrange(25 - n), draws.randrange(25 - m), zero


def write(x: str, y: str, top: int, left: int, zero: int) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/dynamic_programming/lcs.tm``."""
    rows = LETTERS[top : top + len(x) + 2]
    columns = [*LETTERS[left : left + len(y) + 2]]
    names = NUMBER_NAMES[zero:] + NUMBER_NAMES[:zero]
    r, c, nothing = rows[0], columns[0], names[0]
    text = f"read start at {r}: top = {r} ->\nread {r}, {c}: left = {c} ->\n"
    text += f"read {c}, {nothing}: zero = {nothing} ->\n"
    text += _read(x, "x", "top", rows) + " ->\n" + _read(y, "y", "left", columns)
    text += f" -> begin corner\nbegin corner: top = {r} left = {c} zero = {nothing}"
    text += f" ; {r}{c} = {nothing} -> top {r}{columns[1]}\n"
    for j, b in enumerate(y):
        before, c, after = columns[j : j + 3]
        text += (
            f"top {r}{c}: y {c} = {b} {r}{before} = {nothing} ; {r}{c} = {nothing}"
            f" -> top {r}{after}\n"
        )
    last = columns[-1]
    text += f"top {r}{last}: y {last} = end -> row {rows[1]}{last}\n"
    above = [0] * (len(y) + 1)
    table = [above]
    for i, a in enumerate(x):
        up, r = rows[i], rows[i + 1]
        c = columns[0]
        text += (
            f"row {r}{last}: x {r} = {a} left = {c} {up}{c} = {nothing} ; {r}{c} = {nothing}"
            f" -> cell {r}{columns[1]} {a}\n"
        )
        line = [0]
        length = 0
        for j, b in enumerate(y):
            before, c, after = columns[j : j + 3]
            if a == b:
                text += f"cell {r}{c} {a}: y {c} = {b} {up}{before} = {names[above[j]]}"
                length = above[j] + 1
            else:
                over = above[j + 1]
                text += (
                    f"cell {r}{c} {a}: y {c} = {b} {r}{before} = {names[length]}"
                    f" {up}{c} = {names[over]}"
                )
                length = max(length, over)
            line.append(length)
            text += f" ; {r}{c} = {names[length]} -> cell {r}{after} {a}\n"
        text += f"cell {r}{last} {a}: y {last} = end -> row {rows[i + 2]}{last}\n"
        above = line
        table.append(line)
    i, j = len(x), len(y)
    text += f"row {rows[i + 1]}{last}: x {rows[i + 1]} = end -> back {rows[i]}{columns[j]}\n"
    kept: list[str] = []
    while i and j:
        r, c, up, before = rows[i], columns[j], rows[i - 1], columns[j - 1]
        a, b, cell = x[i - 1], y[j - 1], table[i][j]
        text += f"back {r}{c}: x {r} = {a} y {c} = {b}"
        if a == b:
            kept.append(a)
            text += f" {r}{c} = {names[cell]} ; kept {names[cell]} = {a}"
            i -= 1
            j -= 1
        else:
            over = table[i - 1][j]
            text += f" -> turn {r}{c}\nturn {r}{c}: {r}{c} = {names[cell]} {up}{c} = {names[over]}"
            if over == cell:
                i -= 1
            else:
                j -= 1
                text += f" {r}{before} = {names[table[i][j]]}"
        text += f" -> back {rows[i]}{columns[j]}\n"
    r, c = rows[i], columns[j]
    text += (
        f"back {r}{c}: x {r} = {x[i - 1] if i else 'none'} y {c} = {y[j - 1] if j else 'none'}"
        f" zero = {nothing} -> write {names[1]}\n"
    )
    kept.reverse()
    for number, character in enumerate(kept, 1):
        name, written = names[number], " ".join(kept[max(0, number - 4) : number])
        text += (
            f"write {name}: kept {name} = {character} ; {written} -> write {names[number + 1]}\n"
        )
    name = names[len(kept) + 1]
    answer = " ".join(kept) or "none"
    return text + f"write {name}: kept {name} = none -> end\nanswer: {answer}", answer


def _read(string: str, name: str, border: str, places: Sequence[str]) -> str:
    """Return the steps that read a string; ``border`` is the key of the place before it."""
    lines = [f"read {LEADS[name]} {string[0]}: {border} = {places[0]} {name} {places[1]} = "]
    symbols = [*string, "end"]
    for i in range(1, len(symbols)):
        recent = " ".join(symbols[max(0, i - 3) : i + 1])
        recent = f"{LEADS[name]} {recent}" if i < 3 else recent
        lines.append(f"{symbols[i - 1]} ->\nread {recent}: {name} {places[i + 1]} = ")
    return "".join(lines) + "end"


def problem(instance: Strings) -> tuple[str, str, int, int, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    top, left = LETTERS.index(instance.top), LETTERS.index(instance.left)
    return instance.x, instance.y, top, left, NUMBER_NAMES.index(instance.zero)
