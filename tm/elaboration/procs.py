"""The procs that a machine calls: each lowered once, no cycle among them, not too many calls."""

from __future__ import annotations

from tm.elaboration import instructions as c
from tm.elaboration.lowering import Body
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange

MAX_CALLS = 100_000
"""How many calls a machine may expand to; counted before any is expanded."""


class Procs:
    """Lowers procs on demand, each once; a cycle of calls is an error that names it."""

    def __init__(self, report: Reporter) -> None:
        self.report = report
        self.lowered: dict[int, c.Proc] = {}
        self.calls: dict[int, int] = {}
        self.active: list[tuple[s.ProcDecl, SourceRange]] = []

    def main(self, module: Module, block: s.Block, tapes: dict[str, frozenset[str]]) -> c.Proc:
        """Lower ``main`` over the machine's tapes (name → alphabet, blank included)."""
        proc = c.Proc("main", block.span)
        Body(self, module, proc, dict(tapes)).lower(block, None)
        return proc

    def proc(self, module: Module, decl: s.ProcDecl, call: SourceRange) -> c.Proc | None:
        """The lowered proc that a call means; None when the call closes a cycle."""
        if id(decl) in self.lowered:
            return self.lowered[id(decl)]
        for at, (active, _) in enumerate(self.active):
            if active is decl:
                cycle = [d.name.name for d, _ in self.active[at:]] + [decl.name.name]
                self.report.error(
                    "TM024",
                    f"procs call each other in a cycle: {' -> '.join(cycle)}",
                    call,
                    "procs are inlined: for recursion keep a stack on a tape (import std.stack)",
                    [(where, "called here") for _, where in self.active[at + 1 :]],
                )
                return None
        self.active.append((decl, call))
        proc = self._lower(module, decl)
        self.active.pop()
        self.lowered[id(decl)] = proc
        return proc

    def _lower(self, module: Module, decl: s.ProcDecl) -> c.Proc:
        proc = c.Proc(decl.name.name, decl.name.span)
        value = None if decl.value is None else module.domain(decl.value, self.report)
        proc.value = value
        body = Body(self, module, proc, {})
        params: list[tuple[str, str | c.Register]] = []
        for param in decl.params:
            name = param.name.name
            if not body.is_new(param.name):
                continue
            if param.is_text:
                body.texts.add(name)
                params.append((name, "text"))
            elif param.domain is not None:
                register = body.register(param.name, module.domain(param.domain, self.report))
                params.append((name, register))
            else:
                body.tapes[name] = frozenset()
                params.append((name, "tape"))
        proc.params = tuple(params)
        body.lower(decl.body, decl)
        for param in decl.params:
            if param.name.name not in body.used:
                self.report.warn(
                    "TM080", f"parameter `{param.name.name}` is never used", param.name.span
                )
        return proc

    def count(self, proc: c.Proc) -> int:
        """How many calls a proc expands to, itself included."""
        if id(proc) not in self.calls:
            inner = (i for i in proc.code if isinstance(i, c.Invoke))
            self.calls[id(proc)] = 1 + sum(self.count(i.proc) for i in inner)
        return self.calls[id(proc)]

    def check_expansion(self, main: c.Proc) -> None:
        """Refuse a machine whose calls expand to more than ``MAX_CALLS``, naming the chain."""
        total = self.count(main)
        if total <= MAX_CALLS:
            return
        chain, proc = [main], main
        while inner := [i.proc for i in proc.code if isinstance(i, c.Invoke)]:
            proc = max(inner, key=self.count)
            chain.append(proc)
        names = [p.name for p in chain]
        shown = names if len(names) <= 8 else [*names[:4], "...", *names[-3:]]
        self.report.error(
            "TM070",
            f"the calls of this machine expand to {total:,}, more than {MAX_CALLS:,}:"
            f" {' -> '.join(shown)}",
            main.span,
            "procs are inlined at each call: use a loop instead of calling twice",
        )
