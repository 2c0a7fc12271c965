"""Runs side by side on the same problems: TAIL, and what shows how much of a score is TAIL's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich.table import Table
from rich.text import Text

from evaluation.backends.base import Advance, Backend
from evaluation.backends.recorded import claimed
from evaluation.problems.replays import EvalProblem
from evaluation.reports.results import RESULTS, task_table
from evaluation.runs.run import ANY, Suite, of_corpus
from evaluation.runs.run import run as score
from tasks import Task
from tasks.corpus import Corpus, Form
from tm.support.strict_json import read_json

TABLE = "table.json"
"""The file that says what the runs beside it have in common."""

OWN = ("corpus", "runs", "batch_size")
"""What of a configuration may be another when a table goes on; the corpus must be its equal."""

PAPER = {("compare_numbers", "M"): 94.2, ("compare_numbers", "L"): 90.0}
"""Label accuracy of the paper's Qwen2.5-7B, in percent, on its own instances."""

MODELS = ("hf", "vllm", "openai")
"""Backends that ask a model."""

OPTIONS = {
    "base": ("hf", "vllm"),
    "gpus": ("vllm",),
    **dict.fromkeys(("url", "tokenizer", "window", "concurrency"), ("openai",)),
    "chat": MODELS,
}
"""What a run may say with some backends alone."""

RunResults = dict[str, Any]
"""What a run's ``results.json`` holds."""


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Who answers, and in what form.

    Attributes
    ----------
    name
        The column's; results go into a folder of this name.
    backend
        ``hf`` or ``vllm``, a model; ``openai``, one behind a server; ``file``, outputs made
        elsewhere; ``reference``, the machine itself.
    model
        A folder, an adapter's, or a hub name; or what the server calls it.
    base
        Of an adapter, if not where it was.
    gpus
        Of ``vllm``: how many to split the model over.
    url, tokenizer, window, concurrency
        Of ``openai``; see ``evaluation.backends.server.Server``, where ``window`` is ``context``.
    chat
        Whether prompts are a user's turn; as in training where nothing is said, and for servers so.
    outputs
        Of ``file``: JSON lines.
    format, style
        How this run was taught to write, where it is not as the corpus is: ``style: plain`` is
        plain CoT, ``format: answer`` no CoT, ``format: any`` an untrained model's own way.
    max_new_tokens
        Tokens that an output may have; by the corpus's longest text where none is given.
    """

    name: str
    backend: Literal["hf", "vllm", "openai", "file", "reference"] = "hf"
    model: str = ""
    base: str = ""
    gpus: int = 1
    url: str = ""
    tokenizer: Path | None = None
    window: int | None = None
    concurrency: int = 16
    chat: bool | None = None
    outputs: Path | None = None
    format: str = ""
    style: str = ""
    max_new_tokens: int | None = None

    def __post_init__(self) -> None:
        if (self.backend in MODELS) != bool(self.model):
            raise ValueError(f"run {self.name}: `model` goes with {', '.join(MODELS)} alone")
        if (self.backend == "file") != (self.outputs is not None):
            raise ValueError(f"run {self.name}: `outputs` goes with backend file, and only with it")
        if not self.name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"run {self.name!r}: a name is letters, digits, - and _")
        for option, backends in OPTIONS.items():
            if self.backend not in backends and getattr(self, option) != getattr(RunConfig, option):
                only = ", ".join(backends)
                raise ValueError(f"run {self.name}: `{option}` goes with backend {only} alone")
        for option in ("gpus", "window", "concurrency", "max_new_tokens"):
            if (count := getattr(self, option)) is not None and count < 1:
                raise ValueError(f"run {self.name}: {option} {count} must be at least 1")
        if self.format == ANY and self.backend in MODELS and self.max_new_tokens is None:
            raise ValueError(f"run {self.name}: where any text will do, give max_new_tokens")


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Runs, and the problems that all of them are scored on.

    Attributes
    ----------
    corpus
        Its split ``split``, the first ``items`` of each task and range.
    batch_size, dtype
        Of the models; see ``HuggingFace``.
    """

    corpus: Path
    runs: tuple[RunConfig, ...]
    split: Literal["eval", "probe"] = "eval"
    ranges: tuple[str, ...] = ("S", "M", "L")
    items: int = 500
    batch_size: int | None = None
    dtype: Literal["float32", "bfloat16"] = "float32"

    def __post_init__(self) -> None:
        names = [run.name for run in self.runs]
        if not names or len(set(names)) < len(names):
            raise ValueError("give one run or more, each with a name of its own")
        if self.items < 1:
            raise ValueError(f"items {self.items} must be at least 1")


