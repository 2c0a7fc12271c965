"""Engines: the same results in order, whoever does the work, and whoever is killed at it."""

import os
import signal
import subprocess
import sys
import time
from itertools import repeat
from pathlib import Path

import pytest

import tasks
from tasks.corpus import CorpusRequest, RecordOptions, build, building
from tasks.corpus.executors import start_executor
from tests.tasks.corpus.bits import reverse_bits
from tests.tasks.corpus.processes import alive


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers):
    with start_executor("processes", workers, None) as run:
        assert list(run(pow, range(20), repeat(2))) == [n * n for n in range(20)]


def test_an_error_is_the_worker_s():
    with (
        pytest.raises(ZeroDivisionError),
        start_executor("processes", 2, None) as run,
    ):
        list(run(divmod, [4, 4], [2, 0]))


def test_a_worker_that_is_killed_is_an_error_that_says_so():
    with (
        pytest.raises(RuntimeError, match="a worker process was killed"),
        start_executor("processes", 2, None) as run,
    ):
        list(run(os._exit, [1]))


@pytest.mark.parametrize(
    ("engine", "address", "message"),
    [
        ("dask", None, "'dask' is not an executor"),
        ("processes", "auto", "choose the executor `ray`"),
    ],
)
def test_engines_that_there_are_not(engine, address, message):
    with pytest.raises(ValueError, match=message):
        start_executor(engine, None, address)


ORPHAN = """
import time
from tasks.corpus.executors import start_executor
if __name__ == "__main__":
    with start_executor("processes", 2, None) as run:
        for _ in run(time.sleep, [0, 60, 60]):
            print("working", flush=True)
"""


def test_workers_end_with_the_process_that_started_them(tmp_path):
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    env = {**os.environ, "PYTHONPATH": str(Path(tasks.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env=env, start_new_session=True
    ) as process:
        assert process.stdout.readline() == b"working\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 10
        while alive(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(process.pid)


@pytest.fixture
def cluster():
    """A Ray cluster of two nodes on this machine, a processor each."""
    utils = pytest.importorskip("ray.cluster_utils")
    made = utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    made.add_node(num_cpus=1)
    yield made
    made.shutdown()


def workers_of(cluster):
    """The workers of a cluster that are at a piece of our work, by their process ids."""
    nodes = {node.all_processes["raylet"][0].process.pid for node in cluster.list_all_nodes()}
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            name = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
        if parent in nodes and name.startswith(b"ray::_call"):
            found.append(int(folder.name))
    return found


@pytest.mark.slow
def test_a_cluster_with_a_worker_killed_makes_the_same_corpus(cluster, tmp_path, monkeypatch):
    """Two tasks, one of a file of its own; whoever works is killed twice on the way."""
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
    killed = []

    def kill(done, whole):
        if len(killed) < 2 and done > (1 + len(killed)) * whole / 4:
            busy = workers_of(cluster)
            if busy:
                os.kill(busy[0], signal.SIGKILL)
                killed.append(busy[0])

    there = build(
        request, out=tmp_path / "there", executor="ray", address=cluster.address, progress=kill
    )
    assert len(set(killed)) == 2
    assert there.manifest == here.manifest
    assert there.damaged_files() == []
