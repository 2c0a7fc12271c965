"""What is scored: problems, each with the machine's own text to hold an output against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from compiler import Text
from compiler.formats import FORMATS
from tasks import Instance, Task
from tasks.corpus.forms import ANSWER, LONGEST, TAIL, Form
from tasks.corpus.records import FIRST, ROOM

FREE = Form(format=ANSWER)
"""What outputs are held against that may be any text: the answer alone."""


class Posed(NamedTuple):
    """A problem in words, under a name of its own."""

    id: str
    instance: Instance
    prompt: str


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
    completion
        What the machine says on this instance; cut where it does not fit.
    gold
        The machine's answer; empty where it does not fit.
    form
        How the completion is written.
    free
        Whether an output may be any text that ends in an answer.
    fits
        Whether the completion is whole. One of more than 256 KiB is not written.
    render
        Makes ``reference``.
    """

    id: str
    task: Task[Any]
    range: str
    instance: Instance
    prompt: str
    completion: str
    gold: str
    form: Form
    free: bool
    fits: bool
    render: Callable[[], Text] = field(repr=False)

    @property
    def reference(self) -> Text:
        """The completion with its spans, made when asked for."""
        return self.render()

    @property
    def chain(self) -> bool:
        """Whether there is a chain of thought to be held against the machine's, step by step."""
        return not self.free and self.form.format in (TAIL, *FORMATS)

    @property
    def states_answer(self) -> bool:
        """Whether the completion ends in an answer line; generic formats have none."""
        return self.form.format not in FORMATS


def replay(
    task: Task[Any],
    range_name: str,
    problems: Sequence[tuple[str, Instance, str]],
    *,
    form: Form = Form(),
    free: bool = False,
) -> list[Item]:
    """Run the machine on problems of one task and range.

    Parameters
    ----------
    problems
        (id, instance, prompt) each.
    form
        How the machine's text is written.
    free
        Whether outputs may be any text; ``form`` says nothing then.

    Raises
    ------
    RuntimeError
        When the machine does not accept an instance, which is a fault of the machine.
    """
    how = FREE if free else form
    waiting = [Posed(*problem) for problem in problems]
    made: list[Item] = []
    size = FIRST
    while waiting:
        piece, waiting = waiting[:size], waiting[size:]
        items = list(_piece(task, range_name, piece, how, free))
        written = sum(len(item.completion) for item in items)
        size = max(1, min(10 * size, ROOM * len(items) // max(1, written)))
        made += items
    return made


def _piece(
    task: Task[Any], range_name: str, posed: Sequence[Posed], form: Form, free: bool
) -> Iterator[Item]:
    instances = [problem.instance for problem in posed]
    written = form.write(task, instances, [problem.prompt for problem in posed])
    for index, (problem, prompt, completion) in enumerate(
        zip(posed, written.prompts, written.completions, strict=True)
    ):
        size = len(prompt.encode()) + len(completion.encode())
        fits = bool(written.fits[index]) and size <= LONGEST
        yield Item(
            id=problem.id,
            task=task,
            range=range_name,
            instance=problem.instance,
            prompt=prompt,
            completion=completion,
            gold=written.answers[index] if fits else "",
            form=form,
            free=free,
            fits=fits,
            render=partial(written.text, index),
        )