def score_runs(
    controls: Controls,
    out: Path,
    backend: Callable[[RunConfig, Sequence[EvalProblem]], Backend],
    *,
    tasks: Sequence[Task[Any]] = (),
    about: Callable[[RunConfig], Mapping[str, Any]] = lambda run: {},
    watch: Callable[[RunConfig, int], Advance] = lambda run, outputs: lambda done: None,
) -> Iterator[RunResults]:
    """Score the runs, one after the other, each into a folder of its name.

    When the same is asked for again, runs that have ended are not scored anew, and one that was
    killed goes on; so runs can be added.

    Parameters
    ----------
    out
        The folder for all of it.
    backend
        Makes the backend of a run on these items.
    tasks
        See ``evaluation.problems.selection.held_out``.
    about
        What else the description of a run is to tell.
    watch
        Given a run and how many outputs it has, what is told of those that are done.

    Raises
    ------
    ValueError
        When ``out`` holds something else; see ``evaluation.problems.selection.held_out`` for more.
    FolderInUseError
        When another process is writing into it.
    """
    corpus = Corpus.open(controls.corpus)
    shared = {name: value for name, value in _plain(controls).items() if name not in OWN}
    shared |= {"digest": corpus.digest, "tasks": [task.name for task in tasks]}
    for where in controls.ranges:  # a mistake must not claim the folder
        for name in [task.name for task in tasks] or (None,):
            corpus.files(controls.split, task=name, range_name=where)
    with claimed(out, TABLE, json.dumps(shared, indent=1) + "\n"):
        for run in controls.runs:
            folder = out / run.name
            if not (folder / RESULTS).exists():
                suite = _suite(controls, run, corpus, tasks)
                score(
                    suite,
                    backend(run, suite.items),
                    out=folder,
                    more={**about(run), "run": _plain(run)},
                    advance=watch(run, len(suite.items)),
                    limit=run.max_new_tokens,
                )
            results = read_json(folder / RESULTS)
            if results.get("run") != _plain(run):
                raise ValueError(f"{folder} holds the results of another run of this name")
            yield results


def _plain(asked: RunConfig | Controls) -> dict[str, Any]:
    """What was asked for, as JSON has it."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(asked), default=str))
    return plain


def _suite(controls: Controls, run: RunConfig, corpus: Corpus, tasks: Sequence[Task[Any]]) -> Suite:
    """The problems of all runs, in the form of this one."""
    free = run.format == ANY
    said = {"format": run.format, "style": run.style}
    said = {name: value for name, value in said.items() if value and not free}
    return of_corpus(
        corpus,
        controls.split,
        controls.ranges,
        controls.items,
        tasks=tasks,
        form=Form(**said) if said else None,  # type: ignore[arg-type]
        free=free,
    )


def controls_tables(runs: Sequence[RunResults]) -> Iterator[Table]:
    """Label accuracy and exact chains of every run, with 95 % intervals, in percent."""
    tasks = [row["task"] for row in runs[0]["rows"]]
    labels, task = task_table(tasks, "label accuracy, in percent [95 % interval]")
    chains, _ = task_table(tasks, "exact chains, in percent [95 % interval]")
    for table in (labels, chains):
        table.add_column("items", justify="right")
        for run in runs:
            table.add_column(run["run"]["name"], justify="right")
    labels.add_column("chance", justify="right")
    labels.add_column("paper's 7B,\npaper's instances", justify="right")
    for rows in zip(*(run["rows"] for run in runs), strict=True):
        most = max(rows, key=lambda row: int(row["fitting"]))
        short = most["items"] < most["asked"]
        names: tuple[str | Text, ...] = (
            *task(most["task"]),
            "{} ({}–{})".format(most["range"], *most["lengths"]),
            f"{most['items']:,}" + (f" of {most['asked']:,} asked" if short else ""),
        )
        paper = PAPER.get((most["task"], most["range"]))
        labels.add_row(
            *names,
            *(_percent(row, "label_accuracy") for row in rows),
            f"{100 * most['chance']:.1f}" if most["fitting"] else "–",
            "–" if paper is None else f"{paper}",
        )
        chains.add_row(*names, *(_percent(row, "exact_chains") for row in rows))
    yield labels
    yield chains


def _percent(row: Mapping[str, Any], figure: str) -> str:
    if not row["fitting"]:
        return str(row["fit"])
    share = row[figure]
    if share is None:
        return "–"
    low, high = share["interval95"]
    partly = f" ({row['fit']})" if row["fit"] else ""
    return f"{100 * share['value']:.1f} [{100 * low:.0f}–{100 * high:.0f}]{partly}"
