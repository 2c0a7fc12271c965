"""Controls: several runs on the same problems, to show how much of a score is due to TAIL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from evaluation.backends.base import Advance
from evaluation.backends.config import RunConfig
from evaluation.backends.opening import model_description, open_backend
from evaluation.backends.protocol import without_credentials
from evaluation.backends.recorded import outputs_digest
from evaluation.problems.suites import corpus_suite, output_form
from evaluation.reports.results import RESULTS_FILE, read_results
from evaluation.runs.journal import claim_folder
from evaluation.runs.plan import EvalPlan
from evaluation.runs.run import run_suite
from tasks.base import AnyTask
from tasks.corpus import Corpus
from tm.support.differences import describe_differences

CONTROLS_FILE = "table.json"
"""File with the settings that all runs in a folder share."""

UNSHARED_SETTINGS = ("corpus", "runs", "batch_size")
"""Settings that may change when runs resume; another corpus must have the same digest."""

RunResults = dict[str, Any]
"""Content of a run's ``results.json``."""


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Configuration of several runs on the same problems.

    Attributes
    ----------
    corpus
        Folder of the corpus.
    runs
        The runs, each with its own name.
    split, ranges, items
        The problems: the first ``items`` of each task and of each of these ranges of the split.
    wordings
        Wordings that pose the problems: ``unseen`` by the models, ``seen``, or ``both``.
    batch_size, dtype
        Settings of the models; see ``evaluation.backends.opening.open_backend``.

    Raises
    ------
    ValueError
        If there is no run, two runs have the same name, or ``items`` is below 1.
    """

    corpus: Path
    runs: tuple[RunConfig, ...]
    split: Literal["eval", "probe"] = "eval"
    ranges: tuple[str, ...] = ("S", "M", "L")
    items: int = 500
    wordings: Literal["unseen", "seen", "both"] = "unseen"
    batch_size: int | None = None
    dtype: Literal["float32", "bfloat16"] = "float32"

    def __post_init__(self) -> None:
        names = [run.name for run in self.runs]
        if not names:
            raise ValueError("`runs` must have at least one run")
        if repeated := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"`runs`: two runs are called {repeated[0]!r}; rename one")
        if self.items < 1:
            raise ValueError(f"`items` must be at least 1, not {self.items}")


def score_runs(
    controls: Controls,
    out: Path,
    *,
    tasks: Sequence[AnyTask] = (),
    watch: Callable[[RunConfig, int], Advance] = lambda run, outputs: lambda done: None,
    announce: Callable[[RunConfig, EvalPlan], None] = lambda run, plan: None,
) -> Iterator[RunResults]:
    """Score the runs one after the other, each into a folder with its name, and yield the results.

    If the same controls are scored again, finished runs are not repeated and an interrupted run
    resumes. Runs can be added.

    Parameters
    ----------
    out
        Folder for the folders of all runs.
    tasks
        See ``evaluation.problems.selection.load_problems``.
    watch
        Called with each run and its number of outputs; it returns the run's progress callback.
    announce
        Called with each new run and its plan, before the run starts.

    Raises
    ------
    ValueError
        If ``out`` holds something else, or the corpus does not have the problems.
    FolderInUseError
        If another process is writing into ``out``.
    """
    corpus = Corpus.open(controls.corpus)
    settings = _as_json(controls)
    shared = {name: value for name, value in settings.items() if name not in UNSHARED_SETTINGS}
    shared |= {"digest": corpus.digest, "tasks": [task.name for task in tasks]}
    for range_name in controls.ranges:  # checked before the folder is claimed
        for name in [task.name for task in tasks] or (None,):
            corpus.files(controls.split, task=name, range_name=range_name)
    with claim_folder(out, CONTROLS_FILE, json.dumps(shared, indent=1) + "\n"):
        for run in controls.runs:
            folder = out / run.name
            if not (folder / RESULTS_FILE).exists():
                _score_run(controls, run, corpus, tasks, folder, watch, announce)
            results = read_results(folder)
            if results.get("run") != _as_json(run):
                different = describe_differences(results.get("run"), _as_json(run))
                raise ValueError(
                    f"{folder}: the folder holds the results of another run with this name "
                    f"({different}); rename the run, or move the folder away"
                )
            if not _is_of_same_source(results, run):
                raise ValueError(
                    f"{folder}: the folder holds results of a model or of outputs that were "
                    "replaced since; rename the run, or move the folder away"
                )
            yield results


def _is_of_same_source(results: RunResults, run: RunConfig) -> bool:
    """Return whether results are of the model, or of the outputs, that the run names now."""
    if run.outputs is not None:
        return bool(results.get("outputs") == outputs_digest(run.outputs))
    return bool(results.get("weights") == model_description(run).get("weights"))


def _score_run(
    controls: Controls,
    run: RunConfig,
    corpus: Corpus,
    tasks: Sequence[AnyTask],
    folder: Path,
    watch: Callable[[RunConfig, int], Advance],
    announce: Callable[[RunConfig, EvalPlan], None],
) -> None:
    form, free = output_form(corpus, format=run.format, style=run.style, prompt=run.prompt)
    suite = corpus_suite(
        corpus,
        controls.split,
        controls.ranges,
        controls.items,
        tasks=tasks,
        form=form,
        free=free,
        wordings=controls.wordings,
        system=run.system,
        shots=run.shots,
    )
    run_suite(
        suite,
        open_backend(run, suite.problems, dtype=controls.dtype, batch_size=controls.batch_size),
        out=folder,
        more={**model_description(run), "run": _as_json(run)},
        advance=watch(run, len(suite.problems)),
        max_new_tokens=run.max_new_tokens,
        announce=partial(announce, run),
    )


def _as_json(config: RunConfig | Controls) -> dict[str, Any]:
    """Return a configuration as plain data, in the types that JSON has, without credentials."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(config), default=str))
    for run in plain.get("runs", [plain]):
        run["url"] = without_credentials(run["url"])
    return plain
