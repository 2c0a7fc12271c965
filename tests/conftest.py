"""Hypothesis profiles: `quick` always, `thorough` with `--hypothesis-profile thorough`."""

import gc
import os
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

# For tiny models, threads of PyTorch cost more than they gain, and on a busy machine twenty times
# as much. The number of threads is read when PyTorch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test uses the hub; without network access, each call would wait for a time-out.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# Tests must not write to the user's log of evaluations.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="tmtail-state-")

# A shell ignores Ctrl-C for what it starts in the background; every child of the tests would, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

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


@pytest.fixture(scope="session")
def compiled() -> None:
    """Compile the inner loops; a process that does it prints a line on stderr."""
    from compiler.rendering import compile_loops

    compile_loops()
