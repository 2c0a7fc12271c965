"""``check``, ``fmt``, ``table``, ``import``, ``diagram``: sources and tables in all formats."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.faults import ExitCode, print_error
from tmtail.cli.options import AsJson
from tmtail.cli.output import paint, show_json, table_sizes
from tmtail.cli.targets import (
    FromOption,
    MachineArgument,
    load_machine,
    load_task,
    machine_suffixes,
)

if TYPE_CHECKING:
    from tm import Diagnostic


SilentOption = Annotated[
    bool, typer.Option("--silent", help="Leave out what the machine says, and its contracts.")
]


def check(
    machine: Annotated[
        str,
        typer.Argument(
            metavar="FILE|TASK",
            help="Source of a machine or a library (.tm), or the name of a task.",
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Also warn of situations that have no transition.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Report errors and warnings in a machine or a library.

    Prints the size of the transition table as well. Exits with 1 if there are errors; warnings
    do not count. docs/errors.md explains each code.

    \b
    Example:
      tmtail check machine.tm --strict
    """
    from tm import SourceError, check_library
    from tm import check as check_source

    file = _source_file(machine)
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
        diagnostics = [diagnostic.as_json() for diagnostic in checked.warnings]
        show_json({"table": table_sizes(checked.table), "diagnostics": diagnostics})
        return
    for warning in checked.warnings:
        print_error(f"{warning}\n")
    figures = table_sizes(checked.table) | {"warnings": len(checked.warnings)}
    shown = ", ".join(f"{name} {value:,}" for name, value in figures.items())
    print(f"{paint(str(file), 'bold yellow' if checked.warnings else 'bold green')}: {shown}")


def _source_file(target: str) -> Path:
    """Return the source that a path or the name of a task refers to."""
    path = Path(target)
    _require_source(path)
    if path.suffix or len(path.parts) != 1 or path.exists():
        return path
    return load_task(target).source


def _require_source(file: Path) -> None:
    """Raise ``ValueError`` if the file is a table or a task instead of a source."""
    if file.suffix in set(machine_suffixes()) - {".tm"}:
        raise ValueError(
            f"{file} is a table, not a source; `run` and `table` read it, and `import` writes a "
            "source"
        )
    if file.suffix == ".py":
        raise ValueError(f"{file} is a task; `lint` checks it, and this command its .tm file")


def _show_library(file: Path, warnings: tuple[Diagnostic, ...], as_json: bool) -> None:
    if as_json:
        show_json({"table": None, "diagnostics": [d.as_json() for d in warnings]})
        return
    for warning in warnings:
        print_error(f"{warning}\n")
    print(f"{file}: a library, warnings {len(warnings)}")


def fmt(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Sources to format.")],
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 if a file would change.")
    ] = False,
) -> None:
    """Format .tm files in place.

    Spaces, indentation and blank lines change; comments and the machine do not.

    \b
    Example:
      tmtail fmt *.tm --check
    """
    from tm.language.formatter import format_text
    from tm.language.reading import read_source

    would_change = False
    for file in files:
        _require_source(file)
        formatted = format_text(read_source(file, str(file)).text, str(file))
        if formatted.encode() == file.read_bytes():
            continue
        would_change = True
        if only_check:
            print(f"{file} would change")
        else:
            from tm.support.files import atomic_file, without_links

            with atomic_file(without_links(file)) as draft:
                draft.write_bytes(formatted.encode())
                shutil.copymode(file, draft)
            print(f"{file} formatted")
    if only_check and would_change:
        raise typer.Exit(ExitCode.FAULT)


def table(
    machine: MachineArgument,
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="FORMAT",
            help="`rules`: for people, `tsv`: a line for each row, `json`: everything, or the "
            "format of a simulator: `bb`, `jff`, `morphett`, `multitape`, `yaml`.",
        ),
    ] = "rules",
    from_: FromOption = "",
    silent: SilentOption = False,
) -> None:
    """Print a transition table, or write it for another simulator.

    What a format cannot hold is an error. docs/formats.md compares the formats.

    \b
    Example:
      tmtail table bubble_sort --as json > bubble_sort.json
      tmtail table palindrome.jff --as yaml
    """
    from tm.display import rules_text
    from tm.formats import FORMATS

    names = ("rules", *FORMATS)
    if as_ not in names:
        raise typer.BadParameter(
            f"`{as_}` is not a format; the formats are {', '.join(names)}", param_hint="--as"
        )
    loaded = load_machine(machine, from_).table
    shown = loaded.without_speech() if silent else loaded
    text = rules_text(shown) if as_ == "rules" else FORMATS[as_].write(shown)
    print(text.rstrip("\n"))


def import_machine(
    machine: MachineArgument,
    from_: FromOption = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Source to write; by default standard output."),
    ] = None,
    silent: SilentOption = False,
) -> None:
    """Write a machine as a .tm source of rules.

    The source makes the same transitions as the machine. What rules cannot hold is an error.

    \b
    Example:
      tmtail import palindrome.jff --out palindrome.tm
    """
    from tm.formats.source import to_source
    from tm.support.files import write_text

    loaded = load_machine(machine, from_)
    if silent:
        loaded = loaded._replace(table=loaded.table.without_speech())
    source = to_source(loaded, machine)
    if out is None:
        print(source, end="")
    else:
        write_text(out, source)


def diagram(
    machine: MachineArgument,
    steps: Annotated[
        bool,
        typer.Option(
            "--steps", help="Draw the steps of the text, and which can follow which, not states."
        ),
    ] = False,
    as_: Annotated[
        Literal["", "svg", "dot", "mermaid"],
        typer.Option(
            "--as",
            metavar="svg|dot|mermaid",
            help="`svg`: a picture, `dot`: for Graphviz, `mermaid`: for Markdown; by default that "
            "of the suffix of --out, or svg.",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write; by default standard output."),
    ] = None,
    from_: FromOption = "",
) -> None:
    """Draw the states or the steps of a machine as a graph.

    An edge between states has the rules that lead from one to the other. An edge between steps
    leads to a step that can be the next one to open.

    \b
    Example:
      tmtail diagram bubble_sort --steps --out bubble_sort.svg
      tmtail diagram 1RB1LB_1LA1RZ --as mermaid
    """
    from tmtail.pictures import diagrams, graphs

    suffix = out.suffix if out else ".svg"
    format = as_ or diagrams.FORMAT_OF_SUFFIX.get(suffix)
    if format is None:
        raise typer.BadParameter(
            f"`{suffix}` names no format; end the file in {', '.join(diagrams.FORMAT_OF_SUFFIX)}, "
            "or give --as",
            param_hint="--out",
        )
    loaded = load_machine(machine, from_).table
    graph = graphs.step_graph(loaded) if steps else graphs.state_graph(loaded)
    text = diagrams.FORMATS[format](graph)
    if out is None:
        print(text, end="")
    else:
        from tm.support.files import write_text

        write_text(out, text)
