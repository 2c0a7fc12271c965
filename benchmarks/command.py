"""Response time of the ``tmtail`` command.

    python -m benchmarks.command

Each figure is the median wall time of whole processes, including the start of the interpreter. The
first run of each call is not counted, because it fills caches.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent

MACHINE = "tasks/simulation/bubble_sort.tm"

MAX_HELP_SECONDS = 0.4
"""Maximum time of a call with ``--help``, in seconds."""

MAX_RUN_SECONDS = 1.0
"""Maximum time of a run of a small machine, in seconds."""

DEFAULT_REPEATS = 7

CALLS = (
    ("--help",),
    ("trace", "--help"),
    ("fmt", "--check", MACHINE),
    ("check", MACHINE),
    ("table", "bubble_sort"),
    ("run", "bubble_sort", "--tape", "list=3,1,2"),
    ("trace", "bubble_sort"),
    ("tasks",),
)
"""Arguments of each timed call."""


def seconds(*command: str, repeats: int = DEFAULT_REPEATS) -> float:
    """Return the median wall time of a Python process, in seconds."""
    times = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def main() -> None:
    """Print a row for each call; exit with an error if help or a run is slow."""
    print(f"{seconds('-c', 'pass'):6.3f} s  python -c pass")
    measured = {call: seconds("-m", "tmtail", *call) for call in CALLS}
    for call, duration in measured.items():
        print(f"{duration:6.3f} s  tmtail {' '.join(call)}")
    limits = {"--help": MAX_HELP_SECONDS, "run": MAX_RUN_SECONDS}
    slow = [
        f"{' '.join(call)}: more than {limit} s"
        for call, duration in measured.items()
        for word, limit in limits.items()
        if word in call and duration > limit
    ]
    if slow:
        sys.exit("\n".join(slow))


if __name__ == "__main__":
    main()
