"""Random instances of a task, for property tests of its machine, its text and its answers."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tasks import Instance, LengthRange, Stream, Task

I = TypeVar("I", bound=Instance)  # noqa: E741


def instances(task: Task[I], where: str | int | LengthRange | None = None) -> SearchStrategy[I]:
    """Instances that the task's own sampler draws.

    Parameters
    ----------
    where
        A range's name, a length, or the least and the greatest length; None for the smallest
        instances, those of ``Task.tiny``.

    Raises
    ------
    ValueError
        For a range that the task does not have.
    """
    stream = Stream(task.name, str(where), "hypothesis")
    if where is not None:
        task.length_range(where)

    def made(index: int) -> Any:
        draws = stream.at(index)
        return task.tiny(draws) if where is None else task.draw(draws, where)

    return st.integers(0, 2**64 - 1).map(made)
