"""Jobs that the fault harness kills: small builds of a corpus, and tiny training runs."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from tasks.corpus import Corpus, CorpusRequest, build, building
from tests.support.tasks.small_corpora import RECORDS_PER_SMALL_SHARD, TWO_TASKS, request_for


def small_request() -> CorpusRequest:
    """Return the request of the corpora that are built again and again."""
    return request_for(*TWO_TASKS, train=100)


def build_small(out: Path, workers: int = 1) -> None:
    """Build the corpus in small shards, or resume it."""
    vars(building)["RECORDS_PER_SHARD"] = RECORDS_PER_SMALL_SHARD
    build(small_request(), out=out, workers=workers)


def train_tiny(out: Path, corpus: Path) -> None:
    """Train a tiny model with a checkpoint every three steps, or resume from the newest one.

    A run that was killed when its model was whole is finished.
    """
    from tests.support.models.training_runs import tiny_config
    from training.config import Positions, Schedule
    from training.train import train

    if (out / "model").exists():
        return
    schedule = Schedule(steps=20, batch_size=4, learning_rate=1e-2, save_every=3)
    config = tiny_config(
        corpus, "run", schedule=schedule, positions=Positions(kind="gaps", reach=60)
    )
    train(replace(config, out=out), resume="if-any")


def train_tiny_in_two(out: Path, corpus: Path, leader: int = 0) -> None:
    """Train like ``train_tiny`` in two processes; this one has the rank ``leader``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    other = get_context("fork").Process(target=_train_as_rank, args=(1 - leader, port, out, corpus))
    other.start()
    _train_as_rank(leader, port, out, corpus)
    other.join()
    if other.exitcode:
        raise RuntimeError(f"the other process ended with {other.exitcode}")


def _train_as_rank(rank: int, port: int, out: Path, corpus: Path) -> None:
    """Train in one of two processes, which wait for each other."""
    os.environ |= {
        "ACCELERATE_USE_CPU": "true", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "RANK": str(rank), "LOCAL_RANK": str(rank),
    }  # fmt: skip
    train_tiny(out, corpus)


def reopen(folder: Path) -> str:
    """Return the digest of a corpus whose files are all as its manifest says."""
    corpus = Corpus.open(folder)
    if damaged := corpus.damaged_files():
        raise ValueError(f"{damaged[0]}: damaged")
    return corpus.digest


def unfinish(folder: Path, into: Path) -> Path:
    """Copy a finished corpus as an unfinished one: without a manifest, with digests of shards."""
    shutil.rmtree(into, ignore_errors=True)
    shutil.copytree(folder, into)
    for name, digest in Corpus.open(folder).manifest["files"].items():
        shard = into / name
        shard.with_name(f".{shard.name}.sha256").write_text(digest)
    (into / "manifest.json").unlink()
    (into / "README.md").unlink()
    return into
