"""Run an evaluation: log it, resume an interrupted one, and write its results to disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluation.backends.base import Advance, Backend
from evaluation.problems.suites import Suite
from evaluation.reports.results import check_no_results, write_results
from evaluation.runs.evaluate import evaluate_parts, prepare_parts
from evaluation.runs.journal import OUTPUTS_FILE, open_journal, problems_digest
from evaluation.runs.log import LogEntry, log_evaluation
from evaluation.runs.plan import EvalPlan, plan_decoding
from evaluation.runs.versions import installed_version
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score
from tasks.corpus.problems import EVAL

if TYPE_CHECKING:
    import pyarrow as pa

    from evaluation.states.measurement import ReferenceReader

RESUMABLE_CHANGES = ("batch_size", "device")
"""Entries of a description that may be different when an interrupted run resumes."""


class RunResult(NamedTuple):
    """Result of a run.

    Attributes
    ----------
    log_entry
        None if the run is exempt from the log.
    states
        See ``evaluation.states.measurement.measure_states``; None if it was not requested.
    """

    rows: list[ScoreRow]
    scores: list[Score]
    description: dict[str, Any]
    log_entry: LogEntry | None
    states: pa.Table | None = None


def run_suite(
    suite: Suite,
    backend: Backend,
    *,
    out: Path | None = None,
    more: Mapping[str, Any] = {},
    advance: Advance = lambda done: None,
    samples: int = 1,
    pass_ks: Sequence[int] = (),
    max_new_tokens: int | None = None,
    states: bool = False,
    announce: Callable[[EvalPlan], None] = lambda plan: None,
) -> RunResult:
    """Have a backend answer a suite, and score its outputs.

    A run on problems of the split ``eval`` is logged, unless it is resumed or the backend is the
    machine itself.

    Parameters
    ----------
    out
        Folder for outputs and results, in which an interrupted run resumes; None means that
        nothing is written.
    more
        Further entries for the description.
    advance, samples, pass_ks, max_new_tokens
        See ``evaluation.runs.evaluate.evaluate``.
    states
        Whether to measure every atomic state of the references, too.
    announce
        Called with the plan of a run that has no outputs yet, before anything is written.

    Raises
    ------
    ValueError
        If ``out`` holds results, or outputs of another run, or if ``states`` is true and the
        backend cannot read references; see also ``check_options``. Nothing is logged then.
    FolderInUseError
        If another process is writing into ``out``.
    """
    if out:
        check_no_results(out)
    reader = _reader(backend) if states else None
    parts = prepare_parts(
        suite.problems,
        backend,
        samples=samples,
        pass_ks=pass_ks,
        longest_bytes=suite.longest_bytes,
        max_new_tokens=max_new_tokens,
    )
    if not (out and (out / OUTPUTS_FILE).exists()):
        announce(plan_decoding(parts, backend, samples))
    description = {**backend.description, **more, **suite.description}
    description["max_new_tokens"] = max_new_tokens
    description["tmtail"] = installed_version("tmtail")
    identity = {name: v for name, v in description.items() if name not in RESUMABLE_CHANGES}
    identity["problems"] = problems_digest(suite.problems)
    held_out = suite.description["split"] == EVAL
    log_entry = None
    with open_journal(out, identity) if out else nullcontext() as journal:
        if held_out and description["backend"] != "reference" and not journal:
            log_entry = log_evaluation(suite.corpus, suite.problems, description)
        rows, scores = evaluate_parts(
            parts,
            backend,
            advance,
            samples=samples,
            pass_ks=pass_ks,
            requested=suite.requested,
            store=journal,
        )
        final = backend.description  # the batch size may have changed
        description |= {name: final[name] for name in RESUMABLE_CHANGES if name in description}
        table = _measure(reader, suite) if reader else None
        if out:
            write_results(out, rows, scores, description, table)
    return RunResult(rows, scores, description, log_entry, table)


def _reader(backend: Backend) -> ReferenceReader:
    """Return a backend as one that reads references."""
    from evaluation.states.measurement import ReferenceReader

    if not isinstance(backend, ReferenceReader):
        name = backend.description["backend"]
        raise ValueError(
            f"backend {name}: every state is measured on the log-probabilities of the machine's "
            "text, which only hf and vllm return; use one of them, or leave out `states`"
        )
    return backend


def _measure(reader: ReferenceReader, suite: Suite) -> pa.Table:
    from evaluation.states.measurement import measure_states

    return measure_states(reader, suite.problems)
