"""Write the pages about the tasks from the tasks themselves, and from what is measured of them.

python -m tasks.tools.pages docs [--count 500] [--only lcs,dijkstra]

``docs/tasks/NAME.md`` is a task's page, ``docs/tasks.md`` the tables over all of them. Tokens are
counted in Qwen2.5's vocabulary. ``--only`` writes the pages of some tasks, and no tables.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from compiler import render
from compiler.styles import MINIMAL
from compiler.vocabulary import Vocabulary
from tasks import registry
from tasks.base import AnyTask
from tasks.draws import Stream
from tasks.tools.figures import LETTERS, RARE, Sizes, growth, problems, sizes

Name = Callable[[AnyTask], str]
"""How a table names a task."""
Found = Sequence[tuple[AnyTask, "TaskFigures"]]

STYLES = (MINIMAL, "styled")
COMMAND = "python -m tasks.tools.pages docs"
TRIES = 50
"""Draws among which a page's example is the one with the shortest text."""


class TaskFigures(NamedTuple):
    """What was measured of a task."""

    tokens: dict[tuple[str, str], Sizes]  # by range and style
    transitions: dict[str, float]  # by range, at its greatest length
    power: float
    problems: dict[str, int | None]


def measure(task: AnyTask, vocabulary: Vocabulary, count: int) -> TaskFigures:
    """Measure a task on ``count`` random records of each range."""
    tokens = {
        (where, style): sizes(task, where, style, vocabulary, count)
        for where in task.ranges
        for style in STYLES
    }
    return TaskFigures(tokens, *growth(task, count), {w: problems(task, w) for w in task.ranges})


def example(task: AnyTask) -> Any:
    """An instance of the least length, but not of one element, its text as short as any of some."""
    stream, (least, _) = Stream("page", task.name), task.length_range("S")
    tries = [task.draw(stream.at(i), max(least, 2)) for i in range(TRIES)]
    return min(tries, key=lambda instance: len(_text(task, instance, MINIMAL)))


def page(task: AnyTask, figures: TaskFigures) -> str:
    """The page of one task."""
    instance = example(task)
    spans = ", ".join(f"{name} {low}–{high}" for name, (low, high) in task.ranges.items())
    alone = [(task, figures)]
    machine = task.source.relative_to(task.source.parents[2]).as_posix()
    return f"""# {task.name}

{_purpose(task)}

{task.paradigm.replace("_", " ")}; lengths {spans}. An answer is {task.kind.form}.

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

{_machines(alone, _name)}

{_tokens(alone, _name)}

{_growth(alone, _name)}

{_problems(alone, _name)}

[What the columns mean](../tasks.md).

## Where it departs from the rules for texts

{_owned([task], _name) or "Nowhere; and all its texts fit the budget."}

## The machine

`{machine}`:

```tm
{task.source.read_text(encoding="utf-8")}```
"""


def overview(found: Found, count: int) -> str:
    """The tables over all tasks."""
    return f"""# The tasks

Each is a Turing machine that answers, and a sampler that asks; its name leads to its page. All was
measured by `{COMMAND}`, on our own instances, which are not the paper's.

## Machines

A row is a transition: a state and the symbols read, to the symbols written, the moves and the next
state.

{_machines(found, _link)}

## Tokens

Prompt and completion, in the vocabulary of Qwen2.5, of {count} random records of each range. One
fits when it and 5 % more are within the task's budget. Nothing is ever cut: what does not fit is
refused, and counted. Where hardly any record fits, {RARE} are measured; a text of more than
{LETTERS:,} letters is not even written.

{_tokens(found, _link)}

## Departures from the rules for texts

Steps that are `coarse` work on values of more than 8 symbols in one go; those that are `far` fetch
from as far back as the text is long; those that are `unseen` have labels or results in longer
ranges that S cannot show, for the reason that the task's page gives. The longest texts of the
ranges `beyond` do not fit the budget, however they are written; of those of `partly` some do.

{_owned([task for task, _ in found], _link)}

## Transitions

The mean number of transitions at the greatest length of each range, and the power of n by which it
grows from the last range but one to the last, beside the number of operations of the algorithm
itself. A machine may take a tape's length, one power of n, more.

{_growth(found, _link)}

## Different problems

Names of places, which the text chooses, do not make a problem another one. A dash: nobody has found
a closed form.

{_problems(found, _link)}
"""


