"""The stages from a ``.tm`` source to its transition table.

``parse``
    The file and everything it imports become syntax trees, and every declared name is known
    (``tm.language.modules``, ``tm.language.parsing``).
``resolve``
    The machine is a program or rules; its tapes get their alphabets
    (``tm.elaboration.declarations``).
``lower``
    ``main`` and the procs become instructions, their names and types checked on the way
    (``tm.elaboration.lowering``). Rules skip this stage.
``elaborate``
    The reachable states of the instructions, or the rules, become the table
    (``tm.elaboration.elaborator``, ``rule_tables``).

Each stage reports as many faults as it can; a stage is entered only if the one before has none,
except that faults of tapes are reported together with those of the code that uses them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tm.elaboration import instructions as c
from tm.elaboration.declarations import check_kind, declared_tapes, is_library, warn_unused
from tm.elaboration.elaborator import Elaborator
from tm.elaboration.lowering.procs import Procs
from tm.elaboration.rule_tables import RuleTable
from tm.language.diagnostics import Diagnostic, Reporter, SourceError
from tm.language.modules import Files, Module, parse_file, parse_text
from tm.language.source import Source
from tm.language.wordings import check_styles, declared_styles
from tm.table import Table, Tape


@dataclass(frozen=True, slots=True)
class CheckedMachine:
    """The table of a machine without errors, its warnings, and all sources it was read from."""

    table: Table
    warnings: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]


def check(
    path: str | Path,
    *,
    strict: bool = False,
    speech: bool = True,
    prints: bool = False,
    files: Files = Files(),
) -> CheckedMachine:
    """Read and elaborate the machine in a file.

    Parameters
    ----------
    strict
        Also warn of every situation for which a reachable state has no transition.
    speech
        If False, every template is emptied; transitions and tapes stay the same.
    prints
        Whether actions have the lines of ``print`` statements. The machine makes the same
        transitions and writes the same text, but it may have more states.
    files
        How the sources are read.

    Raises
    ------
    SourceError
        With every error and warning that was reported.
    """
    path = Path(path)
    report = Reporter()
    module, sources = parse_file(path, str(path), report, files)
    table = _table(module, path.stem, report, strict=strict, speech=speech, prints=prints)
    return CheckedMachine(table, report.warnings, sources)


def check_text(
    text: str,
    name: str = "machine.tm",
    *,
    strict: bool = False,
    speech: bool = True,
    prints: bool = False,
) -> CheckedMachine:
    """Read and elaborate a machine in a text, which can import the standard library only.

    Parameters are those of ``check``; ``name`` is the name of the source in messages.
    """
    report = Reporter()
    module, sources = parse_text(Source(name, text), report)
    table = _table(module, Path(name).stem, report, strict=strict, speech=speech, prints=prints)
    return CheckedMachine(table, report.warnings, sources)


def check_library(path: str | Path, files: Files = Files()) -> tuple[Diagnostic, ...] | None:
    """Check a file of procs, classes and enums on its own.

    Faults that depend on the tapes a proc is called with are found only where it is called.

    Parameters
    ----------
    files
        How the sources are read.

    Returns
    -------
    tuple or None
        The warnings; None if the file is a machine.

    Raises
    ------
    SourceError
        With every error and warning that was reported.
    """
    path = Path(path)
    report = Reporter()
    module, _ = parse_file(path, str(path), report, files)
    if not is_library(module):
        return None
    procs = Procs(report)
    for decl in module.file.procs:
        procs.proc(module, decl, decl.name.location)
    report.raise_errors()
    return report.warnings


def diagnose(path: str | Path, files: Files = Files()) -> tuple[Diagnostic, ...]:
    """Return every error and warning about the machine or library in a file, errors first."""
    try:
        warnings = check_library(path, files)
        return check(path, files=files).warnings if warnings is None else warnings
    except SourceError as error:
        return error.diagnostics


def _table(
    module: Module, name: str, report: Reporter, *, strict: bool, speech: bool, prints: bool
) -> Table:
    """Take a parsed machine through the other stages."""
    tapes = _resolve(module, report)
    if module.file.rules:
        table = RuleTable(module, tapes, report).table(name)
    else:
        main = _lower(module, tapes, report, prints=prints)
        table = _elaborate(module, tapes, main, name, report, strict=strict, speech=speech)
    report.raise_errors()
    assert table is not None, "a stage that returns no table has reported an error"
    return table


def _resolve(module: Module, report: Reporter) -> list[Tape]:
    check_kind(module, report)
    report.raise_errors()
    return declared_tapes(module, report)


def _lower(module: Module, tapes: list[Tape], report: Reporter, *, prints: bool) -> c.Proc:
    alphabets = {tape.name: frozenset(tape.symbols) for tape in tapes}
    procs = Procs(report, module, alphabets, prints=prints)
    main = procs.main(module, module.file.mains[0])
    for decl in module.file.procs:
        procs.proc(module, decl, decl.name.location)
    report.raise_errors()
    procs.check_expansion(main)
    report.raise_errors()
    used_tapes = main.used.union(*(proc.machine_tapes for proc in procs.lowered.values()))
    warn_unused(module, used_tapes, report)
    return main


def _elaborate(
    module: Module,
    tapes: list[Tape],
    main: c.Proc,
    name: str,
    report: Reporter,
    *,
    strict: bool,
    speech: bool,
) -> Table | None:
    marked = main.marked | main.machine_marked
    marked_tapes = [replace(tape, marks=tape.name in marked) for tape in tapes]
    elaborator = Elaborator(marked_tapes, report, speech)
    table = elaborator.table(name, main, declared_styles(module.file))
    if table is None:
        return None
    if speech:
        check_styles(module.file, table.utterances, report)
    if strict:
        for undefined, location in elaborator.traps.items():
            report.warn("TM073", f"a machine that gets here is stuck: {undefined.reason}", location)
    return table
