"""Speed of verifying outputs: replay by the machine, compared with a plain Python verifier.

    python -m benchmarks.verification [--outputs 5000] [--repeats 5] [--json]

The outputs are of bubble sort, on one core; one in ten has a wrong character. Ours runs the machine
on the instance, renders the text, compares it, grades the answer, and names the module and state of
the first wrong character. The plain verifier writes the text by appending strings
(``benchmarks.plain``) and compares line by line. Figures are medians of CPU time, measured in
turns. The last line has the time for one output at two sizes, which must be proportional to the
size.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from typing import Any

import tasks
from benchmarks.plain import bubble_sort as plain
from evaluation.backends.base import End, Output
from evaluation.problems.replays import replay
from evaluation.scoring.scores import score_outputs
from tasks import LengthRange, Stream
from tasks.simulation.bubble_sort import NumberList

LENGTHS: dict[str, LengthRange] = {"n 2-4": (2, 4), "n 7-8": (7, 8)}
"""Measured lengths, by name."""

LONG_OUTPUT_BYTES = (10_000_000, 20_000_000)
"""Sizes of the outputs that show how time grows, in bytes."""

TASK = tasks.get("bubble_sort")

AnsweredInstance = tuple[NumberList, Output]
"""An instance, and an output for it."""

Verifier = Callable[[Sequence[AnsweredInstance]], list[bool]]


def outputs(lengths: LengthRange, count: int) -> list[AnsweredInstance]:
    """Return instances with outputs, one in ten of which has a wrong character."""
    stream, random = Stream("verification", *lengths), Random(0)
    answered = []
    for index in range(count):
        instance = TASK.draw(stream.at(index), lengths)
        text, _ = plain.write(*plain.problem(instance))
        if index % 10 == 0:
            wrong = random.randrange(len(text))
            text = text[:wrong] + "#" + text[wrong + 1 :]
        answered.append((instance, Output(text, End.STOP, 0)))
    return answered


def verify_by_replay(answered: Sequence[AnsweredInstance]) -> list[bool]:
    """Return whether each output is the machine's text."""
    instances, outputs = zip(*answered, strict=True)
    problems = replay(TASK, "S", [""] * len(answered), instances, [0] * len(answered))
    return [score.exact for score in score_outputs(problems, outputs)]


def verify_by_lines(answered: Sequence[AnsweredInstance]) -> list[bool]:
    """Return whether each output is the plain generator's text."""
    results = []
    for instance, (text, *_) in answered:
        expected, answer = plain.write(*plain.problem(instance))
        wrong = None
        lines = zip(text.split("\n"), expected.split("\n"), strict=False)
        for number, (line, expected_line) in enumerate(lines):
            if line != expected_line:
                wrong = number
                break
        results.append(wrong is None and text.endswith(f"answer: {answer}"))
    return results


def seconds(verify: Verifier, answered: Sequence[AnsweredInstance]) -> float:
    """Return the CPU time of verifying all outputs once, in seconds."""
    started = time.process_time()
    verify(answered)
    return time.process_time() - started


def main() -> None:
    """Print the figures, or JSON."""
    parser = argparse.ArgumentParser(description="Measure the speed of verifying outputs.")
    parser.add_argument("--outputs", type=int, default=5000, help="outputs of each length")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of each figure")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    for name, lengths in LENGTHS.items():
        answered = outputs(lengths, options.outputs)
        if verify_by_replay(answered) != verify_by_lines(answered):
            raise SystemExit("the two verifiers disagree")
        times = [
            (seconds(verify_by_replay, answered), seconds(verify_by_lines, answered))
            for _ in range(options.repeats)
        ]
        replayed, by_lines = (median(column) for column in zip(*times, strict=True))
        figures = {"ours": options.outputs / replayed, "plain": options.outputs / by_lines}
        results.append({"case": name, **figures, "ratio": by_lines / replayed})
    short, long = (long_output_seconds(size, options.repeats) for size in LONG_OUTPUT_BYTES)
    growth = long / max(short, 1e-9)
    if options.json:
        report = {"python": platform.python_version(), "results": results, "growth": growth}
        print(json.dumps(report, indent=1))
        return
    for r in results:
        print(
            f"{r['case']}: ours {r['ours']:,.0f} outputs a second, plain {r['plain']:,.0f}, "
            f"ratio {r['ratio']:.2f}"
        )
    print(f"10 MB: {short:.3f} s; 20 MB: {growth:.1f} times as long")


def long_output_seconds(size: int, repeats: int) -> float:
    """Return the median time to verify one output of ``size`` bytes, in seconds."""
    instance, output = outputs((7, 8), 2)[1]
    longer = output._replace(text=output.text + " and so on" * (size // 10))
    return median(seconds(verify_by_replay, [(instance, longer)]) for _ in range(repeats))


if __name__ == "__main__":
    main()
