"""Text of bubble sort, by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from tasks.simulation.bubble_sort import NumberList

LETTERS = ascii_lowercase


def sample(draws: Random, low: int, high: int) -> tuple[list[int], int, int]:
    """Draw distinct numbers, and the first letters of places and passes, as alphabet indices."""
    count = draws.randint(low, high)
    values = draws.sample(range(-9999, 10000), count)
    return values, draws.randrange(26 - count), draws.randrange(26 - count)


def write(values: list[int], first: int, round: int) -> tuple[str, str]:
    """Return the text and the answer of ``tasks/simulation/bubble_sort.tm``."""
    start = LETTERS[first]
    now = values
    settled: list[int] = []
    text = ""
    while now:
        this, following = LETTERS[round], LETTERS[round + 1]
        carry = now[0]
        text += (
            f"pass {this}: first = {start} {this}{start} = {carry} ; carry {this}{start} = {carry}"
            f" -> compare {this}{start}\n"
        )
        passed = []
        place = start
        for index in range(1, len(now)):
            other, there = now[index], LETTERS[first + index]
            text += f"compare {this}{place}: carry {this}{place} = {carry} {this}{there} = {other}"
            if carry < other:
                carry, other = other, carry
            text += (
                f" ; carry {this}{there} = {carry} ; {following}{place} = {other}"
                f" -> compare {this}{there}\n"
            )
            passed.append(other)
            place = there
        text += (
            f"compare {this}{place}: carry {this}{place} = {carry} {this}"
            f"{LETTERS[first + len(now)]} = none ; top {place} = {carry} -> pass {following}\n"
        )
        settled.append(carry)
        now = passed
        round += 1
    text += (
        f"pass {LETTERS[round]}: first = {start} {LETTERS[round]}{start} = none -> list {start}\n"
    )
    settled.reverse()
    for index, value in enumerate(settled):
        place = LETTERS[first + index]
        text += (
            f"list {place}: top {place} = {value} ; ans {place} = {value} -> list "
            f"{LETTERS[first + index + 1]}\n"
        )
    last = LETTERS[first + len(settled)]
    answer = ", ".join(map(str, settled))
    return text + f"list {last}: top {last} = none -> end\nanswer: {answer}", answer


def problem(instance: NumberList) -> tuple[list[int], int, int]:
    """Return the arguments of ``write`` for an instance of the task."""
    return (
        list(instance.values),
        LETTERS.index(instance.place),
        LETTERS.index(instance.round),
    )
