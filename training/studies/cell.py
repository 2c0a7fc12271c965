"""Train and score one cell of a study, in a process of its own.

    python -m training.studies.cell STUDY SCALE SPLIT RANGES OUT CELL MODEL|'' [TASK.py…]

``training.studies.running`` starts this. The process ends when the one that started it does, which
holds the other end of its standard input.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import torch

from evaluation.attention.operands import operand_attention
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import read_training_record
from evaluation.models.tokens import encode
from evaluation.problems.suites import Suite, corpus_suite
from evaluation.reports.results import RESULTS_FILE
from evaluation.runs.journal import claim_folder
from evaluation.runs.run import run_suite
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict, score_outputs
from evaluation.studies.rows import (
    ATTENTION_FILE,
    ITEMS_FILE,
    ROWS_FILE,
    AttentionRow,
    StudyItem,
    StudyRow,
    read_results,
    write_entries,
)
from tasks.corpus import Corpus
from tm.support.files import write_text
from tm.support.strict_json import read_json
from training.checkpoints import CHECKPOINTS
from training.studies.cells import RANGES, Cell, Experiment, expand
from training.studies.common import recipe_backend
from training.studies.mixtures import write_mixture
from training.train import MODEL, train

CELL_FILE = "cell.json"
"""File in a cell's folder with all that decides about its results."""

TIME_FILE = "seconds.json"
"""File in a cell's folder with the CPU seconds of training."""


LOOKUP_HEADS = 4
"""Heads whose attention to operands is reported: those with the most, for each module."""


class Training(NamedTuple):
    """Tokens and CPU seconds of the training of a cell's model."""

    tokens: int = 0
    cpu_seconds: float = 0.0


def run_cell(cell: Cell) -> None:
    """Train and score a cell whose corpora exist, or resume it; a finished one is left as it is.

    Each range has its row as soon as it is scored.

    Raises
    ------
    ValueError
        If the folder holds another cell, or the recipe cannot be trained or scored.
    """
    description = json.dumps(cell.description, indent=1) + "\n"
    with claim_folder(cell.folder, CELL_FILE, description):
        rows, items = read_results(cell.folder)
        if not (pending := cell.unscored):
            return
        training = _train(cell) if cell.arm.trained else Training()
        spent = max([training.cpu_seconds, *(row.cpu_seconds or 0.0 for row in rows)])
        started = time.process_time()
        backend = recipe_backend(cell.recipe, _model(cell), name=cell.name, far=cell.arm.far)
        attention = cell.folder / ATTENTION_FILE
        if cell.experiment.study.attention and not attention.exists():
            write_entries(attention, AttentionRow, _attention(cell, backend))
        for part in pending:
            row, scored = _score(cell, backend, *part, training)
            seconds = spent + time.process_time() - started
            rows.append(replace(row, cpu_seconds=round(seconds, 1)))
            items += scored
            write_entries(cell.folder / ITEMS_FILE, StudyItem, items)
            write_entries(cell.folder / ROWS_FILE, StudyRow, rows)


def _train(cell: Cell) -> Training:
    """Train the model of a cell, unless it exists already."""
    run = cell.recipe.out
    if cell.arm.model_of:
        if not (run / MODEL).exists():
            raise ValueError(f"{cell.name}: {run / MODEL} does not exist; run its arm first")
        return Training(read_training_record(str(run / MODEL))["tokens"])
    if not (run / MODEL).exists():
        started = time.process_time()
        if cell.has_mixture:
            write_mixture(cell)
        train(cell.recipe, resume="if-any")
        seconds = {"cpu_seconds": round(time.process_time() - started, 1)}
        write_text(cell.folder / TIME_FILE, json.dumps(seconds) + "\n")
    shutil.rmtree(run / CHECKPOINTS, ignore_errors=True)
    record = read_training_record(str(run / MODEL))
    times = cell.folder / TIME_FILE
    # If the process was killed between the two files, only the seconds of the loop are known.
    seconds = read_json(times) if times.is_file() else {"cpu_seconds": record["seconds"]}
    return Training(record["tokens"], seconds["cpu_seconds"])


def _attention(cell: Cell, backend: HuggingFace) -> Iterator[AttentionRow]:
    """Yield the attention to operands, on the first problems of each task and range."""
    experiment = cell.experiment
    for task in cell.scored:
        suite = corpus_suite(
            Corpus.open(cell.corpus_folder(cell.scoring_request(task))),
            experiment.split,
            RANGES,
            experiment.study.attention,
            tasks=[cell.task(task)],
            wordings=cell.wordings[0],
        )
        figures = operand_attention(
            backend.model, backend.tokenizer, suite.problems, heads=LOOKUP_HEADS, chat=backend.chat
        )
        for each in figures:
            yield AttentionRow(
                study=experiment.name,
                scale=experiment.scale_name,
                arm=cell.arm.name,
                seed=cell.seed,
                **each._asdict(),
            )


