"""Executors: results in order, and killed workers or parents leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest

import tasks
from tasks.corpus import CorpusRequest, RecordOptions, build, building
from tasks.corpus.executors import start_executor
from tests.support.processes import group_is_alive
from tests.support.tasks.reversal_task import reverse_bits


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    with start_executor("processes", workers, None) as run:
        assert list(run(pow, range(20), repeat(2))) == [n * n for n in range(20)]


def test_an_error_of_a_worker_is_raised() -> None:
    with (
        pytest.raises(ZeroDivisionError),
        start_executor("processes", 2, None) as run,
    ):
        list(run(divmod, [4, 4], [2, 0]))


def test_a_killed_worker_is_reported() -> None:
    with (
        pytest.raises(RuntimeError, match="a worker process was killed"),
        start_executor("processes", 2, None) as run,
    ):
        list(run(os._exit, [1]))


@pytest.mark.parametrize(
    ("executor", "address", "message"),
    [
        ("dask", None, "'dask' is not an executor"),
        ("processes", "auto", "choose the executor `ray`"),
    ],
)
def test_unknown_executors_and_addresses_are_refused(
    executor: Any, address: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        start_executor(executor, None, address)


ORPHAN = """
import time
from tasks.corpus.executors import start_executor
if __name__ == "__main__":
    with start_executor("processes", 2, None) as run:
        for _ in run(time.sleep, [0, 60, 60]):
            print("working", flush=True)
"""


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    env = {**os.environ, "PYTHONPATH": str(Path(tasks.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=env, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 10
        while group_is_alive(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not group_is_alive(process.pid)


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A Ray cluster of two nodes on this machine, with one processor each."""
    utils = pytest.importorskip("ray.cluster_utils")
    two_nodes = utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    two_nodes.add_node(num_cpus=1)
    yield two_nodes
    two_nodes.shutdown()


def busy_workers(cluster: Any) -> list[int]:
    """Return the process ids of the workers of a cluster that run one of our calls."""
    nodes = {node.all_processes["raylet"][0].process.pid for node in cluster.list_all_nodes()}
    workers = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            name = (folder / "cmdline").read_bytes()
        except OSError:  # the process has ended meanwhile
            continue
        if parent in nodes and name.startswith(b"ray::_call"):
            workers.append(int(folder.name))
    return workers


@pytest.mark.slow
def test_a_cluster_with_a_worker_killed_makes_the_same_corpus(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Build two tasks, one of a user's file; two workers are killed on the way."""
    monkeypatch.setattr(building, "RECORDS_PER_SHARD", 300)
    own = reverse_bits(tmp_path)
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort"), own],
        train=6_000,
        eval=50,
        probe=20,
        options=RecordOptions(),
    )
    here = build(request, out=tmp_path / "here", workers=1)
    killed: list[int] = []

    def kill(done: int, total: int) -> None:
        if len(killed) < 2 and done > (1 + len(killed)) * total / 4:
            busy = busy_workers(cluster)
            if busy:
                os.kill(busy[0], signal.SIGKILL)
                killed.append(busy[0])

    there = build(
        request, out=tmp_path / "there", executor="ray", address=cluster.address, progress=kill
    )
    assert len(set(killed)) == 2
    assert there.manifest == here.manifest
    assert there.damaged_files() == []
