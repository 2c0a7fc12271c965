"""Speed of building a corpus: each task on one core, and complete builds on one core and on two.

    python -m benchmarks.corpus [--json] [--records 5000] [--tasks lcs,dijkstra] [--train 100000]

The first table has the CPU time of a record of S with spans, by stage: choose (draw the instance
and compute its digest), pose (write the prompt), write (run the machine and write the text into
columns), store (write the Parquet file). For comparison, it has the items per second of the most
similar task of reasoning-gym, which writes no text (``pip install reasoning-gym``), and of the
plain generator of ``benchmarks.plain``.

The second table has the default build of these tasks in a new process, with ``--train`` records
each, by one worker (the builder's own process) and by two: wall time, CPU time of all processes,
and the sum of their peak memory.
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
from benchmarks.tasks import plain_generator
from benchmarks.text import plain_texts
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
"""The most similar task of reasoning-gym, by task."""


def measure(name: str, records: int, folder: Path) -> dict[str, Any]:
    """Return the cost of a training record of S, by stage, and the rates of other generators."""
    task = tasks.get(name)
    spent = dict.fromkeys(("choose", "pose", "write"), 0.0)
    chunks = []
    for first in range(0, records, INDICES_PER_CHUNK):
        seconds, candidates = timed(find_candidates, task, "S", "train", 0, first)
        spent["choose"] += seconds
        chunks.append(candidates.indices)
    chosen = np.concatenate(chunks)
    shard = Shard(folder / f"{name}.parquet", task, "S", "train", 0, chosen)
    sample = shard._replace(path=folder / f"{name}-sample.parquet", indices=chosen[:50])
    write_shard(sample, RecordOptions())  # not timed: it loads the machine and compiles
    records = len(chosen)
    for first in range(0, records, MAX_RECORDS_PER_ROW_GROUP):
        indices = chosen[first : first + MAX_RECORDS_PER_ROW_GROUP].tolist()
        spent["pose"] += timed(prompts, task, indices)[0]
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
    if generator := plain_generator(name):
        begin = time.process_time()
        plain_texts(generator, task.length_range("S"), records)
        figures["plain_per_second"] = records / (time.process_time() - begin)
    return figures


def timed(function: Callable[..., T], *arguments: Any, **options: Any) -> tuple[float, T]:
    """Return the CPU time of a call, in seconds, and its result."""
    begin = time.process_time()
    result = function(*arguments, **options)
    return time.process_time() - begin, result


def prompts(task: Task[Any], indices: Iterable[int]) -> list[str]:
    """Return the prompts of training items of S."""
    return [item.prompt(task) for item in items(task, "S", "train", 0, indices)]


def gym_rate(name: str, count: int) -> float:
    """Return the items per second of a task of reasoning-gym, measured for at most two seconds."""
    import reasoning_gym

    dataset = reasoning_gym.create_dataset(name, size=count, seed=0)
    dataset[0]
    begin = time.process_time()
    generated = 0
    while generated < count and time.process_time() - begin < 2:
        dataset[generated]
        generated += 1
    return generated / (time.process_time() - begin)


def build_in_new_process(names: list[str], train: int, workers: int, out: Path) -> dict[str, Any]:
    """Return the figures of ``measured_build`` in a new process, and its wall time."""
    command = [sys.executable, "-m", "benchmarks.corpus", "--tasks", ",".join(names)]
    command += ["--train", str(train), "--build", str(out), "--workers", str(workers)]
    begin = time.perf_counter()
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - begin
    figures: dict[str, Any] = json.loads(process.stdout)
    return figures | {"workers": workers, "seconds": seconds}


def measured_build(names: list[str], train: int, workers: int, out: Path) -> dict[str, Any]:
    """Build a corpus, and return the CPU time and peak memory of all processes."""
    request = CorpusRequest(tasks=[tasks.get(name) for name in names], train=train)
    peaks: dict[str, float] = {}
    with peak_memory(peaks):
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
def peak_memory(peaks: dict[str, float]) -> Iterator[None]:
    """Store the peak memory of this process and of each child during the block.

    Parameters
    ----------
    peaks
        Filled with megabytes, by process id.
    """
    ended = threading.Event()

    def observe() -> None:
        while not ended.wait(0.2):
            listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            for name in ("self", *listed):
                with suppress(OSError):  # the process has ended
                    status = Path(f"/proc/{name}/status").read_text()
                    if peak := re.search(r"VmHWM:\s*([0-9]+) kB", status):
                        peaks[name] = int(peak[1]) / 1024

    watcher = threading.Thread(target=observe)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
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
        raise SystemExit("the corpora of the builds differ; their digests must be equal")


def main() -> None:
    """Print the two tables, or JSON."""
    parser = argparse.ArgumentParser(description="Measure the speed of building a corpus.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--records", type=int, default=5_000, help="records of each task in the first table"
    )
    parser.add_argument(
        "--train", type=int, default=100_000, help="records of each task in complete builds"
    )
    parser.add_argument(
        "--tasks", default=",".join(tasks.names()), help="tasks, separated by commas"
    )
    parser.add_argument("--build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.tasks.split(",")
    if options.build:
        print(json.dumps(measured_build(names, options.train, options.workers, options.build)))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        results = [measure(name, options.records, root) for name in names]
        builds = [build_in_new_process(names, options.train, n, root / f"by-{n}") for n in (1, 2)]
    if options.json:
        report = {"python": platform.python_version(), "tasks": results, "builds": builds}
        print(json.dumps(report, indent=2))
    else:
        show(Console(width=110), results, builds)


if __name__ == "__main__":
    main()
