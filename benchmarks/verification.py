"""How fast outputs are verified: read, replayed, aligned; beside the Python a user would write.

    python -m benchmarks.verification [--outputs 5000] [--repeats 5] [--json]

Outputs of bubble sort, nine of ten right and one with a wrong character, on one core. Ours runs the
machine on the instance, renders, compares, grades the answer and names module and state of the
first wrong character. The plain verifier writes the text by appending strings
(``benchmarks.plain``), and compares line by line up to the first that differs.
Figures are medians in CPU time, taken in turns. At the end, a long output of ours at two sizes: the
time must grow as the size does.
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

CASES: dict[str, LengthRange] = {"n 2-4": (2, 4), "n 7-8": (7, 8)}


TASK = tasks.get("bubble_sort")

Posed = tuple[NumberList, Output]
"""An instance, and what was written for it."""


def outputs(span: LengthRange, count: int) -> list[Posed]:
    stream, random = Stream("verification", *span), Random(0)
    made = []
    for index in range(count):
        instance = TASK.draw(stream.at(index), span)
        text, _ = plain.write(*plain.problem(instance))
        if index % 10 == 0:
            at = random.randrange(len(text))
            text = text[:at] + "#" + text[at + 1 :]
        made.append((instance, Output(text, End.STOP, 0)))
    return made


def ours(given: Sequence[Posed]) -> list[bool]:
    """Whether each output is the machine's text, to the character."""
    instances, outputs = zip(*given, strict=True)
    none = [""] * len(given)
    items = replay(TASK, "S", none, instances, none)
    return [score.exact for score in score_outputs(items, outputs)]


def by_lines(given: Sequence[Posed]) -> list[bool]:
    """The same by plain Python."""
    found = []
    for instance, (text, *_) in given:
        expected, answer = plain.write(*plain.problem(instance))
        wrong = None
        for number, (line, wanted) in enumerate(
            zip(text.split("\n"), expected.split("\n"), strict=False)
        ):
            if line != wanted:
                wrong = number
                break
        found.append(wrong is None and text.endswith(f"answer: {answer}"))
    return found


def seconds(verify: Callable[[Sequence[Posed]], list[bool]], given: Sequence[Posed]) -> float:
    """CPU time of one pass."""
    begin = time.process_time()
    verify(given)
    return time.process_time() - begin


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="how fast outputs are verified")
    parser.add_argument("--outputs", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    for name, span in CASES.items():
        given = outputs(span, options.outputs)
        if ours(given) != by_lines(given):
            raise SystemExit("the two verifiers do not agree")
        taken = [(seconds(ours, given), seconds(by_lines, given)) for _ in range(options.repeats)]
        mine, other = (median(times) for times in zip(*taken, strict=True))
        figures = {"ours": options.outputs / mine, "plain": options.outputs / other}
        results.append({"case": name, **figures, "ratio": other / mine})
    instance, output = outputs((7, 8), 2)[1]
    long = {}
    for size in (10_000_000, 20_000_000):
        longer = output._replace(text=output.text + " and so on" * (size // 10))
        given = [(instance, longer)]
        long[size] = median(seconds(ours, given) for _ in range(options.repeats))
    growth = long[20_000_000] / max(long[10_000_000], 1e-9)
    if options.json:
        record = {"python": platform.python_version(), "results": results, "growth": growth}
        print(json.dumps(record, indent=1))
        return
    for r in results:
        print(
            f"{r['case']}: ours {r['ours']:,.0f} outputs a second, plain {r['plain']:,.0f}, "
            f"ratio {r['ratio']:.2f}"
        )
    print(f"10 MB: {long[10_000_000]:.3f} s; 20 MB: {growth:.1f} times as long")


if __name__ == "__main__":
    main()
