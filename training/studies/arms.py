"""Length generalisation of a real model, in one call: corpora, training on S, scores on S, M and L.

    python -m training.smollm2 smollm2
    python -m training.studies.arms --model smollm2 --out out/study [--tasks compare_numbers]
        [--arms tail-gaps,tail-plain,plain-cot,no-cot] [--split probe]
        [--steps 3000 | --minutes 4] [--records 100000] [--items 500] [--precision bf16] [--cpu]

An arm is a way to write the chain of thought and a way to number positions in training; all arms
see the same problems. ``tail-gaps``: TAIL, with random gaps after lines (ours); ``tail-plain``:
TAIL as the paper has it; ``plain-cot``: the same algorithm in ordinary prose; ``no-cot``: the
answer alone. Every arm leaves its rows and its outputs in a folder of its own, each output as soon
as it is there; a study that was killed goes on when it is started again. The losses of training
are printed as they come, and kept beside the rows. Develop with ``--split probe``; score ``eval``
once.
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
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import RECORD, load_model, record_of
from evaluation.reports.results import RESULTS
from evaluation.runs.run import of_corpus, run
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from training.config import Config, Data, Model, Positions, Schedule
from training.models.shapes import configuration
from training.progress import WARMUP_STEPS, StepClock
from training.train import MODEL, train

TRIAL = 12
"""Steps by which a pace is found."""
RANGES = ("S", "M", "L")


class Arm(NamedTuple):
    """How an arm's text is written, and how its positions are numbered in training."""

    form: Form
    positions: Literal["plain", "gaps"]


ARMS = {
    "tail-gaps": Arm(Form(), "gaps"),
    "tail-plain": Arm(Form(), "plain"),
    "plain-cot": Arm(Form(style="plain"), "plain"),
    "no-cot": Arm(Form(format="answer"), "plain"),
}


class Losses(TrainerCallback):
    """Prints every report of the training loss, of all tokens and by role."""

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
    """The corpus of a form, built where it is not there yet; all hold the same problems."""
    request = CorpusRequest(
        tasks=[tasks.get(name) for name in options.tasks.split(",")],
        train=options.records,
        eval=options.items,
        probe=options.items,
        seed=options.seed,
        options=RecordOptions(form=form),
    )
    return build(request, out=options.out / f"corpus-{form.name.replace(' ', '-')}")


def recipe(options: argparse.Namespace, corpus: Corpus, arm: Arm, out: Path) -> Config:
    """How an arm is trained: all weights, in packs."""
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


def in_time(config: Config, minutes: float) -> Config:
    """The same, of as many steps as take so long, at the pace of a trial of ``TRIAL``."""
    clock = StepClock()
    with TemporaryDirectory() as folder:
        few = replace(config.schedule, steps=TRIAL)
        train(replace(config, out=Path(folder) / "trial", schedule=few), callbacks=(clock,))
    pace = (clock.ends[-1] - clock.ends[WARMUP_STEPS - 1]) / (TRIAL - WARMUP_STEPS)
    steps = max(1, int(60 * minutes / pace))
    print(f"{pace:.3f} s a step: {steps} steps in {minutes} minutes", flush=True)
    return replace(config, schedule=replace(config.schedule, steps=steps))


def train_and_score(options: argparse.Namespace, name: str) -> None:
    """One arm, from corpus to scores; what was killed goes on with what is whole."""
    home = options.out / name
    if (home / "scores" / RESULTS).exists():
        print(f"{name}: done before")
        return
    corpus = corpus_of(options, ARMS[name].form)
    model_folder = home / "run" / MODEL
    if not model_folder.exists():
        shutil.rmtree(home / "run", ignore_errors=True)
        config = recipe(options, corpus, ARMS[name], home / "run")
        if options.minutes:
            config = in_time(config, options.minutes)
        train(config, callbacks=(Losses(),))
        shutil.copy(model_folder / RECORD, home)
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    model, tokenizer = load_model(str(model_folder), dtype)
    if torch.cuda.is_available() and not options.cpu:
        model = model.cuda()
    rows, *_ = run(
        of_corpus(corpus, options.split, RANGES, options.items),
        HuggingFace(model, tokenizer, name=name, batch_size=options.decode),
        out=home / "scores",
        more={"arm": name, "training": record_of(str(model_folder))},
    )
    shutil.rmtree(home / "run")  # outputs are kept, checkpoints are not
    for row in rows:
        print(
            f"{name} {row.task} {row.range}: label {row.accuracy}, exact {row.exactness}",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the arms, one after the other."""
    parser = argparse.ArgumentParser(description="length generalisation, in one call")
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tasks", default="compare_numbers")
    parser.add_argument("--arms", default=",".join(ARMS))
    parser.add_argument("--split", choices=("probe", "eval"), default="probe")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, help="train so long, in place of --steps")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--device-batch", type=int, default=4)
    parser.add_argument("--pack", type=int, default=8192)
    parser.add_argument("--reach", type=int, default=4096)
    parser.add_argument("--decode", type=int, default=250)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--cpu", action="store_true", help="train and score there, GPU or none")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.arms.split(","):
        train_and_score(options, name)


if __name__ == "__main__":
    main()
