"""Kill a job at random moments, again and again, until it gets through.

Jobs are forked from a server that has imported the libraries once, which takes seconds. A job must
be a function of a module, called with arguments that can be pickled.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests.support.processes import group_is_alive

SERVER = get_context("forkserver")

TIMEOUT_SECONDS = 600.0
"""Time after which a job that was not killed counts as hanging."""


class KillReport(NamedTuple):
    """Result of ``kill_repeatedly``.

    Attributes
    ----------
    kills
        Number of processes that were killed before they ended.
    rounds
        Number of jobs that ended, each in a folder of its own.
    """

    kills: int
    rounds: int


def preload(*modules: str) -> None:
    """Import modules in the server, so that jobs start at once; call it before the first job."""
    SERVER.set_forkserver_preload(list(modules))


def start_job(job: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a job in a process group of its own."""
    # Not a daemon, as jobs start workers.
    process = SERVER.Process(target=_lead_group, args=(job, arguments))
    process.start()
    return process


def kill_job(process: BaseProcess, workers_after: float | None = None) -> bool:
    """Kill a job without warning, and wait until its workers have ended; False if it had ended.

    Its workers must end by themselves, unless they are killed, too, ``workers_after`` so many
    seconds.
    """
    assert process.pid is not None
    was_running = process.exitcode is None
    if was_running:
        os.kill(process.pid, signal.SIGKILL)
        if workers_after is not None:
            time.sleep(workers_after)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    process.join()
    wait_for_group(process.pid)
    return was_running and process.exitcode == -signal.SIGKILL


def wait_for_group(group: int) -> None:
    """Wait until no process of a group is alive: orphaned workers must end by themselves."""
    end = time.monotonic() + TIMEOUT_SECONDS
    while group_is_alive(group):
        assert time.monotonic() < end, "orphaned workers go on"
        time.sleep(0.02)


def kill_repeatedly(
    job: Callable[..., None],
    folder: Path,
    arguments: Sequence[Any] = (),
    *,
    kills: int,
    seconds: float,
    chance: Random,
    after_kill: Callable[[Path], None],
    after_end: Callable[[Path], None],
    is_launched: bool = False,
) -> KillReport:
    """Run a job in new folders, kill it at random moments and start it again, until it ends.

    Parameters
    ----------
    job
        Called in a process of its own with the folder to write and ``arguments``.
    folder
        Folder of the folders that the jobs write.
    kills
        Number of kills after which the last job is left to end.
    seconds
        A process is killed after a random time up to this; choose about the time of the whole job.
    after_kill, after_end
        Called with the job's folder after each kill, and when the job has ended; they raise if
        something is wrong.
    is_launched
        Whether what started the job's workers kills them, up to a second after the job.
    """
    total = rounds = 0
    while total < kills:
        out = folder / f"round-{rounds}"
        while True:
            process = start_job(job, out, *arguments)
            process.join(chance.uniform(0, seconds) if total < kills else TIMEOUT_SECONDS)
            if kill_job(process, chance.random() if is_launched else None):
                total += 1
                after_kill(out)
            else:
                break
        assert process.exitcode == 0, f"{out}: the job ended with {process.exitcode}"
        after_end(out)
        rounds += 1
    return KillReport(total, rounds)


def timed(job: Callable[..., None], *arguments: Any) -> float:
    """Run a job to its end in a process of its own, and return how long it took, in seconds."""
    started = time.monotonic()
    process = start_job(job, *arguments)
    process.join(TIMEOUT_SECONDS)
    assert process.exitcode == 0
    return time.monotonic() - started


def _lead_group(job: Callable[..., None], arguments: Sequence[Any]) -> None:
    os.setpgid(0, 0)
    job(*arguments)
