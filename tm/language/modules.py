"""Modules: a source file, the files it imports, and what each name in it refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from typing import NamedTuple

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.parsing.parser import parse
from tm.language.reading import read_source
from tm.language.source import Source, SourceRange
from tm.language.traversal import walk
from tm.language.values import BOOLEAN, Domain, Member, Value, value_of
from tm.support.files import without_links
from tm.support.suggestions import did_you_mean
from tm.table import BLANK

MAX_FILES = 64
"""Number of files that one machine may consist of, its own included."""


@dataclass(eq=False)
class Module:
    """A file and the names it can use: its own and those that the files it imports declare.

    Attributes
    ----------
    classes, enums
        Symbols of each class, members of each enumeration.
    procs
        The module that declares each proc, and its declaration.
    members
        Members of all enumerations, those of inline domains (``lt | eq``) included.
    groups
        The tapes of each group.
    imported
        The import that each imported name comes from.
    imports
        The imports that succeeded, each with its module.
    used
        Names that are referred to; the others get a warning.
    """

    source: Source
    file: s.File
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    procs: dict[str, tuple[Module, s.ProcDecl]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    groups: dict[str, tuple[s.Ident, ...]] = field(default_factory=dict)
    imported: dict[str, SourceRange] = field(default_factory=dict)
    imports: list[tuple[s.Import, Module]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def symbols(self, expr: s.ClassExpr, report: Reporter) -> frozenset[str]:
        """Return the symbols of a class expression; the blank only if it contains ``_``."""
        if isinstance(expr, s.ClassRange):
            return frozenset(map(chr, range(ord(expr.first), ord(expr.last) + 1)))
        if isinstance(expr, s.ClassBlank):
            return frozenset((BLANK,))
        if isinstance(expr, s.ClassOp):
            left, right = self.symbols(expr.left, report), self.symbols(expr.right, report)
            result = left | right if expr.operator == "|" else left - right
            if result == left and right:
                _warn_of_no_effect(expr.right.location, expr.operator, report)
            return result
        self.used.add(expr.name)
        if expr.name not in self.classes:
            help = "the blank is written `_`" if expr.name in ("blank", "empty") else ""
            help = help or library_hint(expr.name) or did_you_mean(expr.name, self.classes)
            help = help or f"a symbol is written in single quotes: '{expr.name[0]}'"
            report.error("TM020", f"unknown class `{expr.name}`", expr.location, help)
        return self.classes.get(expr.name, frozenset())

    def domain(self, node: s.DomainExpr, report: Reporter) -> Domain:
        """Return the domain that a domain expression denotes."""
        shown = node.location.text
        if isinstance(node, s.RangeDomain):
            return Domain(frozenset(range(node.first, node.last + 1)), shown)
        idents = _bare_names(node)
        if idents is None or any(ident.name in self.classes for ident in idents):
            return Domain(frozenset(map(value_of, self.symbols(node, report))), shown)
        values: set[Value] = set()
        for ident in idents:
            self.used.add(ident.name)
            members = {Member(m) for m in self.enums.get(ident.name, (ident.name,))}
            if members <= values:
                _warn_of_no_effect(ident.location, "|", report)
            values |= members
        name = idents[0].name
        if len(idents) == 1 and name not in self.enums:
            known = [*self.enums, *self.classes]
            report.error(
                "TM020",
                f"unknown enum or class `{name}`",
                node.location,
                ("a tape parameter has no domain: `proc p(t)`" if name == "tape" else "")
                or library_hint(name)
                or did_you_mean(name, known)
                or "a domain is 0..9, lt | eq | gt, an enum or a class",
            )
            values = set()  # unknown values: nothing that is checked against them is reported
        return Domain(frozenset(values), shown)


def library_folder() -> Path:
    """Return the folder of the standard library."""
    return Path(str(package_files("tm").joinpath("std")))


@cache
def _library_names() -> dict[str, str]:
    """Return the standard library that declares each proc, class and enum."""
    return {
        name: path.stem
        for path in sorted(library_folder().glob("*.tm"))
        for name in re.findall(
            r"^(?:proc|class|enum)\s+(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }


def library_hint(name: str) -> str:
    """Return the import that brings a name of the standard library, or the empty string."""
    library = _library_names().get(name)
    return f"it is in a library: `import std.{library}`" if library else ""


def _warn_of_no_effect(location: SourceRange, operator: str, report: Reporter) -> None:
    """Warn of a part of a union or a difference without which the rest would be the same."""
    effect = "adds" if operator == "|" else "removes"
    report.warn("TM084", f"`{location.text}` {effect} nothing here", location, "delete it")


def _bare_names(node: s.ClassExpr) -> list[s.ClassName] | None:
    """Return the names of an expression like ``lt | eq | gt``; None if it has other parts."""
    if isinstance(node, s.ClassName):
        return [node]
    if isinstance(node, s.ClassOp) and node.operator == "|":
        left, right = _bare_names(node.left), _bare_names(node.right)
        return left + right if left is not None and right is not None else None
    return None


class Files(NamedTuple):
    """Functions that find, read and parse sources; editors replace them by lenient ones."""

    read: Callable[[Path, str, Path | None], Source] = read_source
    parse: Callable[[Source], s.File] = parse
    exists: Callable[[Path], bool] = Path.is_file


def parse_file(
    path: Path, name: str, report: Reporter, files: Files = Files()
) -> tuple[Module, tuple[Source, ...]]:
    """Parse a file and everything it imports.

    Parameters
    ----------
    name
        The name of the file in messages.
    files
        How the file and its imports are read and parsed.

    Returns
    -------
    tuple
        The module of the file, and all sources that were read, its own first.

    Raises
    ------
    SourceError
        If the file itself cannot be read or parsed; other faults go to ``report``.
    """
    return _ModuleParser(without_links(path).parent, report, files).parse(
        files.read(path, name, None)
    )


def parse_text(
    source: Source, report: Reporter, files: Files = Files()
) -> tuple[Module, tuple[Source, ...]]:
    """Parse a text in memory; it can import the standard library only."""
    return _ModuleParser(None, report, files).parse(source)


class _ModuleParser:
    """Parses one machine; a file imported several times is parsed once."""

    def __init__(self, root: Path | None, report: Reporter, files: Files) -> None:
        self.root = root
        self.report = report
        self.files = files
        self.sources: list[Source] = []
        self.modules: dict[Path | str, Module | None] = {}

    def parse(self, source: Source) -> tuple[Module, tuple[Source, ...]]:
        if source.path is not None:
            self.modules[without_links(source.path)] = None
        return self.module(source, self.root), tuple(self.sources)

    def module(self, source: Source, root: Path | None) -> Module:
        self.sources.append(source)
        module = Module(source, self.files.parse(source))
        imported: set[Module] = set()
        for node in module.file.imports:
            other = self.imported(node, source, root)
            if other is not None and other not in imported:
                imported.add(other)
                module.imports.append((node, other))
                _import_names(module, other, node.location, self.report)
        _declare_names(module, self.report)
        return module

    def imported(self, node: s.Import, source: Source, root: Path | None) -> Module | None:
        """Return the module of an import, or None after reporting why it cannot be imported."""
        target = self.locate(node, source, root)
        if target is None:
            return None
        path, folder, name = target
        if path in self.modules:
            module = self.modules[path]
            if module is None:
                self.report.error(
                    "TM023",
                    f"`{name}` imports itself, directly or through other files",
                    node.location,
                )
            return module
        if len(self.modules) >= MAX_FILES:
            self.report.error(
                "TM070", f"a machine may consist of at most {MAX_FILES} files", node.location
            )
            return None
        self.modules[path] = None
        with self.report.collecting():
            link = None if node.library or source.path is None else source.path.parent / node.target
            self.modules[path] = self.module(self.files.read(path, name, link), folder)
        return self.modules[path]

    def locate(
        self, node: s.Import, source: Source, root: Path | None
    ) -> tuple[Path, Path, str] | None:
        """Return the file of an import, the folder it must stay in, and its name in messages."""

        def refuse(message: str, help: str = "") -> None:
            self.report.error("TM023", message, node.location, help)

        if node.library:
            folder = library_folder()
            path = folder / f"{node.target}.tm"
            if not path.is_file():
                names = (p.stem for p in folder.glob("*.tm"))
                refuse(f"unknown library `std.{node.target}`", did_you_mean(node.target, names))
                return None
            return path.resolve(), folder.resolve(), f"std/{node.target}.tm"
        if root is None or source.path is None:
            refuse("a text in memory can import the standard library only")
            return None
        path = without_links(source.path.parent / node.target)
        if not path.is_relative_to(root):
            refuse("an imported file must be inside the folder of the machine")
        elif path.suffix != ".tm":
            refuse("only `.tm` files can be imported")
        elif not self.files.exists(path):
            names = (p.name for p in source.path.parent.glob("*.tm"))
            help = did_you_mean(node.target, names)
            refuse(f"file `{node.target}` not found beside `{source.name}`", help)
        else:
            return path, root, str(Path(source.name).parent / node.target)
        return None


def _import_names(module: Module, other: Module, location: SourceRange, report: Reporter) -> None:
    """Add the names that an imported file declares, without those that it imports itself."""
    imported = module.imported

    def add(name: str, put: Callable[[], None]) -> None:
        if name in imported:
            report.error(
                "TM021",
                f"`{name}` comes from two imports",
                location,
                "rename it in one of the files",
                [(imported[name], "first imported here")],
            )
            return
        imported[name] = location
        put()

    for c in other.file.classes:
        symbols = other.classes[c.name.name]
        add(c.name.name, lambda n=c.name.name, v=symbols: module.classes.__setitem__(n, v))  # type: ignore[misc]
    for e in other.file.enums:
        members = other.enums[e.name.name]
        add(e.name.name, lambda n=e.name.name, v=members: module.enums.__setitem__(n, v))  # type: ignore[misc]
    for p in other.file.procs:
        add(p.name.name, lambda n=p.name.name, v=(other, p): module.procs.__setitem__(n, v))  # type: ignore[misc]
    module.members |= other.members


def _declare_names(module: Module, report: Reporter) -> None:
    """Add the classes, enums and procs that a file declares, and every enum member in it."""
    declared = dict(module.imported)

    def is_new(ident: s.Ident) -> bool:
        if ident.name in declared:
            report.error(
                "TM021",
                f"`{ident.name}` is declared twice",
                ident.location,
                notes=[(declared[ident.name], "first declared here")],
            )
            return False
        declared[ident.name] = ident.location
        return True

    module.enums[BOOLEAN.shown] = ("false", "true")
    for name in (e.name for e in module.file.enums if e.name.name == BOOLEAN.shown):
        report.error("TM021", "`bool` is built in", name.location, "its members: false, true")
    for c in module.file.classes:
        symbols = module.symbols(c.symbols, report)
        if is_new(c.name):
            module.classes[c.name.name] = symbols
    for e in module.file.enums:
        names: dict[str, None] = {}
        for m in e.members:
            if m.name in names:
                _warn_of_no_effect(m.location, "|", report)
            names[m.name] = None
        if is_new(e.name):
            module.enums[e.name.name] = tuple(names)
    for p in module.file.procs:
        if is_new(p.name):
            module.procs[p.name.name] = (module, p)
    for g in module.file.groups:
        if is_new(g.name):
            module.groups[g.name.name] = g.tapes
    for members in module.enums.values():
        module.members |= set(members)
    for domain in _domains(module.file):
        if isinstance(domain, s.RangeDomain):
            continue
        inline = [ident.name for ident in _bare_names(domain) or ()]
        if len(inline) > 1 and not any(n in module.classes for n in inline):
            module.members |= {n for n in inline if n not in module.enums}


def _domains(file: s.File) -> Iterable[s.DomainExpr]:
    """Yield every domain expression of a file."""
    for proc in file.procs:
        if proc.value is not None:
            yield proc.value
        for param in proc.params:
            if param.domain is not None and not param.is_text:
                yield param.domain
    for node in walk(file):
        if isinstance(node, s.Let) and node.domain is not None:
            yield node.domain
