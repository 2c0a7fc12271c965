"""Scores by replay while a run goes on: how length generalisation comes, step by step."""

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
from evaluation.reports.results import row_as_json
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.rows import ScoreRow
from tm.support.files import atomic_file, write_text
from training.models.attention import PACKED

LINES = "probes.jsonl"
PICTURE = "probes.png"
"""In a run's ``out``: a line for each probe, and the picture of them all."""


class Probes(TrainerCallback):
    """Decodes the probe split every so many steps, and writes what it scores.

    Parameters
    ----------
    out
        The run's folder.
    items
        Problems of the ``probe`` split, those of one task and range next to each other.
    every
        Steps between two probes; the last step has one, too.
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
        """Drop what an interrupted run probed after the checkpoint that it goes on from."""
        if state.is_world_process_zero:
            lines = [line for line in read_probes(self.out) if line["step"] <= state.global_step]
            _write(self.out, lines)

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
        with _decoding(getattr(model, "module", model)) as plain:
            backend = HuggingFace(
                plain, self.tokenizer, name="probe", batch_size=self.batch_size, chat=self.chat
            )
            rows, _scores = evaluate(self.items, backend)
        line = {"step": state.global_step, "rows": [row_as_json(row) for row in rows]}
        _write(self.out, [*read_probes(self.out), line])
        state.log_history.append({"step": state.global_step, **_figures(rows)})


def read_probes(out: Path) -> list[dict[str, Any]]:
    """The probes of a run so far, in their order: ``step``, and ``rows`` by task and range."""
    file = out / LINES
    if not file.is_file():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def best_step(out: Path) -> int:
    """The step with the most exact chains on S; the earliest of equals.

    Raises
    ------
    ValueError
        When no probe of S was written.
    """
    scores = {
        line["step"]: [r["exact_chains"]["value"] for r in line["rows"] if r["range"] == "S"]
        for line in read_probes(out)
    }
    known: dict[int, float] = {step: sum(values) for step, values in scores.items() if values}
    if not known:
        raise ValueError(f"{out / LINES} has no probe of S to choose by")
    return max(known, key=lambda step: (known[step], -step))


def _figures(rows: Sequence[ScoreRow]) -> dict[str, float]:
    return {
        f"probe_{row.task}_{row.range}_{name}": share.rate
        for row in rows
        for name, share in (("label", row.accuracy), ("exact", row.exactness))
    }


def _write(out: Path, lines: Sequence[dict[str, Any]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / LINES, "".join(json.dumps(line) + "\n" for line in lines))
    if lines:
        _draw(lines, out / PICTURE)


def _draw(lines: Sequence[dict[str, Any]], file: Path) -> None:
    """Label accuracy and exact chains over the steps, a line for each task and range."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    names = [(row["task"], row["range"]) for row in lines[-1]["rows"]]
    for axes, key in zip(panels, ("label_accuracy", "exact_chains"), strict=True):
        for task, where in names:
            points = [
                (line["step"], row[key]["value"])
                for line in lines
                for row in line["rows"]
                if (row["task"], row["range"]) == (task, where)
            ]
            axes.plot(*zip(*points, strict=True), marker="o", label=f"{task} {where}")
        axes.set_title(key.replace("_", " "))
        axes.set_xlabel("step")
        axes.set_ylim(-0.02, 1.02)
    panels[0].legend(fontsize="small")
    with atomic_file(file) as draft:
        figure.savefig(draft, dpi=120, format="png")


@contextmanager
def _decoding(model: PreTrainedModel) -> Iterator[PreTrainedModel]:
    """The model as it generates: in evaluation mode, with the attention that padding needs."""
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
