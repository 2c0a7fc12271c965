"""Speed of making text: a Turing machine compared with a plain Python generator.

    python -m benchmarks.text [--json] [--repeats 9] [--samples 4000]

The task is bubble sort, on one core: sample an instance, encode it, run the machine, render the
text and read the answer. The plain generator (``benchmarks.plain``) appends strings. That both make
the same text for the same instance is checked first. Figures are medians of CPU time, measured in
turns. The stages of the machine are timed separately; the last one decodes the texts to Python
strings, which the plain generator makes as well. ``benchmarks.tasks`` measures all tasks.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from random import Random
from statistics import median
from typing import Any

import tasks
from compiler import render_batch
from tasks import LengthRange, Stream, Task
from tm import run_batch
from tm.engine.alphabet import encode

LENGTHS: dict[str, LengthRange] = {"n 2-4": (2, 4), "n 7-8": (7, 8)}
"""Measured lengths, by name."""

STAGES = ("sampling", "encoding", "transitions", "rendering", "strings")
"""Timed stages of the machine, in order."""


def plain_texts(generator: Any, lengths: LengthRange, count: int) -> list[tuple[str, str]]:
    """Return texts and answers of a plain generator, with a seed for each instance.

    Parameters
    ----------
    generator
        A module of ``benchmarks.plain``.
    """
    texts = []
    for index in range(count):
        texts.append(generator.write(*generator.sample(Random(index), *lengths)))  # noqa: PERF401
    return texts


def machine_texts(
    task: Task[Any],
    lengths: LengthRange,
    count: int,
    clock: Callable[[], float] = time.process_time,
) -> tuple[list[tuple[str, str]], dict[str, float], list[Any]]:
    """Return texts and answers of the machine, seconds by stage, and the instances."""
    table = task.table
    times = [clock()]
    stream = Stream("benchmark", *lengths)
    instances = [task.draw(stream.at(index), lengths) for index in range(count)]
    times.append(clock())
    inputs = [task.inputs(instance) for instance in instances]
    times.append(clock())
    batch = run_batch(table, inputs, workers=1)
    assert batch.trace is not None
    times.append(clock())
    texts = render_batch(table, batch.trace)
    times.append(clock())
    pairs = list(zip(texts, batch.texts("out"), strict=True))
    times.append(clock())
    seconds = dict(zip(STAGES, (b - a for a, b in pairwise(times)), strict=True))
    encode(table, inputs)  # run_batch does this too; timed again, to subtract it from transitions
    encoding = clock() - times[-1]
    seconds["encoding"] += encoding
    seconds["transitions"] -= encoding
    return pairs, seconds, instances


def measure(
    task: Task[Any], lengths: LengthRange, samples: int, repeats: int, generator: Any = None
) -> dict[str, Any]:
    """Return the figures of a task, and of its plain generator if there is one."""
    pairs, _, instances = machine_texts(task, lengths, samples)
    size = sum(len(text) for text, _ in pairs) / samples
    for pair, instance in zip(pairs, instances if generator else (), strict=False):
        if generator.write(*generator.problem(instance)) != pair:
            raise SystemExit(f"{task.name}: the two texts differ for {instance}")
    seconds_per_byte: list[float] = []
    stages: list[dict[str, float]] = []
    for _ in range(repeats):
        stages.append(machine_texts(task, lengths, samples)[1])
        if generator:
            started = time.process_time()
            texts = plain_texts(generator, lengths, samples)
            duration = time.process_time() - started
            seconds_per_byte.append(duration / sum(len(text) for text, _ in texts))
    by_stage = {stage: median(s[stage] for s in stages) / samples for stage in STAGES}
    seconds = median(sum(s.values()) for s in stages) / samples
    figures = {
        "bytes": size,
        "samples_per_second": 1 / seconds,
        "megabytes_per_second": size / seconds / 1e6,
        "microseconds": {stage: by_stage[stage] * 1e6 for stage in STAGES},
        "rendering_ns_per_byte": by_stage["rendering"] / size * 1e9,
    }
    if generator:
        # By size, because the two draw different instances.
        plain_seconds = median(seconds_per_byte) * size
        figures["plain_samples_per_second"] = 1 / plain_seconds
        figures["plain_megabytes_per_second"] = size / plain_seconds / 1e6
        figures["ratio"] = plain_seconds / seconds
    return figures


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="Measure the speed of making text of bubble sort.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=9, help="repeats of each figure")
    parser.add_argument("--samples", type=int, default=4000, help="texts in each repeat")
    options = parser.parse_args()
    task, generator = tasks.get("bubble_sort"), import_module("benchmarks.plain.bubble_sort")
    results = [
        {"name": name} | measure(task, lengths, options.samples, options.repeats, generator)
        for name, lengths in LENGTHS.items()
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
