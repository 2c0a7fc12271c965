"""How long the texts are that chains of thought are compared with.

    python -m tasks.tools.text_lengths [--records 25] [--tasks lcs,dijkstra]

Tokens of a completion of S, in the vocabulary of Qwen2.5: of the style ``minimal`` and of the
answer alone; and how many times as long as ``minimal`` the worded styles are.
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

WORDED = ("styled", PLAIN)


def lengths(name: str, records: int, vocabulary: Vocabulary) -> dict[str, float]:
    """Mean tokens of the first training records of S, by style; ``answer`` is no style."""
    task = tasks.get(name)
    posed = [item.instance for item in items(task, "S", "train", 0, range(records))]
    batch = run_batch(task.table, [task.tapes(instance) for instance in posed])
    assert batch.trace is not None
    texts = {
        style: list(render_batch(task.table, batch.trace, style=style))
        for style in (MINIMAL, *WORDED)
    }
    texts["answer"] = [f"{LABEL} {answer}" for answer in batch.texts("out")]
    return {style: sum(vocabulary.count_tokens(said)) / records for style, said in texts.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="how long the baselines are")
    parser.add_argument("--records", type=int, default=25, help="of each task")
    parser.add_argument("--tasks", type=str, default=",".join(tasks.names()))
    options = parser.parse_args()
    vocabulary = Vocabulary.qwen()
    table = Table("task", MINIMAL, *WORDED, "answer")
    for name in options.tasks.split(","):
        found = lengths(name, options.records, vocabulary)
        worded = [f"{found[style] / found[MINIMAL]:.2f}" for style in WORDED]
        table.add_row(name, f"{found[MINIMAL]:,.0f}", *worded, f"{found['answer']:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
