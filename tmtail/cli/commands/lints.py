"""``lint``: whether a model can follow a machine's text past the lengths it saw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tmtail.cli.faults import ExitCode
from tmtail.cli.options import AsJson
from tmtail.cli.output import progress, show_json
from tmtail.cli.targets import load_tasks


def lint(
    tasks: Annotated[
        str, typer.Argument(metavar="TASK|all", help="Names of tasks, or their .py files; or all.")
    ],
    vocabulary: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A model's tokenizer.json, for the rules about tokens."),
    ] = None,
    n: Annotated[
        int, typer.Option("--n", min=1, help="Instances of each range; of the first 2,000 or more.")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Of the instances.")] = 0,
    depth: Annotated[int, typer.Option(min=1, help="Levels of nested steps to look at.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Check the nine rules for the text of a task's machine.

    Without a vocabulary the rules about tokens are skipped, and say so. Exits with 1 when a rule
    is broken; warnings and notes are fine.
    """
    from compiler import lint as rules
    from compiler.vocabulary import Vocabulary
    from tasks.tools.linting import TaskSubject

    chosen = load_tasks(tasks)
    words = Vocabulary(vocabulary) if vocabulary else None
    counts = {**rules.DEFAULT_COUNTS, "first": max(n, rules.DEFAULT_COUNTS["first"]), "others": n}
    found = []
    with progress("tasks") as report:
        for number, task in enumerate(chosen):
            report(number, len(chosen))
            subject = TaskSubject(task, seed=seed)
            findings = rules.lint(subject, vocabulary=words, depth=depth, counts=counts)
            found += [{"task": task.name, **finding._asdict()} for finding in findings]
    if as_json:
        show_json(found)
    else:
        for finding in found:
            place = " ".join(finding[key] for key in ("task", "step", "label") if finding[key])
            print(f"{place}: {finding['severity']}[{finding['rule']}]: {finding['message']}")
            if finding["instance"]:
                print(f"  in {finding['instance']}")
        print(f"tasks {len(chosen)}, rules {len(rules.RULES)}, " + _count(found))
    if any(finding["severity"] == rules.Severity.ERROR for finding in found):
        raise typer.Exit(ExitCode.FAULT)


def _count(found: list[dict[str, str]]) -> str:
    kinds = ("error", "warning", "note")
    return ", ".join(f"{kind}s {sum(f['severity'] == kind for f in found)}" for kind in kinds)
