"""Time to elaborate each machine, and to load it from the cache.

    python -m benchmarks.elaboration [--runs 5] [--json]

A shipped machine must elaborate within 1 s and load from the cache within 50 ms. Each time is the
median of new processes, and includes the import of ``tm`` (elaboration imports the language as
well, loading from the cache does not).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
MACHINES = [*sorted((ROOT / "tasks").rglob("*.tm")), *sorted((ROOT / "tests").rglob("*.tm"))]

MAX_COLD_SECONDS = 1.0
"""Maximum time to elaborate a machine, in seconds."""

MAX_CACHED_SECONDS = 0.05
"""Maximum time to load a machine from the cache, in seconds."""

PROGRAM = """
import sys, time
started = time.perf_counter()
import tm
table = tm.load(sys.argv[1])
duration = time.perf_counter() - started
print(duration, len(table.states), sum(1 for _ in table.rows()), len(table.tapes))
"""


def measure(machine: Path, cache: str) -> tuple[float, list[int]]:
    """Return the seconds to load a machine in a new process, and its states, rows and tapes."""
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(machine)],
        env={**os.environ, "TMTAIL_CACHE": cache, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    duration, *sizes = process.stdout.split()
    return float(duration), [int(size) for size in sizes]


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="Measure the time to elaborate each machine.")
    parser.add_argument("--runs", type=int, default=5, help="processes for each time")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    for machine in MACHINES:
        cold, cached = [], []
        sizes: list[int] = []
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory() as cache:
                duration, sizes = measure(machine, cache)
                cold.append(duration)
                cached.append(measure(machine, cache)[0])
        results.append(
            {
                "machine": machine.stem,
                **dict(zip(("states", "rows", "tapes"), sizes, strict=True)),
                "cold_s": statistics.median(cold),
                "cached_s": statistics.median(cached),
            }
        )
    if options.json:
        print(json.dumps({"python": platform.python_version(), "results": results}, indent=1))
        return
    table = Table(
        "machine", "states", "rows", "tapes", "cold, ms", "cached, ms", "within the limits"
    )
    for r in results:
        within = r["cold_s"] <= MAX_COLD_SECONDS and r["cached_s"] <= MAX_CACHED_SECONDS
        table.add_row(
            r["machine"], str(r["states"]), str(r["rows"]), str(r["tapes"]),
            f"{1000 * r['cold_s']:.0f}", f"{1000 * r['cached_s']:.0f}", "yes" if within else "no",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
