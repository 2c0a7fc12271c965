"""Write the documentation pages of the tasks from the tasks themselves and from measurements.

python -m tasks.tools.pages docs [--count 500] [--only lcs,dijkstra]

``docs/tasks/NAME.md`` is the page of one task, ``docs/tasks.md`` holds the tables of all tasks.
Tokens are counted in the vocabulary of Qwen2.5.
"""

from __future__ import annotations

import argparse
import inspect
from pathlib import Path
from typing import Any

from compiler import render
from compiler.styles import MINIMAL
from compiler.vocabulary import Vocabulary
from tasks import registry
from tasks.base import AnyTask
from tasks.draws import Stream
from tasks.tools.figures import (
    CONTEXT,
    FITTING_RECORDS,
    MAX_LETTERS,
    MAX_OVERSIZED_RECORDS,
    fitting_length,
    growth,
    range_problem_count,
    record_sizes,
)
from tasks.tools.page_tables import (
    STYLES,
    MeasuredTasks,
    TaskFigures,
    exemption_table,
    growth_table,
    length_table,
    machine_table,
    problem_table,
    task_link,
    task_name,
    token_table,
)
from tm.support.extras import exit_if_missing

COMMAND = "python -m tasks.tools.pages docs"
EXAMPLE_CANDIDATES = 50
"""Number of random instances among which a page's example is the one with the shortest text."""


def measure(task: AnyTask, vocabulary: Vocabulary, count: int) -> TaskFigures:
    """Measure a task on ``count`` random records of each range."""
    tokens = {
        (range_name, style): record_sizes(task, range_name, style, vocabulary, count)
        for range_name in task.ranges
        for style in STYLES
    }
    problems = {range_name: range_problem_count(task, range_name) for range_name in task.ranges}
    return TaskFigures(tokens, *growth(task, count), problems, fitting_length(task, vocabulary))


def example(task: AnyTask) -> Any:
    """Return an instance of the least length, at least 2, with a short text."""
    stream, (least, _) = Stream("page", task.name), task.length_range("S")
    candidates = [task.draw(stream.at(i), max(least, 2)) for i in range(EXAMPLE_CANDIDATES)]
    return min(candidates, key=lambda instance: len(_text(task, instance, MINIMAL)))


def page(task: AnyTask, figures: TaskFigures) -> str:
    """Return the page of one task."""
    instance = example(task)
    ranges = ", ".join(f"{name} {low}–{high}" for name, (low, high) in task.ranges.items())
    measured = [(task, figures)]
    machine = task.source.relative_to(task.source.parents[2]).as_posix()
    return f"""# {task.name}

{_summary(task)}

- Paradigm: {task.paradigm.replace("_", " ")}
- Lengths: {ranges}
- Form of an answer: {task.kind.form}
- Greatest length: {task.greatest_length:,}
- Greatest length of which half of the texts fit {CONTEXT:,} tokens: {figures.fitting:,}

## A problem and its text

```text
{task.prompt(instance)}```

`{MINIMAL}`:

```text
{_text(task, instance, MINIMAL)}
```

`styled`:

```text
{_text(task, instance, "styled")}
```

## Sizes

{machine_table(measured, task_name)}

{token_table(measured, task_name)}

{growth_table(measured, task_name)}

{problem_table(measured, task_name)}

[The tasks](../tasks.md) explains the columns.

## Exemptions from the text rules

{exemption_table([task], task_name) or "None. In `minimal` style all texts fit the budget."}

## The machine

The machine is `{machine}`; `tmtail show {task.name} --part machine` prints it.
"""


def overview(measured: MeasuredTasks, count: int) -> str:
    """Return the page with the tables of all tasks."""
    return f"""# The tasks

Each task is a Turing machine that solves problems and a sampler that poses them. The name of a task
leads to its page. `{COMMAND}` measured all figures on this project's own instances, not on those of
the paper.

## Machines

A row is a transition: from a state and the symbols read to the symbols written, the moves and the
next state.

{machine_table(measured, task_link)}

## Tokens

Tokens of prompt and completion, in the vocabulary of Qwen2.5, of {count} random records of each
range. A record fits if it is within the task's budget with a margin of 5 %. Records are never cut:
a record that does not fit is refused and counted. If hardly any record of a range fits,
{MAX_OVERSIZED_RECORDS} records are measured; a text of more than {MAX_LETTERS:,} letters is not
written.

{token_table(measured, task_link)}

## Lengths

The greatest length of an instance is limited by the names of its text, or by its machine. The last
column is the greatest length of which half of {FITTING_RECORDS} records fit {CONTEXT:,} tokens.

{length_table(measured, task_link)}

## Exemptions from the text rules

Steps in `coarse` process values of more than 8 symbols at once. Steps in `far` fetch values from a
distance that grows with the length of the text. Steps in `unseen` have labels or results that
longer ranges need and S cannot show; the task's page gives the reason. In the ranges `beyond`, the
longest texts exceed the budget in every style; in the ranges `partly`, only some of them do.

{exemption_table([task for task, _ in measured], task_link)}

## Transitions

The mean number of transitions at the greatest length of each range, and the power of n by which it
grows from the last range but one to the last. The column `operations` shows the number of
operations of the algorithm itself; a machine may need one more power of n to move along its tapes.

{growth_table(measured, task_link)}

## Different problems

The numbers of different problems. Problems that differ only in the names of places are the same
problem. A dash means that no formula is known.

{problem_table(measured, task_link)}
"""


def _summary(task: AnyTask) -> str:
    """Return the docstring of the task's file."""
    return inspect.getdoc(inspect.getmodule(type(task))) or ""


def _text(task: AnyTask, instance: Any, style: str) -> str:
    trace = task.run(instance).trace
    assert trace is not None  # tracing is on by default
    return render(task.table, trace, style=style).string


def main() -> None:
    """Write the pages that the command line selects."""
    parser = argparse.ArgumentParser(
        description="Measure the tasks and write their pages.",
        epilog="Example: python -m tasks.tools.pages docs --only lcs,dijkstra",
    )
    parser.add_argument("docs", type=Path, help="folder of the documentation, such as docs")
    parser.add_argument(
        "--count", type=int, default=500, help="random records of each range (default: 500)"
    )
    parser.add_argument(
        "--only", default="", help="names of tasks; writes only their pages, not the overview"
    )
    options = parser.parse_args()
    vocabulary = Vocabulary.qwen()
    folder = options.docs / "tasks"
    folder.mkdir(exist_ok=True)
    names = options.only.split(",") if options.only else registry.names()
    measured = [
        (task, measure(task, vocabulary, options.count)) for task in map(registry.get, names)
    ]
    for task, figures in measured:
        (folder / f"{task.name}.md").write_text(page(task, figures), encoding="utf-8")
    if not options.only:
        overview_file = options.docs / "tasks.md"
        overview_file.write_text(overview(measured, options.count), encoding="utf-8")


if __name__ == "__main__":
    with exit_if_missing():
        main()
