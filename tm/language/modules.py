"""Files and their declarations: imports, classes, enums and procs, each name with one meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.parser import parse
from tm.language.reading import read_source
from tm.language.source import Source, SourceRange
from tm.language.values import Domain, Member, Value, value_of
from tm.support.suggestions import did_you_mean
from tm.table import BLANK

MAX_FILES = 64
"""How many files one machine may import."""


@dataclass(eq=False)
class Module:
    """A file and the names it can use: its own and those of the files it imports.

    ``imported`` tells which import a name comes from; ``used`` collects the names that something
    refers to, for warnings.
    """

    source: Source
    file: s.File
    classes: dict[str, frozenset[str]] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    procs: dict[str, tuple[Module, s.ProcDecl]] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    imported: dict[str, SourceRange] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def symbols(self, expr: s.ClassExpr, report: Reporter) -> frozenset[str]:
        """The set of symbols that a class expression names; the blank only if it says ``_``."""
        if isinstance(expr, s.ClassRange):
            return frozenset(map(chr, range(ord(expr.first), ord(expr.last) + 1)))
        if isinstance(expr, s.ClassBlank):
            return frozenset((BLANK,))
        if isinstance(expr, s.ClassOp):
            left, right = self.symbols(expr.left, report), self.symbols(expr.right, report)
            return left | right if expr.operator == "|" else left - right
        self.used.add(expr.name)
        if expr.name not in self.classes:
            report.error(
                "TM020", f"no class `{expr.name}`", expr.span, did_you_mean(expr.name, self.classes)
            )
        return self.classes.get(expr.name, frozenset())

    def domain(self, node: s.DomainExpr, report: Reporter) -> Domain:
        """The values of a register's domain."""
        shown = node.span.text
        if isinstance(node, s.RangeDomain):
            return Domain(frozenset(range(node.first, node.last + 1)), shown)
        names = _names(node)
        if names is None or any(n in self.classes for n in names):
            return Domain(frozenset(map(value_of, self.symbols(node, report))), shown)
        values: set[Value] = set()
        for name in names:
            self.used.add(name)
            values |= {Member(m) for m in self.enums.get(name, (name,))}
        if len(names) == 1 and names[0] not in self.enums:
            known = [*self.enums, *self.classes]
            report.error(
                "TM020",
                f"no enum or class `{names[0]}`",
                node.span,
                did_you_mean(names[0], known)
                or "a domain is 0..9, lt | eq | gt, an enum or a class",
            )
        return Domain(frozenset(values), shown)


def _names(node: s.ClassExpr) -> list[str] | None:
    """The names of a domain that is a union of bare names, else None."""
    if isinstance(node, s.ClassName):
        return [node.name]
    if isinstance(node, s.ClassOp) and node.operator == "|":
        left, right = _names(node.left), _names(node.right)
        return left + right if left is not None and right is not None else None
    return None


def open_module(path: Path, name: str, report: Reporter) -> tuple[Module, tuple[Source, ...]]:
    """Read a machine and everything it imports; also every source, the machine's own first.

    Raises
    ------
    SourceError
        When a file cannot be read or parsed.
    """
    return _Opener(path.resolve().parent, report).open(read_source(path, name))


def open_text(source: Source, report: Reporter) -> tuple[Module, tuple[Source, ...]]:
    """The same for a text in memory; it can import the standard library only."""
    return _Opener(None, report).open(source)


