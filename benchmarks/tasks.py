"""How fast each task's finished text is made, on one core.

    python -m benchmarks.tasks [--json] [--repeats 3] [--megabytes 2] [--tasks lcs,dijkstra]

For every task and range: sample an instance, encode it, run the machine, render the text, read the
answer; samples a second and MB a second of text. Five tasks stand beside a plain generator that
appends strings (``benchmarks.plain``); see ``benchmarks.text`` for how the two are compared. A
range whose texts do not fit any context is left out.
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
from benchmarks.text import measure, ours


def peer_of(name: str) -> Any:
    """The plain generator of a task, or None."""
    module = f"benchmarks.plain.{name}"
    return import_module(module) if find_spec(module) else None


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="how fast each task's text is made")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--megabytes", type=float, default=2, help="text made in each repeat")
    parser.add_argument("--tasks", type=str, default=",".join(tasks.names()))
    options = parser.parse_args()
    results = []
    for task in map(tasks.get, options.tasks.split(",")):
        for where, span in task.ranges.items():
            if where in task.beyond:
                continue
            made, _, _ = ours(task, span, 50)
            size = sum(len(text) for text, _ in made) / len(made)
            samples = max(50, int(options.megabytes * 1e6 / size))
            figures = measure(task, span, samples, options.repeats, peer_of(task.name))
            results.append({"task": task.name, "range": where} | figures)
    if options.json:
        print(json.dumps({"python": platform.python_version(), "results": results}, indent=2))
        return
    shown = Table("task", "range", "bytes", "samples/s", "MB/s", "plain/s", "ratio")
    for r in results:
        plain = (
            (f"{r['plain_samples_per_second']:,.0f}", f"{r['ratio']:.2f}") if "ratio" in r else ()
        )
        shown.add_row(
            r["task"], r["range"], f"{r['bytes']:,.0f}", f"{r['samples_per_second']:,.0f}",
            f"{r['megabytes_per_second']:.1f}", *plain,
        )  # fmt: skip
    Console(width=100).print(shown)


if __name__ == "__main__":
    main()