def _machines(found: Found, name: Name) -> str:
    rows = (
        (
            name(task), task.paradigm.replace("_", " "), *_spans(task), len(task.table.states),
            sum(1 for _ in task.table.rows()), len(task.table.tapes),
        )
        for task, _ in found
    )  # fmt: skip
    return _markdown(("task", "paradigm", "S", "M", "L", "states", "rows", "tapes"), rows)


def _tokens(found: Found, name: Name) -> str:
    header = ["task", "range", "prompt", "budget"]
    for style in STYLES:
        header += (f"{style}: mean", "95 %", "most", "fit")
    rows = []
    for task, figures in found:
        for where in task.ranges:
            row = [name(task), where, round(figures.tokens[where, MINIMAL].prompt), task.budget]
            for style in STYLES:
                row += _summary(figures.tokens[where, style])
            rows.append(row)
    return _markdown(header, rows)


def _summary(sizes: Sizes) -> tuple[object, ...]:
    fit = "all" if sizes.fitting == sizes.count else f"{sizes.fitting} of {sizes.count}"
    if not sizes.tokens:
        return "not written", "", "", fit
    most = f"{sizes.unwritten} not written" if sizes.unwritten else sizes.tokens[-1]
    return round(sum(sizes.tokens) / len(sizes.tokens)), sizes.quantile(0.95), most, fit


def _growth(found: Found, name: Name) -> str:
    rows = (
        (
            name(task), task.complexity,
            *(f"{round(steps):,} (n = {task.length_range(where)[1]})"
              for where, steps in figures.transitions.items()),
            f"{figures.power:.1f}",
        )
        for task, figures in found
    )  # fmt: skip
    return _markdown(("task", "operations", "S", "M", "L", "power of n"), rows)


def _owned(tasks: Iterable[AnyTask], name: Name) -> str:
    """What tasks own up to, for those that do."""
    rows = [
        (
            name(task),
            *(", ".join(sorted(steps)) for steps in (task.coarse, task.far, task.unseen)),
            *(
                ", ".join(w for w in task.ranges if w in some)
                for some in (task.beyond, task.partly)
            ),
        )
        for task in tasks
    ]
    owning = [row for row in rows if any(row[1:])]
    header = ("task", "coarse", "far", "unseen", "beyond", "partly")
    return _markdown(header, owning) if owning else ""


def _problems(found: Found, name: Name) -> str:
    rows = (
        (name(task), *(_count(figures.problems[where]) for where in task.ranges))
        for task, figures in found
    )
    return _markdown(("task", "S", "M", "L"), rows)


def _count(problems: int | None) -> str:
    if problems is None:
        return "–"
    return f"{problems:,}" if problems < 10**9 else f"10^{len(str(problems)) - 1}"


def _markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [[f"{c:,}" if isinstance(c, int) else str(c) for c in row] for row in rows]
    numbers = [all(c[:1].isdigit() for c in column) for column in zip(*cells, strict=True)]
    rule = ["---:" if right else "---" for right in numbers]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *cells))


def _spans(task: AnyTask) -> list[str]:
    return [f"{low}–{high}" if low < high else str(low) for low, high in task.ranges.values()]


def _name(task: AnyTask) -> str:
    return task.name


def _link(task: AnyTask) -> str:
    return f"[{task.name}](tasks/{task.name}.md)"


def _purpose(task: AnyTask) -> str:
    """The docstring of the task's file."""
    return inspect.getdoc(inspect.getmodule(type(task))) or ""


def _text(task: AnyTask, instance: Any, style: str) -> str:
    trace = task.run(instance).trace
    assert trace is not None  # it was asked for
    return render(task.table, trace, style=style).string


def main() -> None:
    """Write all pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    vocabulary = Vocabulary.qwen()
    folder = options.docs / "tasks"
    folder.mkdir(exist_ok=True)
    names = options.only.split(",") if options.only else registry.names()
    found = [(task, measure(task, vocabulary, options.count)) for task in map(registry.get, names)]
    for task, figures in found:
        (folder / f"{task.name}.md").write_text(page(task, figures), encoding="utf-8")
    if not options.only:
        (options.docs / "tasks.md").write_text(overview(found, options.count), encoding="utf-8")


if __name__ == "__main__":
    main()
