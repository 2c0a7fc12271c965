"""Random instances of a task, for property tests of its machine, its text and its answers."""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tasks import Instance, LengthRange, Stream, Task

I = TypeVar("I", bound=Instance)  # noqa: E741


def instances(task: Task[I], lengths: str | int | LengthRange | None = None) -> SearchStrategy[I]:
    """Draw instances by the task's own sampler.

    Parameters
    ----------
    lengths
        A range's name, a length, or the least and the greatest length; None for the smallest
        instances, those of ``Task.tiny``.

    Raises
    ------
    ValueError
        When the task does not have this range.
    """
    stream = Stream(task.name, str(lengths), "hypothesis")
    if lengths is not None:
        task.length_range(lengths)

    @st.composite  # a failing test case shows the instance, where `map` would show a call
    def drawn_instances(draw: st.DrawFn) -> Any:
        draws = stream.at(draw(st.integers(0, 2**64 - 1)))
        return task.tiny(draws) if lengths is None else task.draw(draws, lengths)

    return drawn_instances()
