"""How fast finished text is made: a real machine beside the Python that a user would write.

    python -m benchmarks.text [--json] [--repeats 9] [--samples 4000]

Bubble sort, on one core: sample an instance, encode it, run the machine, render the text, read the
answer. Beside it a plain generator that samples with ``random``, sorts a list and appends strings.
Both make the same text of the same instance, which is checked first. Figures are medians of the
repeats, taken in turns, in CPU time of this process. The stages of ours are timed apart; to give
Python strings, as the plain generator does, the bytes are decoded one by one.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median
from typing import Any

import tasks
from compiler import render_batch
from tasks import Stream
from tm import run_batch
from tm.engine.alphabet import encode

LETTERS = "abcdefghijklmnopqrstuvwxyz"
CASES = {"n 2-4": (2, 4), "n 7-8": (7, 8)}
STAGES = ("sampling", "encoding", "transitions", "rendering", "strings")


def plain_instance(draws: random.Random, low: int, high: int) -> tuple[list[int], int, int]:
    """Distinct numbers, and where in the alphabet the places and the passes begin."""
    count = draws.randint(low, high)
    values = draws.sample(range(-9999, 10000), count)
    return values, draws.randrange(26 - count), draws.randrange(26 - count)


def plain_text(values: list[int], first: int, round: int) -> tuple[str, str]:
    """The text and the answer of ``tasks/simulation/bubble_sort.tm``, by appending strings."""
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


def plain(low: int, high: int, count: int) -> list[tuple[str, str]]:
    """``count`` texts and answers, each of an instance drawn by its own seed."""
    made = []
    for index in range(count):
        made.append(plain_text(*plain_instance(random.Random(index), low, high)))  # noqa: PERF401
    return made


def ours(
    low: int, high: int, count: int, clock: Callable[[], float] = time.process_time
) -> tuple[list[tuple[str, str]], dict[str, float], list[Any]]:
    """The same by the machine: texts and answers, seconds by stage, the instances."""
    task = tasks.get("bubble_sort")
    table = task.table
    times = [clock()]
    stream = Stream("benchmark", low, high)
    instances = [task.draw(stream.at(index), (low, high)) for index in range(count)]
    times.append(clock())
    inputs = [task.tapes(instance) for instance in instances]
    times.append(clock())
    batch = run_batch(table, inputs, workers=1)
    assert batch.trace is not None
    times.append(clock())
    texts = render_batch(table, batch.trace)
    times.append(clock())
    made = [(text, batch.text("out", index)) for index, text in enumerate(texts)]
    times.append(clock())
    seconds = dict(zip(STAGES, (b - a for a, b in pairwise(times)), strict=True))
    encode(table, inputs)  # a part of run_batch: timed once more, to tell it from the transitions
    encoding = clock() - times[-1]
    seconds["encoding"] += encoding
    seconds["transitions"] -= encoding
    return made, seconds, instances


def measure(name: str, low: int, high: int, samples: int, repeats: int) -> dict[str, Any]:
    """One line of the table."""
    made, _, instances = ours(low, high, samples)
    for (text, answer), instance in zip(made, instances, strict=True):
        letters = LETTERS.index(instance.place), LETTERS.index(instance.round)
        if plain_text(list(instance.values), *letters) != (text, answer):
            raise SystemExit(f"the two texts differ for {instance}")
    size = sum(len(text) for text, _ in made) / samples
    taken: list[float] = []
    stages: list[dict[str, float]] = []
    for _ in range(repeats):
        stages.append(ours(low, high, samples)[1])
        begin = time.process_time()
        texts = plain(low, high, samples)
        taken.append((time.process_time() - begin) / sum(len(text) for text, _ in texts))
    by_stage = {stage: median(s[stage] for s in stages) / samples for stage in STAGES}
    second = median(sum(s.values()) for s in stages) / samples
    plain_second = median(taken) * size  # for as many bytes: the two draw other instances
    return {
        "name": name,
        "bytes": size,
        "samples_per_second": 1 / second,
        "megabytes_per_second": size / second / 1e6,
        "plain_samples_per_second": 1 / plain_second,
        "plain_megabytes_per_second": size / plain_second / 1e6,
        "ratio": plain_second / second,
        "microseconds": {stage: by_stage[stage] * 1e6 for stage in STAGES},
        "rendering_ns_per_byte": by_stage["rendering"] / size * 1e9,
    }


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="how fast finished text is made")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--samples", type=int, default=4000, help="texts made in each repeat")
    options = parser.parse_args()
    results = [
        measure(name, *lengths, options.samples, options.repeats) for name, lengths in CASES.items()
    ]
    if options.json:
        print(json.dumps({"python": platform.python_version(), "results": results}, indent=2))
        return
    print(f"{'bubble sort':12}{'bytes':>7}{'samples/s':>11}{'MB/s':>7}", end="")
    print(f"{'plain/s':>10}{'MB/s':>7}{'ratio':>7}   µs a sample")
    for r in results:
        print(f"{r['name']:12}{r['bytes']:7.0f}{r['samples_per_second']:11,.0f}", end="")
        print(f"{r['megabytes_per_second']:7.1f}{r['plain_samples_per_second']:10,.0f}", end="")
        print(f"{r['plain_megabytes_per_second']:7.1f}{r['ratio']:7.2f}   ", end="")
        stages = (f"{stage} {micro:.1f}" for stage, micro in r["microseconds"].items())
        print(f"{', '.join(stages)} ({r['rendering_ns_per_byte']:.2f} ns a byte)")


if __name__ == "__main__":
    main()
