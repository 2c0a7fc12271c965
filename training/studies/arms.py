"""Study of length generalisation with a pretrained model: train on S, score on S, M and L.

    python -m training.pretrained.smollm2 smollm2
    python -m training.studies.arms --model smollm2 --out out/study [--tasks compare_numbers]
        [--arms tail-gaps,tail-plain,plain-cot,no-cot] [--split probe]
        [--steps 3000 | --minutes 4] [--records 100000] [--items 500] [--precision bf16] [--cpu]

An arm is a format of the text and a kind of position ids in training; all arms have the same
problems. ``tail-gaps``: TAIL with random gaps in positions (a method of this project).
``tail-plain``: TAIL as in the paper. ``plain-cot``: the same algorithm in ordinary prose.
``no-cot``: the answer only.

Each arm writes its scores and outputs to a folder of its own, every output as soon as it is
complete. An interrupted study resumes when it is started again. Training losses are printed, and
stored with the scores. Use ``--split probe`` while developing, and score ``eval`` once.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

import tasks
from evaluation.models.identity import model_digest
from evaluation.models.loading import TRAINING_RECORD_FILE, read_training_record
from evaluation.problems.suites import corpus_suite
from evaluation.reports.results import RESULTS_FILE
from evaluation.runs.run import run_suite
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from training.config import Config, Data, Model, Positions, Schedule
from training.models.shapes import configuration
from training.progress import StepClock
from training.studies.common import arm_list, trained_backend
from training.train import MODEL, train

TRIAL_STEPS = 12
"""Number of steps of the trial run that measures the duration of a step."""

RANGES = ("S", "M", "L")


class Arm(NamedTuple):
    """Format of the text, and kind of position ids in training."""

    form: Form
    positions: Literal["plain", "gaps"]


ARMS = {
    "tail-gaps": Arm(Form(), "gaps"),
    "tail-plain": Arm(Form(), "plain"),
    "plain-cot": Arm(Form(style="plain"), "plain"),
    "no-cot": Arm(Form(format="answer"), "plain"),
}
"""Arms, by name."""


class LossPrinter(TrainerCallback):
    """Prints each report of the training loss: of all tokens, and of each role."""

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float],
        **_: Any,
    ) -> None:
        losses = [f"{name} {value:.4f}" for name, value in logs.items() if name.startswith("loss")]
        if losses:
            print(f"step {state.global_step} of {state.max_steps}: {', '.join(losses)}", flush=True)


def corpus_of(options: argparse.Namespace, form: Form) -> Corpus:
    """Build the corpus of a form, or open it if it exists; all have the same problems."""
    request = CorpusRequest(
        tasks=[tasks.get(name) for name in options.tasks.split(",")],
        train=options.records,
        eval=options.items,
        probe=options.items,
        seed=options.seed,
        options=RecordOptions(form=form),
    )
    return build(request, out=options.out / f"corpus-{form.name.replace(' ', '-')}")


def arm_recipe(options: argparse.Namespace, corpus: Corpus, arm: Arm, out: Path) -> Config:
    """Return the recipe of an arm: all weights are trained, on packed records."""
    context = configuration(Model(base=options.model)).max_position_embeddings
    pack = min(context, options.pack)
    return Config(
        out=out,
        data=Data(corpus=corpus.folder, max_length=pack, pack=pack),
        model=Model(base=options.model),
        schedule=Schedule(
            steps=options.steps,
            batch_size=options.batch_size,
            device_batch=min(options.batch_size, options.device_batch),
            learning_rate=options.learning_rate,
            warmup=0.03,
            precision=options.precision,
            use_cpu=options.cpu,
        ),
        positions=Positions(kind=arm.positions, reach=min(context, options.reach)),
        seed=options.seed,
    )


def limited_to(recipe: Config, minutes: float) -> Config:
    """Return the recipe with the number of steps that take ``minutes``, measured in a trial run."""
    clock = StepClock()
    with TemporaryDirectory() as folder:
        trial = replace(recipe.schedule, steps=TRIAL_STEPS)
        train(replace(recipe, out=Path(folder) / "trial", schedule=trial), callbacks=(clock,))
    seconds = clock.seconds_per_step()
    steps = max(1, int(60 * minutes / seconds))
    print(f"{seconds:.3f} s a step: {steps} steps in {minutes} minutes", flush=True)
    return replace(recipe, schedule=replace(recipe.schedule, steps=steps))


def train_and_score(options: argparse.Namespace, name: str) -> None:
    """Train and score one arm, from the corpus to the scores; complete parts are reused."""
    home = options.out / name
    if (home / "scores" / RESULTS_FILE).exists():
        print(f"{name}: already complete")
        return
    corpus = corpus_of(options, ARMS[name].form)
    model = home / "run" / MODEL
    if not model.exists():
        shutil.rmtree(home / "run", ignore_errors=True)
        recipe = arm_recipe(options, corpus, ARMS[name], home / "run")
        if options.minutes:
            recipe = limited_to(recipe, options.minutes)
        train(recipe, callbacks=(LossPrinter(),))
        shutil.copy(model / TRAINING_RECORD_FILE, home)
    backend = trained_backend(
        model,
        name=name,
        batch_size=options.decode,
        dtype=torch.bfloat16 if options.precision == "bf16" else torch.float32,
        device="cuda" if torch.cuda.is_available() and not options.cpu else "cpu",
    )
    rows, *_ = run_suite(
        corpus_suite(corpus, options.split, RANGES, options.items),
        backend,
        out=home / "scores",
        more={
            "arm": name,
            "weights": model_digest(str(model)),
            "training": read_training_record(str(model)),
        },
    )
    shutil.rmtree(home / "run")  # the outputs are kept; the model and its checkpoints are large
    for row in rows:
        label, exact = row.accuracy.percent, row.exactness.percent
        print(f"{name} {row.task} {row.range}: label {label}, exact {exact}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train and score the arms, one after the other."""
    parser = argparse.ArgumentParser(
        description="Study length generalisation: train a model on S, score it on S, M and L.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--model", required=True, help="folder or hub name of the pretrained model")
    add("--out", type=Path, required=True, help="folder of corpora and scores")
    add("--tasks", default="compare_numbers", help="tasks, separated by commas")
    add("--arms", type=arm_list(ARMS), default=",".join(ARMS), help="arms, separated by commas")
    add("--split", choices=("probe", "eval"), default="probe", help="split that is scored")
    add("--steps", type=int, default=3000, help="training steps")
    add("--minutes", type=float, help="duration of training, instead of --steps")
    add("--records", type=int, default=100_000, help="training records of each task")
    add("--items", type=int, default=500, help="scored problems of each task and range")
    add("--batch-size", type=int, default=8, help="packs in a step")
    add("--device-batch", type=int, default=4, help="packs that the device processes at a time")
    add("--pack", type=int, default=8192, help="tokens in a pack")
    add("--reach", type=int, default=4096, help="positions that gaps may use")
    add("--decode", type=int, default=250, help="problems that are decoded at once")
    add("--learning-rate", type=float, default=1e-3, help="maximum learning rate")
    add("--precision", choices=("bf16", "fp32"), default="bf16", help="number format")
    add("--cpu", action="store_true", help="train and score on the CPU, even if there is a GPU")
    add("--seed", type=int, default=0, help="seed of the corpora and the training")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.arms:
        train_and_score(options, name)


if __name__ == "__main__":
    main()
