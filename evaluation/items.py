"""What is scored: problems, each with the machine's own text to hold an output against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compiler import Text, render_batch
from tasks import Instance, Task
from tm import Outcome, run_batch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Item:
    """A problem to be solved, and its replay.

    Attributes
    ----------
    id
        Unlike any other item's.
    task, range, instance
        Where the problem comes from.
    prompt
        What the model is given.
    reference
        What the machine says on this instance, with its spans.
    gold
        The machine's answer.
    """

    id: str
    task: Task[Any]
    range: str
    instance: Instance
    prompt: str
    reference: Text
    gold: str


def replay(
    task: Task[Any],
    range_name: str,
    problems: Sequence[tuple[str, Instance, str]],
    *,
    style: str = "minimal",
) -> list[Item]:
    """Run the machine on problems of one task and range.

    Parameters
    ----------
    problems
        (id, instance, prompt) each.
    style
        The wording of the text; see ``compiler.render``.

    Raises
    ------
    RuntimeError
        When the machine does not accept an instance, which is a fault of the machine.
    """
    batch = run_batch(task.table, [task.tapes(instance) for _, instance, _ in problems])
    for (name, instance, _), outcome in zip(problems, batch.outcome, strict=True):
        if outcome != Outcome.ACCEPT:
            raise RuntimeError(
                f"{task.name}, item {name}: the machine ended in {outcome}: {instance}"
            )
    if batch.trace is None:
        raise AssertionError("run_batch keeps a trace unless it is told not to")
    texts = render_batch(task.table, batch.trace, style=style, spans=True)
    return [
        Item(
            id=name,
            task=task,
            range=range_name,
            instance=instance,
            prompt=prompt,
            reference=Text(texts.text(i), texts.spans(i)),
            gold=batch.text("out", i),
        )
        for i, (name, instance, prompt) in enumerate(problems)
    ]
