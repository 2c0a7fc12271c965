"""The part of our tasks that runs within lm-eval: exact chains and the reader of answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import ConfigurableTask

from evaluation.backends.base import End, Output
from evaluation.problems.selection import problem_of_record
from evaluation.scoring.scores import Verdict
from evaluation.scoring.scores import score as score_output
from tasks import from_file
from tasks.corpus import Corpus
from tasks.corpus.records.ids import RecordId
from tasks.corpus.restoring import restore_tasks


class Context(str):
    """Text that a model continues, of which lm-eval must not move the final line break.

    It moves white space at the end of a context into the continuation, whose first token would then
    be a line break, which no model was trained to write.
    """

    def rstrip(self, chars: str | None = None, /) -> Context:
        """Return the text as it is."""
        return self


class ExactChain(ConfigurableTask):  # type: ignore[misc]
    """Task whose accuracy is the rate of exact chains: every token of the text is the likeliest."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config={name: v for name, v in config.items() if name != "class"})

    def construct_requests(self, doc: dict[str, Any], ctx: Any, **kwargs: Any) -> Instance:
        """Return the request of one problem."""
        context = Context(ctx) if isinstance(ctx, str) else ctx
        return super().construct_requests(doc, context, **kwargs)


class AnswerReader:
    """Reader of generated texts, by the rules of ``tmtail eval``.

    Parameters
    ----------
    corpus
        Folder of the corpus.
    tasks
        Files of the tasks that are scored; empty means all of the corpus.
    free
        Whether a text may be anything that ends in an answer.

    Raises
    ------
    ValueError
        If the corpus was built with other machines than the present ones.
    """

    def __init__(self, corpus: str, *, tasks: Sequence[str] = (), free: bool = False) -> None:
        opened = Corpus.open(Path(corpus))
        chosen = [from_file(path) for path in tasks]
        restored = restore_tasks(opened, chosen, only=bool(chosen))
        self.form, self.free = opened.form, free
        self.tasks = {task.name: task for task in restored}

    def __call__(self, doc: dict[str, Any], results: Sequence[str]) -> dict[str, float]:
        """Return the figures of an output: right answer, strictly and leniently; exact chain."""
        task = self.tasks[RecordId.parse(doc["id"]).task]
        problem = problem_of_record(task, doc["id"], form=self.form, free=self.free)
        score = score_output(problem, Output(results[0], End.STOP, len(results[0])))
        figures = {
            "answer": float(score.verdict is Verdict.RIGHT),
            "lenient": float(score.lenient),
        }
        return {**figures, "exact": float(score.exact)} if problem.chain else figures
