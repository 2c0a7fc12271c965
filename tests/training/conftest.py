"""Fixtures of several test modules on training."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.training_runs import write_corpus


@pytest.fixture(scope="session", autouse=True)
def cheap_garbage_collection() -> Iterator[None]:
    """Exempt the objects of imported libraries from garbage collection.

    accelerate collects garbage in every run; with so many objects, that takes most of a tiny run.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """File with the records of ``tests.support.training_runs``."""
    return write_corpus(tmp_path)
