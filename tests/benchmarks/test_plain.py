"""Each plain generator makes the machine's texts, character by character."""

from pkgutil import iter_modules

import pytest

import benchmarks.plain
import tasks
from benchmarks.tasks import plain_generator
from benchmarks.text import machine_texts, plain_texts

NAMES = [module.name for module in iter_modules(benchmarks.plain.__path__)]


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_generator_makes_the_texts_of_the_machine(name: str) -> None:
    task, generator = tasks.get(name), plain_generator(name)
    for lengths in task.ranges.values():
        pairs, _, instances = machine_texts(task, lengths, 20)
        for pair, instance in zip(pairs, instances, strict=True):
            assert generator.write(*generator.problem(instance)) == pair
        for text, answer in plain_texts(generator, lengths, 20):
            assert text.endswith(f"\nanswer: {answer}")


def test_the_plain_generators_are_found() -> None:
    assert {"bubble_sort", "dijkstra", "lcs"} < {*NAMES}
