"""Hypothesis profiles: `quick` always, `thorough` with `--hypothesis-profile thorough`."""

import gc
import os
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

# Threads of torch that wait for each other cost tiny models more than they give, and on a machine
# that is busy twenty times as much; they are counted when torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test asks the hub: where there is none, each call would wait for it.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# What is logged of evaluations in tests is nobody's log.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="tmtail-state-")

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile("quick")


@pytest.fixture(scope="session", autouse=True)
def cheap_garbage_collection() -> Iterator[None]:
    """Exempt the objects of imported libraries from garbage collection.

    accelerate collects garbage in every training run and every evaluation of a model; with so many
    objects, that takes most of a tiny one.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
