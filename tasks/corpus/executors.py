"""Executors: run pure functions in this process, in a process pool, or on a Ray cluster.

An executor is a ``map`` with results in order, so the results do not depend on it. If a worker
dies, Ray repeats its call; a process pool raises an error.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context, parent_process
from typing import Any, Literal

Map = Callable[..., Iterator[Any]]
Executor = Literal["processes", "ray"]

PENDING_CALLS_PER_PROCESSOR = 4
"""Calls that are handed out for each processor of a cluster before the first one returns."""


def start_executor(
    executor: Executor, workers: int | None, address: str | None
) -> AbstractContextManager[Map]:
    """Start an executor for the duration of a ``with`` block.

    Parameters
    ----------
    executor
        ``processes``: processes of this machine; ``ray``: a Ray cluster.
    workers
        Number of processes, or of processors of the cluster; None for all processors.
    address
        Address of a running Ray cluster; None to start one on this machine.

    Raises
    ------
    ValueError
        If the executor does not exist, or an address is given for ``processes``.
    """
    if executor == "ray":
        return ray_cluster(workers, address)
    if executor != "processes":
        raise ValueError(
            f"{executor!r} is not an executor; the executors are `processes` and `ray`"
        )
    if address is not None:
        raise ValueError(
            "`address` applies to Ray clusters only; choose the executor `ray` (--engine ray)"
        )
    return processes(workers)


@contextmanager
def processes(workers: int | None = None) -> Iterator[Map]:
    """Yield a ``map`` over processes of this machine; one worker is this process itself.

    Inner loops are compiled here first, so that the processes read them from the cache.

    Raises
    ------
    RuntimeError
        If one of the processes was killed.
    """
    workers = workers or len(os.sched_getaffinity(0))
    if workers == 1:
        yield map
        return
    from compiler.rendering import compile_loops

    compile_loops()
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_die_with_parent) as pool:
        try:
            yield pool.map
        except BrokenProcessPool:
            raise RuntimeError(
                "a worker process was killed, perhaps for lack of memory; run the same command "
                "again to resume, with fewer --workers if memory is short"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _die_with_parent() -> None:
    """End this process when its parent is killed, which a process pool does not do by itself."""
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def ray_cluster(workers: int | None = None, address: str | None = None) -> Iterator[Map]:
    """Yield a ``map`` over the processors of a Ray cluster.

    All machines must see the folders of the corpus under the same paths.
    """
    import ray

    ray.init(
        address=address,
        num_cpus=workers if address is None else None,
        include_dashboard=False if address is None else None,
        log_to_driver=False,
        logging_level=logging.WARNING,
    )
    try:
        processors = workers or int(ray.cluster_resources().get("CPU", 1))
        remote = ray.remote(num_cpus=1, max_retries=10)(_call)

        def run(function: Callable[..., Any], *arguments: Iterable[Any]) -> Iterator[Any]:
            shared = ray.put(function)
            pending: deque[Any] = deque()
            for each in zip(*arguments, strict=False):
                pending.append(remote.remote(shared, *each))
                if len(pending) >= PENDING_CALLS_PER_PROCESSOR * processors:
                    yield ray.get(pending.popleft())
            while pending:
                yield ray.get(pending.popleft())

        yield run
    finally:
        ray.shutdown()


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)
