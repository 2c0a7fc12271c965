"""Text of bubble sort, by plain Python."""

from __future__ import annotations

from random import Random

import tasks
from tasks.places import PLACE_NAMES
from tasks.simulation.bubble_sort import NumberList

NAMES = PLACE_NAMES[2]
LEAD = tasks.get("bubble_sort").leads(0)["list"]
"""The words before the list in the first wording."""


def sample(draws: Random, low: int, high: int) -> tuple[list[int], int]:
    """Draw distinct numbers, and the index of the first name."""
    count = draws.randint(low, high)
    values = draws.sample(range(-9999, 10000), count)
    return values, draws.randrange(len(NAMES) - (count + 1) * (count + 2) // 2)


def write(values: list[int], place: int) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/simulation/bubble_sort.tm``."""
    first = NAMES[place]
    text = (
        f"read start at {first}: first = {first} ->\n"
        f"read {LEAD} {values[0]}: first = {first} {first} = {values[0]} ->\n"
    )
    for index in range(1, len(values)):
        before, value = values[index - 1], values[index]
        text += f"read {before}, {value}: {NAMES[place + index]} = {value} ->\n"
    fresh = place + len(values) + 1
    text += (
        f"read {values[-1]}, end: {NAMES[fresh - 1]} = end -> begin {NAMES[fresh]}\n"
        f"begin {NAMES[fresh]}: first = {first} -> compare {first} {NAMES[fresh]}\n"
    )
    now = values
    settled: list[tuple[str, int]] = []
    while now:
        carry, here, free = now[0], NAMES[place], NAMES[fresh]
        passed = []
        for other in now[1:]:
            place += 1
            fresh += 1
            there, next_free = NAMES[place], NAMES[fresh]
            text += f"compare {here} {free}: {here} = {carry} {there} = {other}"
            smaller = other
            if carry < other:
                carry, smaller = other, carry
            text += f" ; {there} = {carry} ; {free} = {smaller} -> compare {there} {next_free}\n"
            passed.append(smaller)
            here, free = there, next_free
        end = NAMES[place + 1]
        place += 2
        fresh += 1
        text += (
            f"compare {here} {free}: {here} = {carry} {end} = end ; top {end} = {carry}"
            f" ; {free} = end ; before {free} = {end} -> compare {NAMES[place]} {NAMES[fresh]}\n"
        )
        settled.append((end, carry))
        now = passed
    text += (
        f"compare {NAMES[place]} {NAMES[fresh]}: {NAMES[place]} = end before {NAMES[place]} ="
        f" {settled[-1][0]} -> list {settled[-1][0]}\n"
    )
    for index in range(len(settled) - 1, -1, -1):
        end, carry = settled[index]
        next_end = settled[index - 1][0] if index else "none"
        text += (
            f"list {end}: top {end} = {carry} before {end} = {next_end} ; ans {end} = {carry} -> "
            + (f"list {next_end}\n" if index else "end\n")
        )
    answer = ", ".join([str(value) for _, value in reversed(settled)])
    return text + f"answer: {answer}", answer


def problem(instance: NumberList) -> tuple[list[int], int]:
    """Return the arguments of ``write`` for an instance of the task."""
    return list(instance.values), NAMES.index(instance.first)
