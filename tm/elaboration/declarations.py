"""The declarations of a machine as a whole: its kind, its tapes, and what it leaves unused."""

from __future__ import annotations

from tm.elaboration.lowering.resolver import alphabet
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.support.suggestions import did_you_mean
from tm.table import Tape


def check_kind(module: Module, report: Reporter) -> None:
    """Report a file that is neither one program nor rules."""
    file = module.file
    if len(file.mains) > 1:
        report.error("TM026", "a machine has exactly one `main`", file.mains[1].location)
    elif file.mains and (file.rules or file.starts):
        location = file.rules[0].location if file.rules else file.starts[0].location
        report.error(
            "TM026",
            "a machine is either a program or rules, not both",
            location,
            "delete `main`, or the rules and `start`",
        )
    elif not file.mains and not file.rules:
        location = (
            file.starts[0].location
            if file.starts
            else file.location._replace(end=file.location.start + 1)
        )
        report.error(
            "TM026",
            "this file contains no machine",
            location,
            "write `main { … }` or rules; a file of procs alone is a library",
        )


def is_library(module: Module) -> bool:
    """Return whether a file has procs or classes to import and nothing of a machine."""
    file = module.file
    is_machine = file.mains or file.rules or file.tapes or file.groups or file.starts
    return not is_machine and bool(file.procs or file.classes)


def declared_tapes(module: Module, report: Reporter) -> list[Tape]:
    """Return the tapes of a machine in the order of their declarations, without marks."""
    tapes: dict[str, Tape] = {}
    for decl in module.file.tapes:
        symbols, word = alphabet(module, decl.symbols, decl.word, report)
        for ident in decl.tapes:
            if ident.name in tapes:
                report.error("TM021", f"tape `{ident.name}` is declared twice", ident.location)
            elif ident.name in module.members:
                report.error(
                    "TM021",
                    f"tape `{ident.name}` is also a member of an enumeration",
                    ident.location,
                )
            tapes[ident.name] = Tape(name=ident.name, symbols=symbols, word=word)
    for group in module.file.groups:
        if group.name.name in tapes:
            report.error("TM021", f"`{group.name.name}` is also a tape", group.name.location)
        for ident in group.tapes:
            if ident.name not in tapes:
                help = did_you_mean(ident.name, tapes)
                report.error("TM020", f"no tape `{ident.name}`", ident.location, help)
    return list(tapes.values())


def warn_unused(module: Module, used_tapes: set[str], report: Reporter) -> None:
    """Warn of tapes, procs, classes, enums and imports that a machine does not use."""
    file = module.file
    for tape in file.tapes:
        for ident in tape.tapes:
            if ident.name not in used_tapes:
                report.warn("TM080", f"tape `{ident.name}` is never used", ident.location)
    for proc in file.procs:
        if proc.name.name not in module.used:
            report.warn("TM080", f"proc `{proc.name.name}` is never called", proc.name.location)
    kinds = (("class", file.classes), ("enum", file.enums), ("group", file.groups))
    for noun, decls in kinds:
        for decl in decls:
            if decl.name.name not in module.used:
                report.warn("TM080", f"{noun} `{decl.name.name}` is never used", decl.name.location)
    needed = {location for name, location in module.imported.items() if name in module.used}
    for location in dict.fromkeys(module.imported.values()):
        if location not in needed:
            report.warn("TM080", "this import is never used", location)
