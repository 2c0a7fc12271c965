"""Workloads of the simulator benchmark: machines with long inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

import tasks
from tasks.draws import Stream
from tests.support.machines.busy import adder, counter, palindrome, scramble
from tm.formats import parse_busy_beaver
from tm.table import Table


class Workload(NamedTuple):
    """A machine and its inputs.

    Attributes
    ----------
    steps
        Maximum number of transitions.
    """

    name: str
    table: Table
    inputs: Sequence[Mapping[str, str]]
    steps: int = 10**9


def workloads(seed: int = 1) -> Iterator[Workload]:
    """Yield the workloads; ``seed`` determines random inputs and machines."""
    champion = "1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA"
    yield Workload("BB(5), 1 tape", parse_busy_beaver(champion), [{}])
    rng = Random(seed)
    half = "".join(rng.choices("01", k=500_000))
    yield Workload("palindrome, 2 tapes", palindrome(), [{"a": half + half[::-1]}])
    numbers = ["".join(rng.choices("0123456789", k=1_000_000)) for _ in range(2)]
    yield Workload("adder, 3 tapes", adder(), [{"a": numbers[0], "b": numbers[1]}])
    yield Workload("counter, 4 tapes", counter(), [{"a": "1" * 1_000_000}])
    yield Workload("random, 4 tapes, 64 states", scramble(rng), [{}], 10_000_000)
    for name in ("bubble_sort", "compare_numbers"):
        task = tasks.get(name)
        stream = Stream("benchmark", name, seed)
        instances = [task.draw(stream.at(index), "L") for index in range(1_000)]
        title = f"{name}, {len(task.table.tapes)} tapes"
        yield Workload(title, task.table, [task.inputs(instance) for instance in instances])
