"""How fast finished text is made: a real machine beside the Python that a user would write.

    python -m benchmarks.text [--json] [--repeats 9] [--samples 4000]

Bubble sort, on one core: sample an instance, encode it, run the machine, render the text, read the
answer. Beside it a plain generator (``benchmarks.plain``) that appends strings. Both make the same
text of the same instance, which is checked first. Figures are medians of the repeats, taken in
turns, in CPU time of this process. The stages of ours are timed apart; to give Python strings, as
the plain generator does, the bytes are decoded one by one. ``benchmarks.tasks`` does the same for
all tasks.
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

CASES = {"n 2-4": (2, 4), "n 7-8": (7, 8)}
STAGES = ("sampling", "encoding", "transitions", "rendering", "strings")


def plain(peer: Any, span: LengthRange, count: int) -> list[tuple[str, str]]:
    """``count`` texts and answers of a plain generator, each of an instance by its own seed."""
    made = []
    for index in range(count):
        made.append(peer.write(*peer.sample(Random(index), *span)))  # noqa: PERF401
    return made


def ours(
    task: Task[Any], span: LengthRange, count: int, clock: Callable[[], float] = time.process_time
) -> tuple[list[tuple[str, str]], dict[str, float], list[Any]]:
    """The same by the machine: texts and answers, seconds by stage, the instances."""
    table = task.table
    times = [clock()]
    stream = Stream("benchmark", *span)
    instances = [task.draw(stream.at(index), span) for index in range(count)]
    times.append(clock())
    inputs = [task.tapes(instance) for instance in instances]
    times.append(clock())
    batch = run_batch(table, inputs, workers=1)
    assert batch.trace is not None
    times.append(clock())
    texts = render_batch(table, batch.trace)
    times.append(clock())
    made = list(zip(texts, batch.texts("out"), strict=True))
    times.append(clock())
    seconds = dict(zip(STAGES, (b - a for a, b in pairwise(times)), strict=True))
    encode(table, inputs)  # a part of run_batch: timed once more, to tell it from the transitions
    encoding = clock() - times[-1]
    seconds["encoding"] += encoding
    seconds["transitions"] -= encoding
    return made, seconds, instances


def measure(
    task: Task[Any], span: LengthRange, samples: int, repeats: int, peer: Any = None
) -> dict[str, Any]:
    """Figures of a task, and of its plain generator where there is one."""
    made, _, instances = ours(task, span, samples)
    size = sum(len(text) for text, _ in made) / samples
    for (text, answer), instance in zip(made, instances if peer else (), strict=False):
        if peer.write(*peer.problem(instance)) != (text, answer):
            raise SystemExit(f"{task.name}: the two texts differ for {instance}")
    taken: list[float] = []
    stages: list[dict[str, float]] = []
    for _ in range(repeats):
        stages.append(ours(task, span, samples)[1])
        if peer:
            begin = time.process_time()
            texts = plain(peer, span, samples)
            taken.append((time.process_time() - begin) / sum(len(text) for text, _ in texts))
    by_stage = {stage: median(s[stage] for s in stages) / samples for stage in STAGES}
    second = median(sum(s.values()) for s in stages) / samples
    figures = {
        "bytes": size,
        "samples_per_second": 1 / second,
        "megabytes_per_second": size / second / 1e6,
        "microseconds": {stage: by_stage[stage] * 1e6 for stage in STAGES},
        "rendering_ns_per_byte": by_stage["rendering"] / size * 1e9,
    }
    if peer:
        plain_second = median(taken) * size  # for as many bytes: the two draw other instances
        figures["plain_samples_per_second"] = 1 / plain_second
        figures["plain_megabytes_per_second"] = size / plain_second / 1e6
        figures["ratio"] = plain_second / second
    return figures


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="how fast finished text is made")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--samples", type=int, default=4000, help="texts made in each repeat")
    options = parser.parse_args()
    task, peer = tasks.get("bubble_sort"), import_module("benchmarks.plain.bubble_sort")
    results = [
        {"name": name} | measure(task, span, options.samples, options.repeats, peer)
        for name, span in CASES.items()
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
