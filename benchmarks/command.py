"""How long the command takes to answer: ``python -m benchmarks.command``.

Medians of whole processes, interpreter included; a first call of each fills the caches.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
MACHINE = "tasks/simulation/bubble_sort.tm"
LIMIT = 0.4
"""Seconds that ``--help`` may take."""
CALLS = (
    ("--help",),
    ("trace", "--help"),
    ("fmt", "--check", MACHINE),
    ("check", MACHINE),
    ("table", "bubble_sort"),
    ("trace", "bubble_sort"),
    ("tasks",),
)


def seconds(*arguments: str, repeats: int = 7) -> float:
    """The median wall time of a call, in seconds."""
    times = []
    for _ in range(repeats + 1):
        begin = time.perf_counter()
        command = [sys.executable, "-m", "tmtail", *arguments]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])


def main() -> None:
    """Print a row for each call, and fail if help is slow."""
    bare = statistics.median(_bare() for _ in range(7))
    print(f"{bare:6.3f} s  python -c pass")
    measured = {call: seconds(*call) for call in CALLS}
    for call, taken in measured.items():
        print(f"{taken:6.3f} s  tmtail {' '.join(call)}")
    slow = [call for call, taken in measured.items() if "--help" in call and taken > LIMIT]
    if slow:
        sys.exit(f"over {LIMIT} s: {slow}")


def _bare() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
