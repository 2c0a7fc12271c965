"""Forms of completions: a machine's chain of thought, a generic format, or a baseline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler import Text, render_batch
from compiler.ablations import check_options
from compiler.formats import FORMATS
from compiler.reading import reading_facts
from compiler.renderer.names import find_empty_name
from compiler.steps import Decoder
from compiler.styles import MINIMAL, check_results
from compiler.text import Role, Texts
from tasks.answers import LABEL
from tasks.base import AnyTask, Instance
from tasks.corpus.records.baselines import BASELINE_TASKS, BASELINES
from tasks.corpus.records.spans import texts_of_stretches
from tm import Limits, Outcome, Table, run, run_batch
from tm.engine import Batch, InputError
from tm.speech import UtteranceKind
from tm.trace import Trace

MAX_RECORD_BYTES = 2**18
"""Bytes of a record; no model that trains on such texts has a larger context."""
MAX_RECORD_LETTERS = MAX_RECORD_BYTES * 2 // 3
"""Letters a machine may write (``Limits.letters``). Our texts take at least three bytes for two, so
a run that exceeds this limit could not fit into a record."""
MAX_LISTED_TRANSITIONS = MAX_RECORD_BYTES // 10
"""Transitions a generic format may list; each line takes at least ten bytes."""

TAIL, ANSWER = "tail", "answer"
PLAIN, KEYED = PROMPTS = ("plain", "keyed")
"""Kinds of prompts; a keyed one gives index hints (``Task.prompt``)."""
FORMS = (TAIL, *FORMATS, ANSWER, *BASELINES)


class WrittenTexts(NamedTuple):
    """Prompts and completions of n items.

    Attributes
    ----------
    fits
        bool[n]: whether the completion is complete. One that is too long is cut and must not be
        used.
    prompts
        str[n]; a baseline replaces the given ones.
    completions
        str[n].
    answers
        str[n]: the words that the machine left on its tape ``out``.
    atomic_states
        Counts the atomic states of each completion, int64[n].
    transitions
        int64[n]: transitions of the machine.
    texts
        The completions with their spans, if spans were requested.
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
    """Form of completions: a format and its options.

    Attributes
    ----------
    format
        ``tail``: the machine's chain of thought; ``transitions`` or ``configurations``: a listing
        of its run (``compiler.formats``); ``answer``: the answer alone; ``index_hint`` or
        ``reversed``: a baseline for addition (``tasks.corpus.records.baselines``).
    style, depth, without
        Wording, depth of nested steps and ablations of the format ``tail``; see
        ``compiler.render``.
    prompt
        ``plain``, or ``keyed``: the prompt lists what the machine reads, as index hints, and the
        text begins after the reading phase.

    Raises
    ------
    ValueError
        If the format or an ablation does not exist, or the options cannot be combined.
    """

    format: str = TAIL
    style: str = MINIMAL
    depth: int = 1
    without: tuple[str, ...] = ()
    prompt: str = PLAIN

    def __post_init__(self) -> None:
        if self.prompt not in PROMPTS:
            raise ValueError(f"`prompt` must be one of {', '.join(PROMPTS)}, not {self.prompt!r}")
        if self.format not in FORMS:
            raise ValueError(f"{self.format!r} is not a format; the formats are {', '.join(FORMS)}")
        if self.depth < 1:
            raise ValueError(f"`depth` must be at least 1, the outermost steps, not {self.depth}")
        check_options(self.without, self.depth, 3)
        if self.format != TAIL and (self.style, self.depth, self.without) != (MINIMAL, 1, ()):
            raise ValueError(
                f"style, depth and without apply to the format `tail`, not to `{self.format}`"
            )

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Form:
        """Build a form from its fields as a manifest stores them.

        Raises
        ------
        ValueError
            If the manifest does not store the kind of prompts, as before machines read them.
        """
        if "prompt" not in fields:
            raise ValueError("the corpus was built before prompts were plain; build it again")
        return cls(**{**fields, "without": tuple(fields["without"])})

    @property
    def name(self) -> str:
        """Name of the form in the column ``style``, like ``minimal without fetch``."""
        keyed = " keyed" if self.keyed else ""
        if self.format != TAIL:
            return self.format + keyed
        depth = f" depth {self.depth}" if self.depth > 1 else ""
        without = f" without {' '.join(self.without)}" if self.without else ""
        return f"{self.style}{depth}{without}{keyed}"

    @property
    def keyed(self) -> bool:
        """True if prompts give index hints."""
        return self.prompt == KEYED

    def check(self, task: AnyTask) -> None:
        """Check that a task can be written in this form.

        Raises
        ------
        ValueError
            If the task's machine does not have the style, the style would lose results, or the
            format is a baseline of other tasks.
        """
        check_results(task.table, self.style, self.without)
        if self.format in BASELINES and task.name not in BASELINE_TASKS:
            raise ValueError(
                f"`{self.format}` is a baseline of {', '.join(BASELINE_TASKS)}, not of {task.name}"
            )

    def write(
        self,
        task: AnyTask,
        instances: Sequence[Instance],
        wordings: Sequence[int],
        *,
        spans: bool = False,
    ) -> WrittenTexts:
        """Run the machine on problems and write the prompts and completions.

        Parameters
        ----------
        task, instances
            The problems.
        wordings
            For each instance the index of the wording that poses it.
        spans
            Whether to compute the spans of the completions as well.

        Raises
        ------
        RuntimeError
            If the machine does not accept an instance, which is a fault of the machine.
        ValueError
            If the task writes to a tape that the machine does not have, symbols that the tape
            cannot hold, or too few names, so that a label or a key of the text is empty.
        """
        if self.format in FORMATS:
            return self._generic(task, instances, wordings)
        posed = list(zip(instances, wordings, strict=True))
        tapes = [task.inputs(*problem) for problem in posed]
        limits = Limits(letters=MAX_RECORD_LETTERS)
        try:
            batch = run_batch(
                task.table, tapes, workers=1, limits=limits, trace=self.format == TAIL
            )
        except InputError as error:  # the tape is missing, or cannot hold a symbol
            raise ValueError(f"{error}: {instances[error.item]}") from None
        fits = batch.outcome == Outcome.ACCEPT
        for index in np.flatnonzero(~fits).tolist():
            _fits(task, instances[index], batch.outcome[index])  # raises unless a limit was reached
        answers = batch.texts("out")
        if batch.trace is not None:
            trace = batch.trace
            self._check_names(task, instances, trace)
            texts = render_batch(
                task.table,
                trace,
                style=self.style,
                depth=self.depth,
                without=self.without,
                reading=not self.keyed,
                spans=spans,
            )
            completions = list(texts)
            self._check_chains(task, completions, answers)
            return WrittenTexts(
                fits,
                self._prompts(task, posed, trace),
                completions,
                answers,
                partial(_atomic_states, task.table, trace, self.depth),
                batch.transitions,
                texts,
            )
        prompts = [task.prompt(*problem, keyed=self.keyed) for problem in posed]
        return self._baseline(task, instances, prompts, batch, fits, answers)

    def _check_names(self, task: AnyTask, instances: Sequence[Instance], trace: Trace) -> None:
        """Check that no label and no key lacks a name."""
        empty = find_empty_name(task.table, trace, depth=self.depth, reading=not self.keyed)
        if empty is not None:
            raise ValueError(f"{task.name}: {empty} ({instances[empty.run]})")

    def _check_chains(
        self, task: AnyTask, completions: Sequence[str], answers: Sequence[str]
    ) -> None:
        """Check that the ablations leave something of each chain of thought."""
        for completion, answer in zip(completions, answers, strict=True):
            if self.without and completion == f"{LABEL} {answer}":
                raise ValueError(
                    f"{task.name}: without {' and '.join(self.without)}, nothing but the answer is "
                    f"left of a text (`{completion}`); leave out less"
                )

    def _prompts(
        self, task: AnyTask, posed: Sequence[tuple[Instance, int]], trace: Trace
    ) -> list[str]:
        """Return the prompts of problems, given the trace of their runs."""
        if not self.keyed:
            return [task.prompt(*problem) for problem in posed]
        decoder = Decoder(task.table)
        return [
            task.prompt(*problem, facts=reading_facts(decoder, trace, index))
            for index, problem in enumerate(posed)
        ]

    def _baseline(
        self,
        task: AnyTask,
        instances: Sequence[Instance],
        prompts: Sequence[str],
        batch: Batch,
        fits: NDArray[np.bool_],
        answers: Sequence[str],
    ) -> WrittenTexts:
        stretches: list[list[tuple[Role, str]]]
        if self.format == ANSWER:
            stretches = [[(Role.ANSWER, f"{LABEL} {answer}")] for answer in answers]
        else:
            sums = [
                BASELINES[self.format](words["x"], words["y"], answer)
                for words, answer in zip(map(task.words, instances), answers, strict=True)
            ]
            prompts = [each.prompt for each in sums]
            stretches = [
                [(Role.SOLVE, each.result + "\n"), (Role.ANSWER, each.answer)] for each in sums
            ]
        texts = texts_of_stretches(stretches)
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
        task: AnyTask,
        instances: Sequence[Instance],
        wordings: Sequence[int],
    ) -> WrittenTexts:
        limits = Limits(steps=MAX_LISTED_TRANSITIONS)
        texts: list[Text] = []
        answers, transitions, fits = [], [], []
        prompts = []
        for instance, wording in zip(instances, wordings, strict=True):
            prompts.append(task.prompt(instance, wording, keyed=self.keyed))
            tapes = task.inputs(instance, wording)
            result = run(task.table, tapes, limits=limits, trace=False, actions=True)
            fits.append(_fits(task, instance, result.outcome))
            texts.append(FORMATS[self.format](result, tapes))
            answers.append(result.text("out"))
            transitions.append(result.transitions)
        return WrittenTexts(
            np.array(fits, np.bool_),
            prompts,
            [text.string for text in texts],
            answers,
            lambda: np.zeros(len(texts), np.int64),
            np.array(transitions, np.int64),
            Texts.of(texts),
        )


def _fits(task: AnyTask, instance: Instance, outcome: str) -> bool:
    """Return whether a run ended within the limits; raise if the machine did not accept."""
    if outcome == Outcome.ACCEPT:
        return True
    if outcome in (Outcome.TEXT_LIMIT, Outcome.STEP_LIMIT):
        return False
    raise RuntimeError(f"{task.name}: the machine ended in {outcome}, not in accept: {instance}")


def _atomic_states(table: Table, trace: Trace, depth: int) -> NDArray[np.int64]:
    """Count the steps, down to ``depth``, that each of the r runs of a trace opened, int64[r]."""
    change = {UtteranceKind.OPEN: 1, UtteranceKind.CLOSE: -1}
    changes = np.array([change.get(u.kind, 0) for u in table.utterances], np.int64)[trace.utterance]
    level = np.cumsum(changes)
    ends = np.append(0, level)[trace.runs[1:]]  # a run that reached a limit leaves steps open
    lengths = np.diff(trace.runs)
    level -= np.repeat(np.append(0, ends)[:-1], lengths)
    opened = np.append(0, np.cumsum((changes == 1) & (level <= depth)))
    return np.diff(opened[trace.runs])
