"""Hazards: how often a chain of thought breaks on reaching a module, by the length of its text.

    python -m evaluation.reports.hazards out/study/tail-plain/scores
        --corpus out/study/corpus-minimal --tokenizer smollm2 [--width 250]

The share of broken chains does not show the effect of length alone, since a longer chain has more
steps in which it can break. A hazard, as in survival analysis, relates the first faults to the
states that reached the module without a fault. Length is that of prompt and reference, in tokens.
"""

from __future__ import annotations

import argparse
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
from evaluation.problems.selection import load_problems
from evaluation.reports.results import ITEMS_TABLE_FILE, read_results
from evaluation.reports.tables import NO_VALUE
from tasks.corpus import Corpus

DEFAULT_WIDTH_TOKENS = 250

HazardCounts = tuple[np.ndarray, np.ndarray]
"""int64[roles] twice: states that reached a module without a fault, and first faults there."""


def states_by_role(text: Text, until: int) -> np.ndarray:
    """Return int64[roles]: number of states with a span of each role up to character ``until``."""
    spans = text.spans
    begun = np.stack([spans.state, spans.role])[:, np.asarray(spans.start) <= until]
    return np.bincount(np.unique(begun, axis=1)[1], minlength=len(ROLES))


def hazards(folder: Path, corpus: Corpus, tokenizer: str, width: int) -> dict[int, HazardCounts]:
    """Return the hazards by length.

    Parameters
    ----------
    folder
        Folder with the results of an evaluation of ``corpus``.
    tokenizer
        Folder or hub name of a tokenizer.
    width
        Width of a group of lengths, in tokens.

    Returns
    -------
    dict
        Counts by the lower end of each group of lengths, in ascending order.
    """
    results = read_results(folder)
    ranges = [row["range"] for row in results["rows"]]
    rows = pq.read_table(folder / ITEMS_TABLE_FILE, columns=["id", "first_divergence"]).to_pylist()
    divergences = {row["id"]: row["first_divergence"] for row in rows}
    problems = list(load_problems(corpus, results["split"], ranges, results["n"]))
    texts = [problem.prompt + problem.completion for problem in problems]
    tokens = encode(AutoTokenizer.from_pretrained(tokenizer), texts)
    groups: dict[int, HazardCounts] = defaultdict(
        lambda: (np.zeros(len(ROLES), np.int64), np.zeros(len(ROLES), np.int64))
    )
    for problem, reference, ids in zip(problems, references(problems), tokens, strict=True):
        states, faults = groups[len(ids) // width * width]
        fault = divergences[problem.id]
        states += states_by_role(reference, fault["at"] if fault else len(reference.string))
        if fault:
            faults[ROLES.index(fault["role"])] += 1
    return dict(sorted(groups.items()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the hazards of one evaluation as a table."""
    parser = argparse.ArgumentParser(
        description="Show how often chains break on reaching each module, by length."
    )
    parser.add_argument("scores", type=Path, help="folder with the results of an evaluation")
    parser.add_argument("--corpus", type=Path, required=True, help="the corpus that was scored")
    parser.add_argument("--tokenizer", required=True, help="folder or hub name of a tokenizer")
    parser.add_argument(
        "--width",
        type=int,
        default=DEFAULT_WIDTH_TOKENS,
        help="width of a group of lengths, in tokens (default: %(default)s)",
    )
    options = parser.parse_args(arguments)
    groups = hazards(options.scores, Corpus.open(options.corpus), options.tokenizer, options.width)
    table = Table("tokens", *(role.value for role in ROLES), box=None)
    for length, (states, faults) in groups.items():
        pairs = zip(states, faults, strict=True)
        cells = (f"{fault:,} of {state:,}" if state else NO_VALUE for state, fault in pairs)
        table.add_row(f"{length:,}–{length + options.width - 1:,}", *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
