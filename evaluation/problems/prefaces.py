"""The text before a problem: a system message, and examples from training problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from tasks.base import AnyTask
from tasks.corpus.problems import training_items
from tasks.corpus.records.forms import ANSWER, Form
from tasks.corpus.records.ids import RecordId

TRAIN = "train"
MAX_ITEMS = 1_000
"""Training items among which examples are chosen."""

Message = dict[str, str]
"""A turn of a chat: ``role`` and ``content``."""


class Shot(NamedTuple):
    """An example: a training problem with the machine's text; ``id`` is that of its record."""

    id: str
    prompt: str
    completion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preface:
    """The text before the prompts of one task: a system message, and examples.

    Attributes
    ----------
    system
        The system message; empty for none.
    shots
        The examples, in order.
    """

    system: str = ""
    shots: tuple[Shot, ...] = ()

    def messages(self, prompt: str) -> list[Message]:
        """Return a prompt as the last turn of a chat, after the system message and the examples."""
        turns = [("system", self.system)] if self.system else []
        for shot in self.shots:
            turns += [("user", shot.prompt), ("assistant", shot.completion)]
        return [{"role": role, "content": text} for role, text in [*turns, ("user", prompt)]]

    def text(self, prompt: str) -> str:
        """Return a prompt as a text to continue, after the others with a blank line after each."""
        parts = [self.system] if self.system else []
        parts += [shot.prompt + shot.completion for shot in self.shots]
        return "".join(f"{part}\n\n" for part in parts) + prompt


NO_PREFACE = Preface()


def few_shots(
    task: AnyTask,
    count: int,
    *,
    seed: int = 0,
    held_out: int = 500,
    form: Form = Form(),
    free: bool = False,
) -> tuple[Shot, ...]:
    """Return examples of a task's first range, which training has by default.

    Parameters
    ----------
    seed, held_out
        See ``tasks.corpus.problems.training_items``: no example is a problem that evaluation or
        probes hold out.
    form
        How the machine's texts are written.
    free
        Whether they are the answers alone.

    Raises
    ------
    ValueError
        If there are too few training problems, or a text is over 256 KiB.
    """
    if not count:
        return ()
    range_name = next(iter(task.ranges))
    drawn = training_items(task, range_name, seed=seed, held_out=held_out)
    first = {item.index: item for item in islice(drawn, MAX_ITEMS) if not item.repeats}
    items = list(first.values())[:count]
    if len(items) < count:
        raise ValueError(
            f"{task.name} {range_name}: there are only {len(items)} different problems among the "
            f"first {MAX_ITEMS} training items; ask for fewer examples than {count}"
        )
    written_form = Form(format=ANSWER, prompt=form.prompt) if free else form
    written = written_form.write(
        task, [item.instance for item in items], [item.wording for item in items]
    )
    if not written.fits.all():
        raise ValueError(f"{task.name} {range_name}: the text of an example is over 256 KiB")
    ids = [str(RecordId(task.name, range_name, TRAIN, seed, item.index)) for item in items]
    return tuple(map(Shot, ids, written.prompts, written.completions))


def shot_ids(prefaces: Sequence[Preface]) -> list[str]:
    """Return the ids of the examples of several prefaces, each once."""
    return list(dict.fromkeys(shot.id for preface in prefaces for shot in preface.shots))