def _model(cell: Cell) -> str:
    """Return the folder or hub name of the cell's model."""
    recipe = cell.recipe
    if cell.arm.trained:
        return str(recipe.out / MODEL)
    if recipe.model.base is None:
        raise ValueError(
            f"arm {cell.arm.name}: random weights are scored only after training; set `scales` of "
            "this arm to scales with a pretrained model"
        )
    return recipe.model.base


def _score(
    cell: Cell, backend: HuggingFace, task: str, range_name: str, wordings: str, training: Training
) -> tuple[StudyRow, list[StudyItem]]:
    """Score one task and range of a cell; outputs of an interrupted run are kept."""
    corpus = Corpus.open(cell.corpus_folder(cell.scoring_request(task)))
    split = cell.experiment.split
    suite, *others = sorted(
        (
            corpus_suite(
                corpus,
                split,
                [range_name],
                cell.items,
                tasks=[cell.task(task)],
                form=form,
                wordings=wordings,
            )
            for form in cell.arm.forms
        ),
        key=lambda suite: sum(len(problem.completion) for problem in suite.problems),
        reverse=True,  # the longest texts, which limit the tokens of an output
    )
    out = cell.folder / "scores" / f"{task}.{range_name}.{wordings}"
    # Scores are computed again from the stored outputs if they exist without the cell's result.
    (out / RESULTS_FILE).unlink(missing_ok=True)
    result = run_suite(suite, backend, out=out, more={"cell": cell.name})
    lengths = {
        record["id"]: record["length"]
        for record in corpus.read(split, task=task).select(["id", "length"]).to_pylist()
    }
    scores = result.scores
    for other in others:
        outputs = [score.output for score in scores]
        scores = list(map(_better, scores, score_outputs(other.problems, outputs)))
    (row,) = result.rows
    return (
        _row(cell, backend, row, [suite, *others], scores, wordings, training, corpus.digest),
        [_item(cell, score, wordings, lengths) for score in scores],
    )


def _better(one: Score, other: Score) -> Score:
    """Return the score in the style that an output follows furthest."""
    return max(one, other, key=lambda score: score.divergence.at if score.divergence else inf)


def _row(
    cell: Cell,
    backend: HuggingFace,
    row: ScoreRow,
    suites: Sequence[Suite],
    scores: Sequence[Score],
    wordings: str,
    training: Training,
    corpus: str,
) -> StudyRow:
    arm, task = cell.arm, cell.task(row.task)
    trained = [task.ranges[name][1] for name in cell.trained_ranges]
    references = [problem.completion for suite in suites for problem in suite.problems]
    tokens = sum(map(len, encode(backend.tokenizer, references)))
    return StudyRow(
        study=cell.experiment.name,
        scale=cell.experiment.scale_name,
        arm=arm.name,
        seed=cell.seed,
        trained_on=",".join(cell.trained_on),
        task=row.task,
        range=row.range,
        min_length=row.lengths[0],
        max_length=row.lengths[1],
        split=cell.experiment.split,
        wordings=wordings,
        trained_length=max(trained) if row.task in cell.trained_on else None,
        style=(",".join(arm.styles) or arm.style) if arm.format == "tail" else arm.format,
        without=",".join(arm.without),
        depth=arm.depth if arm.format == "tail" else None,
        prompt=arm.prompt,
        problems=row.problems,
        fitting=row.fitting,
        distinct=row.distinct,
        right=sum(score.verdict is Verdict.RIGHT for score in scores),
        exact=sum(score.exact for score in scores) if row.chain else None,
        chance=row.chance,
        chain_tokens=tokens / len(references),
        trained_tokens=training.tokens,
        parameters=backend.model.num_parameters(),
        cpu_seconds=0.0,  # known when the part is scored
        corpus=corpus,
        recipe=cell.recipe_digest,
    )


def _item(cell: Cell, score: Score, wordings: str, lengths: dict[str, int]) -> StudyItem:
    divergence = score.divergence
    return StudyItem(
        study=cell.experiment.name,
        scale=cell.experiment.scale_name,
        arm=cell.arm.name,
        seed=cell.seed,
        task=score.problem.task.name,
        range=score.problem.range,
        wordings=wordings,
        id=score.problem.id,
        length=lengths[score.problem.id],
        right=score.verdict is Verdict.RIGHT,
        exact=score.exact,
        verdict=str(score.verdict),
        tokens=score.output.tokens,
        role=str(divergence.role) if divergence else None,
        step=divergence.step if divergence else None,
    )


def _end_with_parent() -> None:
    """End this process when its standard input ends: the process that started it has ended."""
    while os.read(sys.stdin.fileno(), 1):  # a read through its buffer would lock the buffer at exit
        pass
    os._exit(1)


def main(arguments: list[str]) -> None:
    """Run the cell that the arguments name."""
    source, scale, split, ranges, out, name, model, *task_files = arguments
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    experiment = Experiment(
        source=source,
        scale_name=scale,
        out=Path(out),
        split="eval" if split == "eval" else "probe",
        model=model or None,
        task_files=tuple(task_files),
        ranges=tuple(ranges.split(",")),
    )
    (cell,) = (cell for cell in expand(experiment) if cell.name == name)
    run_cell(cell)


if __name__ == "__main__":
    main(sys.argv[1:])
