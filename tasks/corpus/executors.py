"""Where the work is done: in this process, in processes of this machine, or on a Ray cluster.

An engine is a ``map`` over pure functions, its results in order: what is made does not depend on
the engine. Ray does a piece of work again whose worker died; among processes its death is an error.
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
"""Pieces of work that are handed out for each processor of a cluster before one is done."""


def start(
    executor: Executor, workers: int | None, address: str | None
) -> AbstractContextManager[Map]:
    """An engine, for the time of a ``with`` block.

    Parameters
    ----------
    workers
        Processes, or processors of the cluster; ``None`` for as many as there are.
    address
        Of a running Ray cluster; ``None`` for one of this machine's own.

    Raises
    ------
    ValueError
        When there is no such engine, or an address for one that has none.
    """
    if executor == "ray":
        return ray_cluster(workers, address)
    if executor != "processes":
        raise ValueError(f"no engine is called {executor!r}; there are `processes` and `ray`")
    if address is not None:
        raise ValueError("an address is that of a Ray cluster: use the engine `ray`")
    return processes(workers)


@contextmanager
def processes(workers: int | None = None) -> Iterator[Map]:
    """``map`` over processes of this machine; over none for one worker.

    Raises
    ------
    RuntimeError
        When one of the processes was killed.
    """
    workers = workers or len(os.sched_getaffinity(0))
    if workers == 1:
        yield map
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_die_with_parent) as pool:
        try:
            yield pool.map
        except BrokenProcessPool:
            raise RuntimeError(
                "a worker process was killed, perhaps because memory ran out; the same command "
                "goes on where it stopped, with fewer --workers in less memory"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _die_with_parent() -> None:
    """End this process when the one that started it is killed, which no pool does by itself."""
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def ray_cluster(workers: int | None = None, address: str | None = None) -> Iterator[Map]:
    """``map`` over the processors of a Ray cluster.

    All machines must see the folders that the work names under the same paths.
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
            waiting: deque[Any] = deque()
            for each in zip(*arguments, strict=False):
                waiting.append(remote.remote(shared, *each))
                if len(waiting) >= PENDING_CALLS_PER_PROCESSOR * processors:
                    yield ray.get(waiting.popleft())
            while waiting:
                yield ray.get(waiting.popleft())

        yield run
    finally:
        ray.shutdown()


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    return function(*arguments)
