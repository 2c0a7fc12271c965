"""How often a chain breaks where it comes to a module, by how long its whole text is.

    python -m evaluation.reports.hazards out/study/tail-plain/scores
        --corpus out/study/corpus-minimal --tokenizer smollm2 [--width 250]

The share of broken chains hides what length does: a longer chain has more steps to break in. Here
first faults are told of the states that were right so far and came to the module: the hazard of
survival analysis. Length is that of the prompt and the machine's text, in tokens.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table
from transformers import AutoTokenizer

from compiler.text import ROLES, Text
from evaluation.models.tokens import encode
from evaluation.problems.replays import references
from evaluation.problems.selection import held_out
from evaluation.reports.results import RESULTS, TABLE
from tasks.corpus import Corpus

Counts = tuple[np.ndarray, np.ndarray]
"""int64[roles] each: states that came so far, first faults."""


def came_to(text: Text, until: int) -> np.ndarray:
    """int64[roles]: how many states begin a module before or at a character."""
    spans = text.spans
    begun = np.stack([spans.state, spans.role])[:, np.asarray(spans.start) <= until]
    return np.bincount(np.unique(begun, axis=1)[1], minlength=len(ROLES))


def hazards(scores: Path, corpus: Corpus, tokenizer: str, width: int) -> dict[int, Counts]:
    """By the tokens of the whole, in steps of ``width``: see ``Counts``."""
    said = json.loads((scores / RESULTS).read_text())
    ranges = [row["range"] for row in said["rows"]]
    rows = pq.read_table(scores / TABLE, columns=["id", "first_divergence"]).to_pylist()
    first = {row["id"]: row["first_divergence"] for row in rows}
    items = list(held_out(corpus, said["split"], ranges, said["n"]))
    whole = encode(
        AutoTokenizer.from_pretrained(tokenizer), [item.prompt + item.completion for item in items]
    )
    found: dict[int, Counts] = defaultdict(
        lambda: (np.zeros(len(ROLES), np.int64), np.zeros(len(ROLES), np.int64))
    )
    for item, text, tokens in zip(items, references(items), whole, strict=True):
        states, faults = found[len(tokens) // width * width]
        fault = first[item.id]
        states += came_to(text, fault["at"] if fault else len(text.string))
        if fault:
            faults[ROLES.index(fault["role"])] += 1
    return dict(sorted(found.items()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of one evaluation."""
    parser = argparse.ArgumentParser(description="faults of the states that came so far")
    parser.add_argument("scores", type=Path, help="a folder that an evaluation wrote")
    parser.add_argument("--corpus", type=Path, required=True, help="the corpus it scored")
    parser.add_argument("--tokenizer", required=True)
    parser.add_argument("--width", type=int, default=250, help="tokens")
    options = parser.parse_args(arguments)
    found = hazards(options.scores, Corpus.open(options.corpus), options.tokenizer, options.width)
    table = Table("tokens", *(role.value for role in ROLES), box=None)
    for length, (states, faults) in found.items():
        cells = (f"{f:,} of {s:,}" if s else "–" for s, f in zip(states, faults, strict=True))
        table.add_row(f"{length:,}–{length + options.width - 1:,}", *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
