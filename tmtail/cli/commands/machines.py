"""``check``, ``fmt``, ``table``: machines as sources and as tables."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.faults import ExitCode, complain
from tmtail.cli.options import AsJson
from tmtail.cli.output import show_json, table_sizes
from tmtail.cli.targets import MACHINES, MachineArgument, load_machine

if TYPE_CHECKING:
    from tm import Diagnostic


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A machine in a .tm file.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Warn of situations that have no transition, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a machine or a library.

    Exits with 1 when there are errors; warnings alone are fine.
    """
    from tm import SourceError, check_library
    from tm import check as check_source

    _see_that_it_is_a_source(file)
    try:
        library = check_library(file)
        if library is not None:
            _show_library(file, library, as_json)
            return
        checked = check_source(file, strict=strict)
    except SourceError as error:
        if not as_json:
            raise
        show_json({"table": None, "diagnostics": [d.as_json() for d in error.diagnostics]})
        raise typer.Exit(ExitCode.FAULT) from None
    if as_json:
        diagnostics = [d.as_json() for d in checked.warnings]
        show_json({"table": table_sizes(checked.table), "diagnostics": diagnostics})
        return
    for warning in checked.warnings:
        complain(f"{warning}\n")
    found = table_sizes(checked.table) | {"warnings": len(checked.warnings)}
    print(f"{file}: " + ", ".join(f"{what} {n:,}" for what, n in found.items()))


def _see_that_it_is_a_source(file: Path) -> None:
    if file.suffix in set(MACHINES) - {".tm"}:
        raise ValueError(f"{file} is a table, and no source: `run` and `table` read it")
    if file.suffix == ".py":
        raise ValueError(f"{file} is a task: `lint` looks at it, this at the .tm beside it")


def _show_library(file: Path, warnings: tuple[Diagnostic, ...], as_json: bool) -> None:
    if as_json:
        show_json({"table": None, "diagnostics": [d.as_json() for d in warnings]})
        return
    for warning in warnings:
        complain(f"{warning}\n")
    print(f"{file}: a library, warnings {len(warnings)}")


def fmt(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Sources to format.")],
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if a file would change.")
    ] = False,
) -> None:
    """Format .tm files in place.

    Spaces, indentation and blank lines change; comments and the machine stay as they are.
    """
    from tm.language.formatter import format_text
    from tm.language.reading import read_source

    changed = False
    for file in files:
        _see_that_it_is_a_source(file)
        formatted = format_text(read_source(file, str(file)).text, str(file))
        if formatted.encode() == file.read_bytes():
            continue
        changed = True
        if only_check:
            print(f"{file} would change")
        else:
            from tm.support.files import atomic_file

            with atomic_file(file.resolve()) as draft:
                draft.write_bytes(formatted.encode())
                shutil.copymode(file, draft)
            print(f"{file} formatted")
    if only_check and changed:
        raise typer.Exit(ExitCode.FAULT)


def table(
    machine: MachineArgument,
    format: Annotated[
        Literal["tsv", "json", "bb"],
        typer.Option(help="Rows for people and spreadsheets, everything, or busy-beaver text."),
    ] = "tsv",
) -> None:
    """Print a machine's transition table."""
    from tm.formats import to_busy_beaver, to_json, to_tsv

    write = {"tsv": to_tsv, "json": to_json, "bb": to_busy_beaver}[format]
    print(write(load_machine(machine)).rstrip("\n"))