class _Opener:
    def __init__(self, root: Path | None, report: Reporter) -> None:
        self.root = root
        self.report = report
        self.sources: list[Source] = []
        self.modules: dict[Path | str, Module | None] = {}

    def open(self, source: Source) -> tuple[Module, tuple[Source, ...]]:
        if source.path is not None:
            self.modules[source.path.resolve()] = None
        return self.module(source, self.root), tuple(self.sources)

    def module(self, source: Source, root: Path | None) -> Module:
        self.sources.append(source)
        module = Module(source, parse(source))
        for node in module.file.imports:
            other = self.imported(node, source, root)
            if other is not None:
                _bring(module, other, node.span, self.report)
        _declare(module, self.report)
        return module

    def imported(self, node: s.Import, source: Source, root: Path | None) -> Module | None:
        located = self.locate(node, source, root)
        if located is None:
            return None
        path, folder, name = located
        if path in self.modules:
            known = self.modules[path]
            if known is None:
                self.report.error("TM023", f"`{name}` imports itself", node.span)
            return known
        if len(self.modules) >= MAX_FILES:
            self.report.error("TM070", f"more than {MAX_FILES} files", node.span)
            return None
        self.modules[path] = None
        with self.report.collecting():
            self.modules[path] = self.module(read_source(path, name), folder)
        return self.modules[path]

    def locate(
        self, node: s.Import, source: Source, root: Path | None
    ) -> tuple[Path, Path, str] | None:
        """The file an import means, the folder it must not leave, and its name in messages."""

        def refuse(message: str, help: str = "") -> None:
            self.report.error("TM023", message, node.span, help)

        if node.library:
            folder = Path(str(files("tm").joinpath("std")))
            path = folder / f"{node.target}.tm"
            if not path.is_file():
                known = (p.stem for p in folder.glob("*.tm"))
                refuse(f"no library `std.{node.target}`", did_you_mean(node.target, known))
                return None
            return path.resolve(), folder.resolve(), f"std/{node.target}.tm"
        if root is None or source.path is None:
            refuse("a text in memory can import the standard library only")
            return None
        path = (source.path.parent / node.target).resolve()
        if not path.is_relative_to(root):
            refuse("an import must stay inside the folder of the machine")
        elif path.suffix != ".tm":
            refuse("only `.tm` files can be imported")
        elif not path.is_file():
            near = did_you_mean(node.target, (p.name for p in source.path.parent.glob("*.tm")))
            refuse(f"no file `{node.target}` beside `{source.name}`", near)
        else:
            return path, root, str(Path(source.name).parent / node.target)
        return None


def _bring(module: Module, other: Module, span: SourceRange, report: Reporter) -> None:
    """Make the declarations of an imported file (not what it imports itself) known."""
    imported = module.imported

    def bring(name: str, put: Callable[[], None]) -> None:
        if name in imported:
            report.error(
                "TM021",
                f"`{name}` comes from two imports",
                span,
                "rename it in one of the files",
                [(imported[name], "the first")],
            )
            return
        imported[name] = span
        put()

    for c in other.file.classes:
        symbols = other.classes[c.name.name]
        bring(c.name.name, lambda n=c.name.name, v=symbols: module.classes.__setitem__(n, v))  # type: ignore[misc]
    for e in other.file.enums:
        members = other.enums[e.name.name]
        bring(e.name.name, lambda n=e.name.name, v=members: module.enums.__setitem__(n, v))  # type: ignore[misc]
    for p in other.file.procs:
        bring(p.name.name, lambda n=p.name.name, v=(other, p): module.procs.__setitem__(n, v))  # type: ignore[misc]
    module.members |= other.members


def _declare(module: Module, report: Reporter) -> None:
    """Enter a file's own classes, enums and procs, and every enum member it writes."""
    seen = dict(module.imported)

    def new(ident: s.Ident) -> bool:
        if ident.name in seen:
            report.error(
                "TM021",
                f"`{ident.name}` is declared twice",
                ident.span,
                notes=[(seen[ident.name], "first here")],
            )
            return False
        seen[ident.name] = ident.span
        return True

    for c in module.file.classes:
        symbols = module.symbols(c.symbols, report)
        if new(c.name):
            module.classes[c.name.name] = symbols
    for e in module.file.enums:
        if new(e.name):
            module.enums[e.name.name] = tuple(m.name for m in e.members)
    for p in module.file.procs:
        if new(p.name):
            module.procs[p.name.name] = (module, p)
    for members in module.enums.values():
        module.members |= set(members)
    for domain in _domains(module.file):
        names = _names(domain) if not isinstance(domain, s.RangeDomain) else None
        if names and len(names) > 1 and not any(n in module.classes for n in names):
            module.members |= {n for n in names if n not in module.enums}


def _domains(file: s.File) -> Iterable[s.DomainExpr]:
    """Every domain written in a file."""
    for proc in file.procs:
        if proc.value is not None:
            yield proc.value
        for param in proc.params:
            if param.domain is not None and not param.is_text:
                yield param.domain
        yield from _let_domains(proc.body)
    for main in file.mains:
        yield from _let_domains(main)


def _let_domains(block: s.Block) -> Iterable[s.DomainExpr]:
    for statement in block.statements:
        if isinstance(statement, s.Let):
            yield statement.domain
        elif isinstance(statement, s.If):
            for _, inner in statement.branches:
                yield from _let_domains(inner)
            if statement.otherwise is not None:
                yield from _let_domains(statement.otherwise)
        elif isinstance(statement, s.While | s.Loop | s.Keep | s.StepBlock):
            yield from _let_domains(statement.body)
