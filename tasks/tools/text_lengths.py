"""Compare the lengths of the texts that serve as baselines for chains of thought.

    python -m tasks.tools.text_lengths [--records 25] [--tasks lcs,dijkstra]

It prints the mean tokens of a completion of S, in the vocabulary of Qwen2.5, for the style
``minimal`` and for the answer alone, and the lengths of the worded styles relative to ``minimal``.
"""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

import tasks
from compiler import render_batch
from compiler.styles import MINIMAL, PLAIN
from compiler.vocabulary import Vocabulary
from tasks.answers import LABEL
from tasks.corpus import items
from tm import run_batch
from tm.support.extras import exit_if_missing

WORDED_STYLES = ("styled", PLAIN)


def mean_lengths(name: str, records: int, vocabulary: Vocabulary) -> dict[str, float]:
    """Return the mean tokens of the first training records of S, by style.

    The key ``answer`` is the answer line alone, which is not a style.
    """
    task = tasks.get(name)
    instances = [item.instance for item in items(task, "S", "train", 0, range(records))]
    batch = run_batch(task.table, [task.inputs(instance) for instance in instances])
    assert batch.trace is not None  # tracing is on by default
    texts = {
        style: list(render_batch(task.table, batch.trace, style=style))
        for style in (MINIMAL, *WORDED_STYLES)
    }
    texts["answer"] = [f"{LABEL} {answer}" for answer in batch.texts("out")]
    return {style: sum(vocabulary.count_tokens(texts[style])) / records for style in texts}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description="Print the mean tokens of the baselines' texts.",
        epilog="Example: python -m tasks.tools.text_lengths --tasks lcs,dijkstra",
    )
    parser.add_argument("--records", type=int, default=25, help="records of a task (default: 25)")
    parser.add_argument(
        "--tasks", type=str, default=",".join(tasks.names()), help="names of tasks (default: all)"
    )
    options = parser.parse_args()
    vocabulary = Vocabulary.qwen()
    table = Table("task", MINIMAL, *WORDED_STYLES, "answer")
    for name in options.tasks.split(","):
        tokens = mean_lengths(name, options.records, vocabulary)
        ratios = [f"{tokens[style] / tokens[MINIMAL]:.2f}" for style in WORDED_STYLES]
        table.add_row(name, f"{tokens[MINIMAL]:,.0f}", *ratios, f"{tokens['answer']:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    with exit_if_missing():
        main()
