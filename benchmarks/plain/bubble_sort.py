"""The text of bubble sort by plain Python."""

from __future__ import annotations

from random import Random
from string import ascii_lowercase

from tasks.simulation.bubble_sort import Numbers


def sample(draws: Random, low: int, high: int) -> tuple[list[int], int, int]:
    """Distinct numbers, and where in the alphabet the places and the passes begin."""
    count = draws.randint(low, high)
    values = draws.sample(range(-9999, 10000), count)
    return values, draws.randrange(26 - count), draws.randrange(26 - count)


def write(values: list[int], first: int, round: int) -> tuple[str, str]:
    """The text and the answer of ``tasks/simulation/bubble_sort.tm``, by appending strings."""
    start = ascii_lowercase[first]
    now = values
    settled: list[int] = []
    text = ""
    while now:
        this, following = ascii_lowercase[round], ascii_lowercase[round + 1]
        carry = now[0]
        text += (
            f"pass {this}: first = {start} {this}{start} = {carry} ; carry {this}{start} = {carry}"
            f" -> compare {this}{start}\n"
        )
        passed = []
        place = start
        for index in range(1, len(now)):
            other, there = now[index], ascii_lowercase[first + index]
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
            f"{ascii_lowercase[first + len(now)]} = none ; top {place} = {carry} -> pass {following}\n"
        )
        settled.append(carry)
        now = passed
        round += 1
    text += f"pass {ascii_lowercase[round]}: first = {start} {ascii_lowercase[round]}{start} = none -> list {start}\n"
    settled.reverse()
    for index, value in enumerate(settled):
        place = ascii_lowercase[first + index]
        text += (
            f"list {place}: top {place} = {value} ; ans {place} = {value} -> list "
            f"{ascii_lowercase[first + index + 1]}\n"
        )
    last = ascii_lowercase[first + len(settled)]
    answer = ", ".join(map(str, settled))
    return text + f"list {last}: top {last} = none -> end\nanswer: {answer}", answer


def problem(instance: Numbers) -> tuple[list[int], int, int]:
    """What ``write`` takes, of an instance of ours."""
    return (
        list(instance.values),
        ascii_lowercase.index(instance.place),
        ascii_lowercase.index(instance.round),
    )
