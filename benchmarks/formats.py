"""Growth of the time that the generic formats take: a run, and one of four times the length.

    python -m benchmarks.formats [--repeats 5]

The machine writes a symbol and moves right at each transition, so that a text of transitions grows
like the run and one of configurations like its square. Figures are medians of CPU time, measured in
turns. If the time is linear in what is written, the time for a character does not grow: the last
column, the ratio of the longer run's to the shorter one's, is at most about 1.
"""

from __future__ import annotations

import argparse
import time
from statistics import median

from compiler.formats import lines
from tm.pipeline import check_text

TABLE = check_text("tape t: '0' | '1'\nstart a\nrule a [*] -> ['1'] [R] a\n").table
TRANSITIONS = {"transitions": 50_000, "configurations": 2_000}
"""Transitions of the shorter run, by format."""

GROWTH = 4


def measure(format: str, transitions: int) -> tuple[int, float]:
    """Return the characters that a format writes of a run, and the seconds for each."""
    start = time.process_time()
    characters = sum(
        len(piece.text) for line in lines(format, TABLE, {}, transitions) for piece in line.pieces
    )
    return characters, (time.process_time() - start) / characters


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure how the time of the formats grows.")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of each figure")
    options = parser.parse_args()
    print(f"{'format':16}{'transitions':>12}{'characters':>13}{'ns each':>9}{'ratio':>7}")
    for format, shorter in TRANSITIONS.items():
        runs: list[list[tuple[int, float]]] = [[], []]
        for _ in range(options.repeats):
            for figures, count in zip(runs, (shorter, GROWTH * shorter), strict=True):
                figures.append(measure(format, count))
        seconds = [median(each for _, each in figures) for figures in runs]
        for index, figures in enumerate(runs):
            count, characters = shorter * GROWTH**index, figures[0][0]
            ratio = f"{seconds[1] / seconds[0]:7.2f}" if index else ""
            print(f"{format:16}{count:12,}{characters:13,}{seconds[index] * 1e9:9.2f}{ratio}")


if __name__ == "__main__":
    main()
