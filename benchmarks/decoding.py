"""Speed of verified decoding, compared with plain decoding and with Transformers, on one CPU core.

    python -m benchmarks.decoding [--model DIR ... untrained] [--problems 100]
        [--batches 16,64,100] [--rows 16] [--out FILE] [--json]

Without ``--model``, the demo's model is trained twice, for all of its steps and for a tenth. Each
model, and ``untrained``, which has the first model's shape and random weights, solves the demo's
problems: the first of them row by row, and all in batches. Times are CPU seconds of one thread. The
outputs of both ways are compared, text by text. Transformers' ``generate`` decodes the same
problems in the same batches, and with prompt lookup row by row, since it takes one row only.

With ``--out``, each measurement is written when it is made, and those in the file are not made
again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from evaluation.backends.base import OutputRequest
from evaluation.backends.config import Decode
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.loading import load_model
from evaluation.models.tokens import encode_prompts
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import draw_problems
from evaluation.runs.evaluate import token_limit
from training.demo import RANGES, DemoSize, demo_corpus, demo_recipe, demo_task
from training.train import train

LOOKUP_TOKENS = 10
"""Tokens of a draft in Transformers' decoding with prompt lookup."""

WARMUP_PROBLEMS = 2

UNTRAINED = "untrained"
"""Name of a model with random weights, in the first model's shape."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Figures of one model on the problems of one range, decoded in batches of one size.

    Attributes
    ----------
    problems, exact
        Number of problems, and of outputs that are the reference.
    tokens
        Number of tokens that were decoded.
    plain, verified
        CPU seconds of decoding all problems.
    identical
        Number of outputs that are the same in both ways.
    near_ties
        Tokens that verified decoding decided again.
    generate, lookup
        CPU seconds of Transformers' ``generate``, plainly and, row by row only, with prompt lookup.
    """

    model: str
    range: str
    batch: int
    problems: int
    exact: int
    tokens: int
    plain: float
    verified: float
    identical: int
    near_ties: int
    generate: float
    lookup: float | None


class Decoding:
    """A model, and the problems of one range that it solves."""

    def __init__(
        self,
        name: str,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        problems: Sequence[EvalProblem],
    ) -> None:
        self.name = name
        self.model = model
        self.tokenizer = tokenizer
        self.problems = problems
        self.limit = token_limit(problems, HuggingFace(model, tokenizer, name=name).count)

    def decode(
        self, decode: Decode, batch: int, problems: Sequence[EvalProblem]
    ) -> tuple[float, dict[int, Any], HuggingFace]:
        """Return the CPU time in seconds, the outputs by index, and the backend."""
        backend = HuggingFace(
            self.model, self.tokenizer, name=self.name, batch_size=batch, decode=decode
        )
        requests = [OutputRequest(problem) for problem in problems]
        started = time.process_time()
        outputs = dict(backend.generate(requests, self.limit))
        return time.process_time() - started, outputs, backend

    def generate(self, batch: int, problems: Sequence[EvalProblem], **options: Any) -> float:
        """Return the CPU time in seconds of Transformers' own ``generate``."""
        prompts = encode_prompts(self.tokenizer, [problem.prompt for problem in problems])
        prompts.sort(key=len)
        started = time.process_time()
        for start in range(0, len(prompts), batch):
            inputs = self.tokenizer.pad(
                {"input_ids": prompts[start : start + batch]},
                padding_side="left",
                return_tensors="pt",
            )
            self.model.generate(
                **inputs,
                max_new_tokens=self.limit,
                do_sample=False,
                use_cache=True,  # a trained model's configuration may turn it off
                pad_token_id=self.tokenizer.pad_token_id,
                eos_token_id=self.tokenizer.eos_token_id,
                **options,
            )
        return time.process_time() - started

    def measure(self, batch: int, rows: int) -> Measurement:
        """Decode problems in batches of one size, in every way; row by row, the first ``rows``."""
        problems = self.problems[:rows] if batch == 1 else self.problems
        plain, expected, _ = self.decode("plain", batch, problems)
        verified, outputs, backend = self.decode("verified", batch, problems)
        lookup = (
            self.generate(1, problems, prompt_lookup_num_tokens=LOOKUP_TOKENS)
            if batch == 1
            else None
        )
        return Measurement(
            model=self.name,
            range=problems[0].range,
            batch=batch,
            problems=len(problems),
            exact=sum(expected[i].text == p.completion for i, p in enumerate(problems)),
            tokens=sum(output.tokens for output in expected.values()),
            plain=plain,
            verified=verified,
            identical=sum(outputs[index][:3] == output[:3] for index, output in expected.items()),
            near_ties=backend.verified.counters.near_ties if backend.verified else 0,
            generate=self.generate(batch, problems),
            lookup=lookup,
        )


