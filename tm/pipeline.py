"""A ``.tm`` file → its table, through every stage: parse, lower, elaborate; or rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tm.elaboration.elaborator import Elaborator
from tm.elaboration.procs import Procs
from tm.elaboration.resolver import alphabet
from tm.elaboration.rule_tables import RuleTable
from tm.language import syntax as s
from tm.language.diagnostics import Diagnostic, Reporter, SourceError
from tm.language.modules import Module, open_module, open_text
from tm.language.source import Source
from tm.language.wordings import faults
from tm.speech import Style, StylePiece
from tm.table import Table, Tape


@dataclass(frozen=True, slots=True)
class Checked:
    """A machine that was read and elaborated: its table, warnings and every source it stands on."""

    table: Table
    warnings: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]


def check(path: str | Path, *, strict: bool = False, speech: bool = True) -> Checked:
    """Read and elaborate a machine, warnings included.

    Parameters
    ----------
    strict
        Warn of every situation that a reachable state has no transition for, too.
    speech
        False empties every template; table, transitions and tapes stay the same.
    """
    path = Path(path)
    report = Reporter()
    module, sources = open_module(path, str(path), report)
    return _checked(module, sources, report, path.stem, strict, speech)


def check_text(
    text: str, name: str = "machine.tm", *, strict: bool = False, speech: bool = True
) -> Checked:
    """The same for a text in memory, which can import the standard library only."""
    report = Reporter()
    module, sources = open_text(Source(name, text), report)
    return _checked(module, sources, report, Path(name).stem, strict, speech)


def check_library(path: str | Path) -> tuple[Diagnostic, ...] | None:
    """Check a file of procs, classes and enums alone; None when the file is a machine.

    Returns
    -------
    Its warnings. What depends on the tapes that a proc is given shows where it is called.

    Raises
    ------
    SourceError
        With every error found.
    """
    path = Path(path)
    report = Reporter()
    module, _ = open_module(path, str(path), report)
    file = module.file
    if file.mains or file.rules or file.tapes or file.starts or not file.procs + file.classes:
        return None
    procs = Procs(report)
    for decl in file.procs:
        procs.proc(module, decl, decl.name.span)
    report.raise_errors()
    return report.warnings


def _checked(
    module: Module,
    sources: tuple[Source, ...],
    report: Reporter,
    name: str,
    strict: bool,
    speech: bool,
) -> Checked:
    file = module.file
    if file.rules and not file.mains:
        table = RuleTable(module, _tapes(module, set(), report), report).table(name)
    else:
        table = _program(module, report, name, strict, speech)
    report.raise_errors()
    if table is None:
        raise SourceError(report.found)
    return Checked(table, report.warnings, sources)


def _program(
    module: Module, report: Reporter, name: str, strict: bool, speech: bool
) -> Table | None:
    file = module.file
    if len(file.mains) != 1 or file.rules or file.starts:
        _refuse_shape(file, report)
        return None
    plain = {t.name: frozenset(t.symbols) for t in _tapes(module, set(), report)}
    procs = Procs(report)
    main = procs.main(module, file.mains[0], plain)
    for decl in file.procs:
        procs.proc(module, decl, decl.name.span)
    report.raise_errors()
    procs.check_expansion(main)
    report.raise_errors()
    _warn_unused(module, main.used, report)
    elaborator = Elaborator(_tapes(module, main.marked, report), report, speech)
    table = elaborator.table(name, main, _styles(file))
    if table is not None and speech:
        _check_styles(file, table, report)
        if strict:
            for hole, span in elaborator.stuck.items():
                report.warn("TM073", f"a machine that gets here is stuck: {hole.reason}", span)
    return table


def _refuse_shape(file: s.File, report: Reporter) -> None:
    if len(file.mains) > 1:
        report.error("TM026", "a machine has one `main`", file.mains[1].span)
    elif file.rules and file.mains:
        report.error(
            "TM026",
            "a machine is rules or a program, not both",
            file.rules[0].span,
            "delete `main`, or the rules",
        )
    else:
        span = file.starts[0].span if file.starts else file.span._replace(end=file.span.start + 1)
        report.error(
            "TM026",
            "no machine here",
            span,
            "write `main { … }` or rules; a file of procs alone is a library",
        )


def _tapes(module: Module, marked: set[str], report: Reporter) -> list[Tape]:
    """The machine's tapes, in the order of their declarations."""
    tapes: dict[str, Tape] = {}
    for decl in module.file.tapes:
        symbols, word = alphabet(module, decl.symbols, decl.word, report)
        for ident in decl.tapes:
            if ident.name in tapes or ident.name in module.members:
                what = "declared twice" if ident.name in tapes else "a member of an enumeration too"
                report.error("TM021", f"tape `{ident.name}` is {what}", ident.span)
            tapes[ident.name] = Tape(
                name=ident.name, symbols=symbols, word=word, marks=ident.name in marked
            )
    return list(tapes.values())


def _warn_unused(module: Module, used: set[str], report: Reporter) -> None:
    for tape in module.file.tapes:
        for ident in tape.tapes:
            if ident.name not in used:
                report.warn("TM080", f"tape `{ident.name}` is never used", ident.span)
    for proc in module.file.procs:
        if proc.name.name not in module.used:
            report.warn("TM080", f"proc `{proc.name.name}` is never called", proc.name.span)
    for what, decls in (("class", module.file.classes), ("enum", module.file.enums)):
        for decl in decls:
            if decl.name.name not in module.used:
                report.warn("TM080", f"{what} `{decl.name.name}` is never used", decl.name.span)
    needed = {span for name, span in module.imported.items() if name in module.used}
    for span in dict.fromkeys(module.imported.values()):
        if span not in needed:
            report.warn("TM080", "nothing of this import is used", span)


def _styles(file: s.File) -> dict[str, Style]:
    return {
        decl.name.name: {w.key: tuple(map(_style_piece, w.text.parts)) for w in decl.wordings}
        for decl in file.styles
    }


def _style_piece(part: s.TextPart | s.PlaceholderPart) -> StylePiece:
    if isinstance(part, s.TextPart):
        return StylePiece("", part.text)
    return StylePiece(part.name, part.default)


def _check_styles(file: s.File, table: Table, report: Reporter) -> None:
    for decl in file.styles:
        if decl.name.name == "minimal":
            report.error("TM021", "`minimal` is the derived style", decl.name.span)
        places: dict[str, s.Wording] = {}
        for wording in decl.wordings:
            if wording.key in places:
                report.error("TM021", f"`{wording.key}` is worded twice", wording.span)
            places[wording.key] = wording
        for fault in faults(table.utterances, table.styles.get(decl.name.name, {})):
            span = places[fault.key].span if fault.key else decl.name.span
            report.error("TM052", f"style `{decl.name.name}`: {fault.message}", span, fault.help)
