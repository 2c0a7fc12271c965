"""How long a machine takes to elaborate, and to load from the cache: fresh processes, medians.

python -m benchmarks.elaboration [--runs 5] [--json]

Every shipped machine must elaborate within 1 s cold and load within 50 ms from the cache. Both
times are taken inside a fresh process, from before ``tm`` is imported until the table is there:
they hold the import of the language (cold) or of the table alone (cached).
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
COLD_LIMIT, CACHED_LIMIT = 1.0, 0.05

PROGRAM = """
import sys, time
begun = time.perf_counter()
import tm
table = tm.load(sys.argv[1])
taken = time.perf_counter() - begun
print(taken, len(table.states), sum(1 for _ in table.rows()), len(table.tapes))
"""


def measure(machine: Path, cache: str) -> tuple[float, list[int]]:
    """Seconds to load a machine in a fresh process; its states, rows and tapes."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(machine)],
        env={**os.environ, "TMTAIL_CACHE": cache, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    taken, *sizes = done.stdout.split()
    return float(taken), [int(s) for s in sizes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    for machine in MACHINES:
        cold, cached = [], []
        sizes: list[int] = []
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory() as cache:
                taken, sizes = measure(machine, cache)
                cold.append(taken)
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
    shown = Table(
        "machine", "states", "rows", "tapes", "cold, ms", "cached, ms", "within the limits"
    )
    for r in results:
        fits = r["cold_s"] <= COLD_LIMIT and r["cached_s"] <= CACHED_LIMIT
        shown.add_row(
            r["machine"], str(r["states"]), str(r["rows"]), str(r["tapes"]),
            f"{1000 * r['cold_s']:.0f}", f"{1000 * r['cached_s']:.0f}", "yes" if fits else "no",
        )  # fmt: skip
    Console().print(shown)


if __name__ == "__main__":
    main()
