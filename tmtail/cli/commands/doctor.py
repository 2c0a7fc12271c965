"""``doctor``: what is installed, and whether it can be used."""

from __future__ import annotations

import typer

from tmtail.cli.faults import ExitCode
from tmtail.cli.options import AsJson
from tmtail.cli.output import paint, show_json
from tmtail.cli.tables import show_columns


def doctor(as_json: AsJson = False) -> None:
    """Check packages, caches, GPU, tokenizer and folders.

    Nothing is changed. Exits with 1 if anything keeps tmtail from working as it should.

    \b
    Example:
      tmtail doctor
    """
    from tmtail.doctor import examine

    findings = list(examine())
    problems = [finding for finding in findings if finding.problem]
    if as_json:
        show_json([finding._asdict() for finding in findings])
    else:
        show_columns(("", "name", "found"), [finding[:3] for finding in findings], group=1)
        for finding in problems:
            print(paint(f"{finding.section} {finding.name}: {finding.problem}", "bold red"))
        print(f"problems: {len(problems)}")
    if problems:
        raise typer.Exit(ExitCode.FAULT)
