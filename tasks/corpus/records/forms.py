"""How the completions of a corpus are written: what the machines say, or a baseline of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler import Text, render_batch
from compiler.ablations import check_options
from compiler.formats import FORMATS
from compiler.styles import MINIMAL, find_style
from compiler.text import Role, Texts
from tasks.answers import LABEL
from tasks.base import Instance, Task
from tasks.corpus.records.baselines import BASELINE_TASKS, BASELINES
from tasks.corpus.records.spans import of_parts
from tm import Limits, Outcome, Table, run, run_batch
from tm.engine import Batch
from tm.speech import UtteranceKind
from tm.trace import Trace

MAX_RECORD_BYTES = 2**18
"""Bytes of a record: no model that is trained on such texts has a context for more."""
MAX_RECORD_LETTERS = MAX_RECORD_BYTES // 2
"""Letters that a machine may say (``Limits.letters``): the texts of our tasks have two bytes or
more for each, so that what is stopped by this could not be a record."""
MAX_LISTED_TRANSITIONS = MAX_RECORD_BYTES // 10
"""Transitions that a generic format may list, each on a line of ten bytes or more."""

TAIL, ANSWER = "tail", "answer"
FORMS = (TAIL, *FORMATS, ANSWER, *BASELINES)


class WrittenTexts(NamedTuple):
    """The completions of some items.

    Attributes
    ----------
    fits
        bool[n]: false where a text is too long; such a completion is cut, not to be used.
    prompts
        str[n].
    completions
        str[n].
    answers
        str[n]: what the machine left on its tape.
    atomic_states
        Counts them, int64[n].
    transitions
        int64[n].
    texts
        The completions with their spans, where these were asked for.
    """

    fits: NDArray[np.bool_]
    prompts: Sequence[str]
    completions: Sequence[str]
    answers: Sequence[str]
    atomic_states: Callable[[], NDArray[np.int64]]
    transitions: NDArray[np.int64]
    texts: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How completions are written.

    Attributes
    ----------
    format
        ``tail``, the machine's chain of thought; ``transitions`` or ``configurations``, those of
        the machine (``compiler.formats``); ``answer``, nothing but that; ``index_hint`` or
        ``reversed`` (``tasks.corpus.records.baselines``).
    style, depth, without
        Of ``tail``; see ``compiler.render``.

    Raises
    ------
    ValueError
        When there is no such format or ablation, or options do not go together.
    """

    format: str = TAIL
    style: str = MINIMAL
    depth: int = 1
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.format not in FORMS:
            raise ValueError(f"no format is called {self.format!r}; there are {', '.join(FORMS)}")
        if self.depth < 1:
            raise ValueError(f"depth is {self.depth}: it is at least 1, the outermost steps")
        check_options(self.without, self.depth, 3)
        if self.format != TAIL and (self.style, self.depth, self.without) != (MINIMAL, 1, ()):
            raise ValueError(f"style, depth and without are of `tail`, not of `{self.format}`")

    @property
    def name(self) -> str:
        """What a record says it is written in, as ``minimal``, ``minimal without fetch``."""
        if self.format != TAIL:
            return self.format
        depth = f" depth {self.depth}" if self.depth > 1 else ""
        without = f" without {' '.join(self.without)}" if self.without else ""
        return f"{self.style}{depth}{without}"

    def check(self, task: Task[Any]) -> None:
        """See that a task can be written so.

        Raises
        ------
        ValueError
            When it has no such style, or the baseline is none of this task.
        """
        find_style(task.table, self.style)
        if self.format in BASELINES and task.name not in BASELINE_TASKS:
            raise ValueError(
                f"`{self.format}` is a baseline of {', '.join(BASELINE_TASKS)}, not of {task.name}"
            )

    def write(
        self,
        task: Task[Any],
        instances: Sequence[Instance],
        prompts: Sequence[str],
        *,
        spans: bool = False,
    ) -> WrittenTexts:
        """Run the machine on instances and write what came of it.

        Raises
        ------
        RuntimeError
            When the machine does not accept an instance, which is a fault of the machine.
        ValueError
            When the task writes what is on no tape of the machine.
        """
        if self.format in FORMATS:
            return self._generic(task, instances, prompts)
        tapes = [task.tapes(instance) for instance in instances]
        said = self.format == TAIL
        limits = Limits(letters=MAX_RECORD_LETTERS)
        try:
            batch = run_batch(task.table, tapes, workers=1, limits=limits, trace=said)
        except ValueError as error:  # no such tape, or none that holds this
            raise ValueError(f"{task.name}: {error}") from None
        fits = batch.outcome == Outcome.ACCEPT
        for index in np.flatnonzero(~fits).tolist():
            _fits(task, instances[index], batch.outcome[index])  # an error where it is stuck
        answers = batch.texts("out")
        if batch.trace is not None:
            trace = batch.trace
            texts = render_batch(
                task.table,
                trace,
                style=self.style,
                depth=self.depth,
                without=self.without,
                spans=spans,
            )
            return WrittenTexts(
                fits,
                prompts,
                list(texts),
                answers,
                partial(_atomic_states, task.table, trace, self.depth),
                batch.transitions,
                texts,
            )
        return self._baseline(task, instances, prompts, batch, fits, answers)

    def _baseline(
        self,
        task: Task[Any],
        instances: Sequence[Instance],
        prompts: Sequence[str],
        batch: Batch,
        fits: NDArray[np.bool_],
        answers: Sequence[str],
    ) -> WrittenTexts:
        parts: list[list[tuple[Role, str]]] = []
        if self.format == ANSWER:
            parts = [[(Role.ANSWER, f"{LABEL} {answer}")] for answer in answers]
        else:
            sums = [
                BASELINES[self.format](task.facts(instance), answer)
                for instance, answer in zip(instances, answers, strict=True)
            ]
            prompts = [each.prompt for each in sums]
            parts = [
                [(Role.SOLVE, each.result + "\n"), (Role.ANSWER, each.answer)] for each in sums
            ]
        texts = of_parts(parts)
        return WrittenTexts(
            fits,
            prompts,
            list(texts),
            answers,
            lambda: np.zeros(len(batch), np.int64),
            batch.transitions,
            texts,
        )

    def _generic(
        self,
        task: Task[Any],
        instances: Sequence[Instance],
        prompts: Sequence[str],
    ) -> WrittenTexts:
        limits = Limits(steps=MAX_LISTED_TRANSITIONS)
        texts: list[Text] = []
        answers, transitions, fits = [], [], []
        for instance in instances:
            tapes = task.tapes(instance)
            made = run(task.table, tapes, limits=limits, trace=False, actions=True)
            fits.append(_fits(task, instance, made.outcome))
            texts.append(FORMATS[self.format](made, tapes))
            answers.append(made.text("out"))
            transitions.append(made.transitions)
        return WrittenTexts(
            np.array(fits, np.bool_),
            prompts,
            [text.string for text in texts],
            answers,
            lambda: np.zeros(len(texts), np.int64),
            np.array(transitions, np.int64),
            Texts.of(texts),
        )


def _fits(task: Task[Any], instance: Instance, outcome: str) -> bool:
    if outcome == Outcome.ACCEPT:
        return True
    if outcome in (Outcome.TEXT_LIMIT, Outcome.STEP_LIMIT):
        return False
    raise RuntimeError(f"{task.name} ended in {outcome}: {instance}")


def _atomic_states(table: Table, trace: Trace, depth: int) -> NDArray[np.int64]:
    """int64[r]: how many steps of the levels up to ``depth`` each run of a trace opened."""
    change = {UtteranceKind.OPEN: 1, UtteranceKind.CLOSE: -1}
    said = np.array([change.get(u.kind, 0) for u in table.utterances], np.int64)[trace.utterance]
    level = np.cumsum(said)
    ends = np.append(0, level)[trace.runs[1:]]  # a run that was cut leaves steps open
    lengths = np.diff(trace.runs)
    level -= np.repeat(np.append(0, ends)[:-1], lengths)
    opened = np.append(0, np.cumsum((said == 1) & (level <= depth)))
    return np.diff(opened[trace.runs])
