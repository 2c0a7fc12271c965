"""Length generalisation of a real model, in one call: corpora, training on S, scores on S, M and L.

    python -m training.smollm2 smollm2
    python -m benchmarks.study --model smollm2 --out out/study [--tasks compare_numbers]
        [--arms tail-gaps,tail-plain,plain-cot,no-cot] [--split probe] [--steps 3000]
        [--records 100000] [--items 500] [--precision bf16]

An arm is a way to write the chain of thought and a way to number positions in training; all arms
see the same problems. ``tail-gaps``: TAIL, with random gaps after lines (ours); ``tail-plain``:
TAIL as the paper has it; ``plain-cot``: the same algorithm in ordinary prose; ``no-cot``: the
answer alone. Every arm leaves its rows and its outputs in a folder of its own, as soon as it is
done; arms that are done are not done again. Develop with ``--split probe``; score ``eval`` once.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch

import tasks
from evaluation.evaluate import evaluate
from evaluation.huggingface import HuggingFace
from evaluation.models import load_model
from evaluation.problems import asked, held_out, longest
from evaluation.report import write_results
from tasks.corpus import Corpus, Form, Options, Request, build
from training.config import Config, Data, Model, Positions, Schedule
from training.data import chosen_records, training_set
from training.train import train

RANGES = ("S", "M", "L")


class Arm(NamedTuple):
    """How an arm's text is written, and how its positions are numbered in training."""

    form: Form
    positions: str


ARMS = {
    "tail-gaps": Arm(Form(), "gaps"),
    "tail-plain": Arm(Form(), "plain"),
    "plain-cot": Arm(Form(style="plain"), "plain"),
    "no-cot": Arm(Form(format="answer"), "plain"),
}


def corpus_of(options: argparse.Namespace, form: Form) -> Corpus:
    """The corpus of a form, built where it is not there yet; all hold the same problems."""
    request = Request(
        tasks=[tasks.get(name) for name in options.tasks.split(",")],
        train=options.records,
        eval=options.items,
        probe=options.items,
        seed=options.seed,
        options=Options(form=form),
    )
    return build(request, out=options.out / f"corpus-{form.name.replace(' ', '-')}")


def recipe(options: argparse.Namespace, corpus: Corpus, arm: Arm, out: Path) -> Config:
    """How an arm is trained: all weights, packs of 8,192 tokens."""
    model, tokenizer = load_model(options.model)
    context = model.config.max_position_embeddings
    data = Data(corpus=corpus.folder, max_length=context)
    rows = training_set(chosen_records(data), tokenizer, context)
    pack = min(context, max(options.pack, max(rows["length"])))
    return Config(
        out=out,
        data=Data(corpus=corpus.folder, max_length=pack, pack=pack),
        model=Model(base=options.model),
        schedule=Schedule(
            steps=options.steps,
            batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            warmup=0.03,
            precision=options.precision,
        ),
        positions=Positions(kind=arm.positions, reach=min(context, options.reach)),
        seed=options.seed,
    )


def run(options: argparse.Namespace, name: str) -> None:
    """One arm, from corpus to scores."""
    home = options.out / name
    if (home / "scores").exists():
        print(f"{name}: done before")
        return
    arm = ARMS[name]
    corpus = corpus_of(options, arm.form)
    shutil.rmtree(home / "run", ignore_errors=True)
    trained = train(recipe(options, corpus, arm, home / "run"))
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    model, tokenizer = load_model(str(trained.model), dtype)
    if torch.cuda.is_available():
        model = model.cuda()
    backend = HuggingFace(model, tokenizer, name=name, batch_size=options.decode)
    rows, scores = evaluate(
        held_out(corpus, options.split, RANGES, options.items),
        backend,
        asked=asked(corpus, options.split, options.items),
        longest=longest(corpus, options.split),
    )
    record = json.loads((trained.model / "tmtail.json").read_text(encoding="utf-8"))
    about = {"arm": name, "split": options.split, "training": record, **backend.description}
    write_results(home / "scores", rows, scores, about)
    shutil.copy(trained.model / "tmtail.json", home)
    shutil.rmtree(home / "run")  # outputs are kept, checkpoints are not
    for row in rows:
        print(f"{name} {row.task} {row.range}: label {row.accuracy}, exact {row.exactness}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the arms, one after the other."""
    parser = argparse.ArgumentParser(description="length generalisation, in one call")
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tasks", default="compare_numbers")
    parser.add_argument("--arms", default=",".join(ARMS))
    parser.add_argument("--split", choices=("probe", "eval"), default="probe")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--pack", type=int, default=8192)
    parser.add_argument("--reach", type=int, default=4096)
    parser.add_argument("--decode", type=int, default=250)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.arms.split(","):
        run(options, name)


if __name__ == "__main__":
    main()
