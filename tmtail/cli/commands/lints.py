"""``lint``: check whether a model can follow a machine's text past the lengths it saw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmtail.cli.confirmation import YesOption, confirm
from tmtail.cli.faults import ExitCode
from tmtail.cli.options import AsJson
from tmtail.cli.output import progress, show_json
from tmtail.cli.targets import load_tasks, read_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks import Task


def lint(
    tasks: Annotated[
        str,
        typer.Argument(metavar="TASK|all", help="Names of tasks or their .py files, or `all`."),
    ],
    vocabulary: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A model's tokenizer.json, which four rules need; they are skipped without it.",
        ),
    ] = None,
    n: Annotated[
        int,
        typer.Option(
            "--n",
            min=1,
            metavar="N",
            help="Instances of each range; of the first range 20 times as many.",
        ),
    ] = 100,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the instances.")] = 0,
    ranges: Annotated[
        str,
        typer.Option(
            metavar="S,XL=20-40",
            help="Ranges to check, the first one as that of training; by default those of the "
            "task. A name may have lengths of your own.",
        ),
    ] = "",
    depth: Annotated[
        int, typer.Option(min=1, metavar="N", help="Levels of nested steps to check.")
    ] = 1,
    yes: YesOption = False,
    as_json: AsJson = False,
) -> None:
    """Check the text of a task's machine by ten rules.

    A model can continue a text that keeps them past the lengths it saw in training;
    docs/authoring.md explains them. A check of more than a minute prints its size and time first,
    and asks on a terminal. Exits with 1 if a rule is broken; warnings and notes do not count.

    \b
    Example:
      tmtail lint bubble_sort,my_task.py --n 20
    """
    from compiler import lint as rules
    from compiler.vocabulary import Vocabulary
    from tasks.tools.linting import TaskSubject
    from tasks.tools.problem_checks import check_problems

    names, lengths = read_ranges(ranges)
    chosen = load_tasks(tasks, lengths)
    if names:
        chosen = tuple(_only(task, names) for task in chosen)
    tokens = Vocabulary(vocabulary) if vocabulary else None
    counts = rules.scaled_counts(n)
    subjects = [TaskSubject(task, seed=seed) for task in chosen]
    runs = sum(rules.planned_runs(subject, counts) for subject in subjects)
    confirm(f"{runs:,} runs to check", runs * rules.SECONDS_PER_RUN, yes=yes)
    findings: list[dict[str, Any]] = []
    for task, subject in zip(chosen, subjects, strict=True):
        with progress(task.name) as report:
            broken = rules.lint(
                subject, vocabulary=tokens, depth=depth, counts=counts, report=report
            )
            broken += check_problems(task, n, seed)
            findings += [{"task": task.name, **finding._asdict()} for finding in broken]
    if as_json:
        show_json(findings)
    else:
        for finding in findings:
            place = " ".join(finding[key] for key in ("task", "step", "label") if finding[key])
            print(f"{place}: {finding['severity']}[{finding['rule']}]: {finding['message']}")
            if finding["instance"]:
                print(f"  in {finding['instance']}")
        print(f"tasks {len(chosen)}, rules {len(rules.RULES)}, {_count(findings)}")
    if any(finding["severity"] == rules.Severity.ERROR for finding in findings):
        raise typer.Exit(ExitCode.FAULT)


def _only(task: Task[Any], names: Sequence[str]) -> Task[Any]:
    """Return a task with these of its ranges, in this order."""
    return replace(task, ranges={name: task.length_range(name) for name in names})


def _count(findings: list[dict[str, Any]]) -> str:
    severities = [finding["severity"] for finding in findings]
    kinds = ("error", "warning", "note")
    return ", ".join(f"{kind}s {severities.count(kind)}" for kind in kinds)
