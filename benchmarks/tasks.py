"""Speed of making the text of each task, on one core.

    python -m benchmarks.tasks [--json] [--repeats 3] [--megabytes 2] [--tasks lcs,dijkstra]

For each task and range: sample an instance, encode it, run the machine, render the text and read
the answer; samples and megabytes per second. Five tasks are compared with a plain generator that
appends strings (``benchmarks.plain``), as in ``benchmarks.text``. Ranges with texts beyond the
token budget are left out.
"""

from __future__ import annotations

import argparse
import json
import platform
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from rich.console import Console
from rich.table import Table

import tasks
from benchmarks.text import machine_texts, measure

MIN_SAMPLES = 50
"""Minimum number of texts in a repeat."""


def plain_generator(name: str) -> Any:
    """Return the plain generator of a task, a module of ``benchmarks.plain``, or None."""
    module = f"benchmarks.plain.{name}"
    return import_module(module) if find_spec(module) else None


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="Measure the speed of making texts.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=3, help="repeats of each figure")
    parser.add_argument("--megabytes", type=float, default=2, help="text in each repeat")
    parser.add_argument(
        "--tasks", default=",".join(tasks.names()), help="tasks, separated by commas"
    )
    options = parser.parse_args()
    results = []
    for task in map(tasks.get, options.tasks.split(",")):
        for range_name, lengths in task.ranges.items():
            if range_name in task.beyond:
                continue
            pairs, _, _ = machine_texts(task, lengths, MIN_SAMPLES)
            size = sum(len(text) for text, _ in pairs) / len(pairs)
            samples = max(MIN_SAMPLES, int(options.megabytes * 1e6 / size))
            generator = plain_generator(task.name)
            figures = measure(task, lengths, samples, options.repeats, generator)
            results.append({"task": task.name, "range": range_name} | figures)
    if options.json:
        print(json.dumps({"python": platform.python_version(), "results": results}, indent=2))
        return
    table = Table("task", "range", "bytes", "samples/s", "MB/s", "plain/s", "ratio")
    for r in results:
        plain = (
            (f"{r['plain_samples_per_second']:,.0f}", f"{r['ratio']:.2f}") if "ratio" in r else ()
        )
        table.add_row(
            r["task"], r["range"], f"{r['bytes']:,.0f}", f"{r['samples_per_second']:,.0f}",
            f"{r['megabytes_per_second']:.1f}", *plain,
        )  # fmt: skip
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