def trained_models(out: Path, steps: int = DemoSize().steps) -> list[Path]:
    """Train the demo's model for all of its steps and for a tenth, and return both folders."""
    size = DemoSize()
    corpus = demo_corpus(out / "corpus", train=size.train, eval=1, seed=0)
    return [
        train(demo_recipe(out / f"steps-{count}", corpus.folder, count, 0)).model
        for count in (steps, steps // 10)
    ]


def untrained(model: PreTrainedModel) -> PreTrainedModel:
    """Return a model of the same shape with random weights."""
    torch.manual_seed(0)
    random: PreTrainedModel = AutoModelForCausalLM.from_config(model.config).eval()
    return random


def results_table(measurements: Sequence[Measurement]) -> Table:
    """Return a table with a line for single rows and one for the best batch size of each way."""
    table = Table("model", "range", "exact", "batch", box=None)
    for heading in ("tokens", "plain s", "verified s", "plain / verified", "generate s",
                    "lookup s", "identical"):  # fmt: skip
        table.add_column(heading, justify="right")
    for key in dict.fromkeys((m.model, m.range) for m in measurements):
        own = [m for m in measurements if (m.model, m.range) == key]
        rows, batches = ([m for m in own if (m.batch == 1) == single] for single in (True, False))
        for group in filter(None, (rows, batches)):
            plain = min(group, key=lambda m: m.plain)
            verified = min(group, key=lambda m: m.verified)
            generate = min(group, key=lambda m: m.generate)
            sizes = [f"{m.batch}" for m in (plain, verified, generate)]
            table.add_row(
                *key,
                f"{plain.exact} of {plain.problems}",
                sizes[0] if len(set(sizes)) == 1 else "/".join(sizes),
                f"{plain.tokens:,}",
                f"{plain.plain:.2f}",
                f"{verified.verified:.2f}",
                f"{plain.plain / verified.verified:.2f}",
                f"{generate.generate:.2f}",
                "" if plain.lookup is None else f"{plain.lookup:.2f}",
                f"{sum(m.identical for m in group)} of {sum(m.problems for m in group)}",
            )
    return table


def loaded_models(
    names: Sequence[str],
) -> Iterator[tuple[str, PreTrainedModel, PreTrainedTokenizerBase]]:
    """Yield each model with its name and tokenizer; the first must not be ``UNTRAINED``."""
    first = load_model(names[0])
    for name in names:
        model, tokenizer = first if name in (names[0], UNTRAINED) else load_model(name)
        yield name, untrained(model) if name == UNTRAINED else model, tokenizer


def measure_all(
    names: Sequence[str], sizes: Sequence[int], problems: int, rows: int, out: Path | None
) -> list[Measurement]:
    """Measure every model on every range and batch size, except for what ``out`` holds already."""
    lines = out.read_text("utf-8").splitlines() if out and out.exists() else []
    measurements = [Measurement(**json.loads(line)) for line in lines]
    done = {(m.model, m.range, m.batch) for m in measurements}
    for name, model, tokenizer in loaded_models(names):
        for range_name in RANGES:
            missing = [size for size in sizes if (name, range_name, size) not in done]
            if not missing:
                continue
            drawn = list(draw_problems([demo_task()], (range_name,), problems, seed=0))
            decoding = Decoding(name, model, tokenizer, drawn)
            for decode in ("plain", "verified"):
                decoding.decode(decode, 1, drawn[:WARMUP_PROBLEMS])
            for size in missing:
                measurements.append(decoding.measure(size, rows))
                if out:
                    with out.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(measurements[-1])) + "\n")
    return measurements


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every model, and print tables or JSON."""
    parser = argparse.ArgumentParser(description="Measure the speed of verified decoding.")
    parser.add_argument("--model", nargs="*", default=[], help="folders or hub names of models")
    parser.add_argument("--problems", type=int, default=100, help="problems of each range")
    parser.add_argument("--batches", default="16,64,100", help="batch sizes, besides one row")
    parser.add_argument("--rows", type=int, default=16, help="problems decoded row by row")
    parser.add_argument("--out", type=Path, help="file of measurements, to resume from")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    disable_progress_bar()
    set_verbosity_error()
    warnings.simplefilter("ignore")
    if options.model[:1] == [UNTRAINED]:
        parser.error(f"--model: {UNTRAINED} needs the shape of a model before it")
    sizes = [1, *map(int, options.batches.split(","))]
    with tempfile.TemporaryDirectory() as folder:
        names = options.model or [*map(str, trained_models(Path(folder))), UNTRAINED]
        measurements = measure_all(names, sizes, options.problems, options.rows, options.out)
    if options.json:
        versions = {name: version(name) for name in ("torch", "transformers")}
        report = {"versions": versions, "results": [asdict(m) for m in measurements]}
        print(json.dumps(report, indent=1))
        return
    Console(width=140).print(results_table(measurements))


if __name__ == "__main__":
    main()
