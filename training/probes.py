"""Probes: scores by replay during training, which show how length generalisation develops."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)

from evaluation.backends.huggingface import HuggingFace
from evaluation.problems.replays import EvalProblem
from evaluation.reports.figures import write_png
from evaluation.reports.results import row_as_json
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.rows import ScoreRow
from tm.support.files import write_text
from tm.support.strict_json import json_lines
from training.models.attention import PACKED

PROBES = "probes.jsonl"
"""File in a run's ``out`` with one line for each probe."""

CHART = "probes.png"
"""File in a run's ``out`` with a chart of all probes."""


class ProbeCallback(TrainerCallback):
    """Scores problems of the ``probe`` split every few steps, and writes the scores.

    Parameters
    ----------
    out
        Folder of the run.
    items
        Problems of the ``probe`` split, ordered so that those of a task and range are adjacent.
    every
        Steps between two probes; the last step is probed as well.
    batch_size, chat
        See ``evaluation.backends.huggingface.HuggingFace``.
    """

    def __init__(
        self,
        out: Path,
        items: Sequence[EvalProblem],
        tokenizer: PreTrainedTokenizerBase,
        *,
        every: int,
        batch_size: int,
        chat: bool,
    ) -> None:
        self.out = out
        self.items = items
        self.tokenizer = tokenizer
        self.every = every
        self.batch_size = batch_size
        self.chat = chat

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """Drop the probes of an interrupted run after the checkpoint from which it resumes."""
        if state.is_world_process_zero:
            probes = [
                probe for probe in read_probes(self.out) if probe["step"] <= state.global_step
            ]
            _write(self.out, probes)

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: Any = None,
        **_: Any,
    ) -> None:
        if state.global_step % self.every and state.global_step != state.max_steps:
            return
        if not state.is_world_process_zero:
            return
        with _ready_to_generate(getattr(model, "module", model)) as ready:
            backend = HuggingFace(
                ready, self.tokenizer, name="probe", batch_size=self.batch_size, chat=self.chat
            )
            rows, _scores = evaluate(self.items, backend)
        probe = {"step": state.global_step, "rows": [row_as_json(row) for row in rows]}
        _write(self.out, [*read_probes(self.out), probe])
        state.log_history.append({"step": state.global_step, **_log_entries(rows)})


def read_probes(out: Path) -> list[dict[str, Any]]:
    """Return the probes of a run, in order: ``step``, and ``rows``, one for each task and range."""
    file = out / PROBES
    if not file.is_file():
        return []
    return [probe for _, probe in json_lines(file)]


def rows_of_step(out: Path, step: int) -> list[dict[str, Any]]:
    """Return the rows of the probe at a step; empty if there was none."""
    return [row for probe in read_probes(out) if probe["step"] == step for row in probe["rows"]]


def best_step(out: Path) -> int:
    """Return the step with the most exact texts on S, the earliest if several are equal.

    Raises
    ------
    ValueError
        If there is no probe of S.
    """
    values = {
        probe["step"]: [r["exact_chains"]["value"] for r in probe["rows"] if r["range"] == "S"]
        for probe in read_probes(out)
    }
    scores: dict[int, float] = {step: sum(rates) for step, rates in values.items() if rates}
    if not scores:
        raise ValueError(f"{out / PROBES}: it has no probe of S, which `keep: best` needs")
    return max(scores, key=lambda step: (scores[step], -step))


def _log_entries(rows: Sequence[ScoreRow]) -> dict[str, float]:
    return {
        f"probe_{row.task}_{row.range}_{name}": share.rate
        for row in rows
        for name, share in (("label", row.accuracy), ("exact", row.exactness))
    }


def _write(out: Path, probes: Sequence[dict[str, Any]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / PROBES, "".join(json.dumps(probe) + "\n" for probe in probes))
    if probes:
        _draw(probes, out / CHART)


def _draw(probes: Sequence[dict[str, Any]], file: Path) -> None:
    """Plot answer accuracy and exact texts over steps, with a line for each task and range."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    names = [(row["task"], row["range"]) for row in probes[-1]["rows"]]
    for axes, key in zip(panels, ("label_accuracy", "exact_chains"), strict=True):
        for task, range_name in names:
            points = [
                (probe["step"], row[key]["value"])
                for probe in probes
                for row in probe["rows"]
                if (row["task"], row["range"]) == (task, range_name)
            ]
            axes.plot(*zip(*points, strict=True), marker="o", label=f"{task} {range_name}")
        axes.set_title(key.replace("_", " "))
        axes.set_xlabel("step")
        axes.set_ylim(-0.02, 1.02)
    panels[0].legend(fontsize="small")
    write_png(figure, file)


@contextmanager
def _ready_to_generate(model: PreTrainedModel) -> Iterator[PreTrainedModel]:
    """Set evaluation mode, and attention that supports padding, for the duration of the block."""
    attention = model.config._attn_implementation
    if attention == PACKED:
        model.set_attn_implementation("sdpa")
    model.eval()
    try:
        yield model
    finally:
        model.train()
        if attention == PACKED:
            model.set_attn_implementation(PACKED)
