"""Speed of grading outputs from the ids of their records.

    python -m benchmarks.rewards [--outputs 4000] [--repeats 5]

Each output is for another problem; in every second one a character is wrong, somewhere. Figures are
medians of CPU time on one core, after one run that is not counted.
"""

from __future__ import annotations

import argparse
import time
from statistics import median

import tasks
from evaluation.rewards.grading import grade_batch
from tasks.corpus.items import items
from tasks.corpus.records.forms import Form

CASES = (("bubble_sort", "S"), ("bubble_sort", "L"), ("compare_numbers", "S"))
"""Tasks and ranges that are measured."""

MIN_OUTPUTS_PER_SECOND = 10_000
"""Outputs of the first case that one core must grade in a second."""


def answered(task_name: str, range_name: str, count: int) -> tuple[list[str], list[str]]:
    """Return ids of records, and an output for each, every second one with a wrong character."""
    task = tasks.get(task_name)
    chosen = list(items(task, range_name, "train", 0, range(count)))
    written = Form().write(task, [i.instance for i in chosen], [i.wording for i in chosen])
    outputs = list(written.completions)
    for index in range(0, count, 2):
        wrong = len(outputs[index]) * (index % 97) // 97
        outputs[index] = outputs[index][:wrong] + "#" + outputs[index][wrong + 1 :]
    return [f"{task_name}-{range_name}-train-0-{item.index}" for item in chosen], outputs


def main() -> None:
    """Print a row for each case; exit with an error if the first is slow."""
    parser = argparse.ArgumentParser(description="Measure the speed of grading outputs.")
    parser.add_argument("--outputs", type=int, default=4000, help="outputs of each case")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of each figure")
    options = parser.parse_args()
    rates = []
    for task_name, range_name in CASES:
        ids, outputs = answered(task_name, range_name, options.outputs)
        graded = grade_batch(ids, outputs)
        times = []
        for _ in range(options.repeats):
            started = time.process_time()
            grade_batch(ids, outputs)
            times.append(time.process_time() - started)
        if [each.exact for each in graded] != [index % 2 == 1 for index in range(len(ids))]:
            raise SystemExit("a wrong character was not noticed")
        rates.append(len(ids) / median(times))
        print(f"{task_name} {range_name}: {rates[-1]:,.0f} outputs a second")
    if rates[0] < MIN_OUTPUTS_PER_SECOND:
        raise SystemExit(f"less than {MIN_OUTPUTS_PER_SECOND:,} outputs a second")


if __name__ == "__main__":
    main()
