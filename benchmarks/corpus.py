"""How fast a corpus is built: by task on one core, and whole on one core and on two.

    python -m benchmarks.corpus [--json] [--records 5000] [--tasks lcs,dijkstra] [--train 100000]

First, for each task, what a record of S costs a core, spans included: to choose it (all that its
index says, and its digest), to pose it, to run the machine and write the text into columns, to
store these. Beside it, items a second of reasoning-gym's nearest task, which has no text to write
(``pip install reasoning-gym``), and of the plain generator of ``benchmarks.plain``. CPU time.

Then the default build of these tasks in fresh processes, ``--train`` records each, by one worker,
which is the builder itself, and by two beside it: wall time, CPU time of all processes, and the
most memory that each took, added up.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

import tasks
from benchmarks.tasks import peer_of
from benchmarks.text import plain
from tasks import Task
from tasks.corpus import CorpusRequest, RecordOptions, build, items, record_table
from tasks.corpus.records.shards import MAX_RECORDS_PER_ROW_GROUP, Shard, write_shard
from tasks.corpus.selection import INDICES_PER_CHUNK, find_candidates

T = TypeVar("T")

GYM = {
    "bubble_sort": "number_sorting",
    "count_letters": "letter_counting",
    "dijkstra": "shortest_path",
    "large_number_addition": "decimal_chain_sum",
    "prime_search": "count_primes",
    "word_flip": "spell_backward",
}
"""The nearest task of reasoning-gym."""


def measure(name: str, records: int, folder: Path) -> dict[str, Any]:
    """What a training record of S costs: microseconds by stage, and the rates of others."""
    task = tasks.get(name)
    spent = dict.fromkeys(("choose", "pose", "write"), 0.0)
    found = []
    for first in range(0, records, INDICES_PER_CHUNK):
        seconds, part = timed(find_candidates, task, "S", "train", 0, first)
        spent["choose"] += seconds
        found.append(part.indices)
    chosen = np.concatenate(found)
    shard = Shard(folder / f"{name}.parquet", task, "S", "train", 0, chosen)
    few = shard._replace(path=folder / f"{name}-few.parquet", indices=chosen[:50])
    write_shard(few, RecordOptions())  # the first one compiles, and reads the machine
    records = len(chosen)
    for first in range(0, records, MAX_RECORDS_PER_ROW_GROUP):
        indices = chosen[first : first + MAX_RECORDS_PER_ROW_GROUP].tolist()
        spent["pose"] += timed(posed, task, indices)[0]
        spent["write"] += timed(record_table, task, "S", "train", 0, indices)[0]
    spent["store"] = timed(write_shard, shard, RecordOptions())[0] - spent["write"]
    spent["write"] -= spent["pose"]
    figures = {
        "task": name,
        "disk": shard.path.stat().st_size / records,
        "records_per_second": records / sum(spent.values()),
        "microseconds": {stage: seconds / records * 1e6 for stage, seconds in spent.items()},
    }
    if name in GYM and find_spec("reasoning_gym"):
        figures["reasoning_gym_per_second"] = gym_rate(GYM[name], records)
    if peer := peer_of(name):
        begin = time.process_time()
        plain(peer, task.length_range("S"), records)
        figures["plain_per_second"] = records / (time.process_time() - begin)
    return figures


def timed(function: Callable[..., T], *arguments: Any, **options: Any) -> tuple[float, T]:
    """Seconds of CPU time that a call takes, and what it returns."""
    begin = time.process_time()
    made = function(*arguments, **options)
    return time.process_time() - begin, made


def posed(task: Task[Any], indices: Iterable[int]) -> list[str]:
    """The prompts of training items of S."""
    return [item.prompt(task) for item in items(task, "S", "train", 0, indices)]


def gym_rate(name: str, count: int) -> float:
    """Items a second of a task of reasoning-gym; at most two seconds long."""
    import reasoning_gym

    dataset = reasoning_gym.create_dataset(name, size=count, seed=0)
    dataset[0]
    begin = time.process_time()
    done = 0
    while done < count and time.process_time() - begin < 2:
        dataset[done]
        done += 1
    return done / (time.process_time() - begin)


def whole(names: list[str], train: int, workers: int, out: Path) -> dict[str, Any]:
    """The default build in a fresh process; see ``built``, and wall time."""
    command = [sys.executable, "-m", "benchmarks.corpus", "--tasks", ",".join(names)]
    command += ["--train", str(train), "--build", str(out), "--workers", str(workers)]
    begin = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - begin
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"workers": workers, "seconds": seconds}


def built(names: list[str], train: int, workers: int, out: Path) -> dict[str, Any]:
    """What ``whole`` asks a process of its own to do: CPU time and memory of all processes."""
    request = CorpusRequest(tasks=[tasks.get(name) for name in names], train=train)
    peaks: dict[str, float] = {}
    with watched(peaks):
        corpus = build(request, out=out, workers=workers)
    spent = os.times()
    return {
        "records": sum(part["records"] for part in corpus.manifest["parts"]),
        "refused": sum(part["refused"] for part in corpus.manifest["parts"]),
        "digest": corpus.digest,
        "cpu_seconds": sum(spent[:4]),
        "megabytes": sum(peaks.values()),
    }


@contextmanager
def watched(peaks: dict[str, float]) -> Iterator[None]:
    """Note the most memory of this process and of each of its children, by id, in megabytes."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            for name in ("self", *listed):
                with suppress(OSError):  # it has ended
                    status = Path(f"/proc/{name}/status").read_text()
                    if peak := re.search(r"VmHWM:\s*([0-9]+) kB", status):
                        peaks[name] = int(peak[1]) / 1024

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def show(console: Console, results: list[dict[str, Any]], builds: list[dict[str, Any]]) -> None:
    """Print the two tables."""
    stages = ("choose", "pose", "write", "store")
    table = Table("task", "records/s", *(f"{s}, µs" for s in stages), "disk", "gym/s", "plain/s")
    for r in results:
        table.add_row(
            r["task"],
            f"{r['records_per_second']:,.0f}",
            *(f"{r['microseconds'][stage]:.0f}" for stage in stages),
            f"{r['disk']:,.0f}",
            *(
                f"{r[k]:,.0f}" if k in r else ""
                for k in ("reasoning_gym_per_second", "plain_per_second")
            ),
        )
    console.print(table)
    table = Table("workers", "records", "too long", "seconds", "CPU s", "records/s", "MB")
    for b in builds:
        table.add_row(
            str(b["workers"]),
            f"{b['records']:,}",
            f"{b['refused']:,}",
            f"{b['seconds']:.1f}",
            f"{b['cpu_seconds']:.1f}",
            f"{b['records'] / b['seconds']:,.0f}",
            f"{b['megabytes']:.0f}",
        )
    console.print(table)
    if len({b["digest"] for b in builds}) > 1:
        raise SystemExit("the builds differ")


def main() -> None:
    """Print the tables, or JSON."""
    parser = argparse.ArgumentParser(description="how fast a corpus is built")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--records", type=int, default=5_000, help="of each task, to time stages")
    parser.add_argument("--train", type=int, default=100_000, help="of each task, in whole builds")
    parser.add_argument("--tasks", type=str, default=",".join(tasks.names()))
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.tasks.split(",")
    if options.build:
        print(json.dumps(built(names, options.train, options.workers, options.build)))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        results = [measure(name, options.records, root) for name in names]
        builds = [whole(names, options.train, n, root / f"by-{n}") for n in (1, 2)]
    if options.json:
        about = {"python": platform.python_version(), "tasks": results, "builds": builds}
        print(json.dumps(about, indent=2))
    else:
        show(Console(width=110), results, builds)


if __name__ == "__main__":
    main()
