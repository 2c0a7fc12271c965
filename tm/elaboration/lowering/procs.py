"""Lower the procs that a machine calls, each once; reject cycles and excessive expansion."""

from __future__ import annotations

from collections.abc import Mapping

from tm.elaboration import instructions as c
from tm.elaboration.lowering.body import Body
from tm.elaboration.lowering.resolver import Scope
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange

MAX_CALLS = 100_000
"""Maximum number of calls that a machine may expand to, counted before any is expanded."""

MAX_SHOWN_PROCS = 8
"""Maximum number of procs in the chain of calls that a message shows."""


class Procs:
    """Lowers procs on demand.

    Attributes
    ----------
    lowered
        Lowered procs by the identity of their declarations.
    expansions
        Numbers of calls by the identity of lowered procs; see ``count_calls``.
    active
        The procs that are being lowered, each with the call that led to it.
    machine
        The file of ``main``, whose procs can use its tapes.
    tapes
        The alphabets of these tapes, blank included.
    """

    def __init__(
        self,
        report: Reporter,
        machine: Module | None = None,
        tapes: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.report = report
        self.machine = machine
        self.tapes = dict(tapes or {})
        self.lowered: dict[int, c.Proc] = {}
        self.expansions: dict[int, int] = {}
        self.active: list[tuple[s.ProcDecl, SourceRange]] = []

    def main(self, module: Module, block: s.Block) -> c.Proc:
        """Lower ``main``."""
        proc = c.Proc("main", block.location)
        Body(self.proc, self.report, module, proc, self.tapes).lower(block, None)
        return proc

    def proc(self, module: Module, decl: s.ProcDecl, call: SourceRange) -> c.Proc | None:
        """Return the lowered proc of a declaration.

        Returns
        -------
        The proc, or None if the call closes a cycle, which is reported with its procs.
        """
        if id(decl) in self.lowered:
            return self.lowered[id(decl)]
        for index, (active, _) in enumerate(self.active):
            if active is decl:
                cycle = [d.name.name for d, _ in self.active[index:]] + [decl.name.name]
                self.report.error(
                    "TM024",
                    f"procs call each other in a cycle: {' -> '.join(cycle)}",
                    call,
                    "procs are inlined: for recursion keep a stack on a tape (import std.stack)",
                    [(location, "called here") for _, location in self.active[index + 1 :]],
                )
                return None
        self.active.append((decl, call))
        proc = self._lower(module, decl)
        self.active.pop()
        self.lowered[id(decl)] = proc
        return proc

    def _lower(self, module: Module, decl: s.ProcDecl) -> c.Proc:
        proc = c.Proc(decl.name.name, decl.name.location)
        proc.value = None if decl.value is None else module.domain(decl.value, self.report)
        used_tapes = self._used_tapes(module, decl)
        proc.uses = tuple(used_tapes)
        body = Body(self.proc, self.report, module, proc, used_tapes)
        params: list[tuple[str, str | c.Register]] = []
        for param in decl.params:
            name = param.name.name
            if not body.is_new(param.name):
                continue
            if param.is_text:
                body.texts[name] = None
                params.append((name, "text"))
            elif param.domain is not None:
                domain = module.domain(param.domain, self.report)
                params.append((name, body.declare_register(param.name, domain)))
            else:
                body.tapes[name], body.alphabets[name] = name, frozenset()
                params.append((name, "tape"))
        proc.params = tuple(params)
        body.lower(decl.body, decl)
        for param in decl.params:
            if param.name.name not in body.used:
                self.report.warn(
                    "TM080", f"parameter `{param.name.name}` is never used", param.name.location
                )
        for ident in body.ungrouped(decl.uses if isinstance(decl.uses, tuple) else ()):
            if ident.name in used_tapes and ident.name not in body.used:
                self.report.warn("TM080", f"tape `{ident.name}` is never used", ident.location)
        proc.machine_tapes |= proc.used & used_tapes.keys()
        return proc

    def _used_tapes(self, module: Module, decl: s.ProcDecl) -> dict[str, frozenset[str]]:
        """Return the alphabets of the machine's tapes that a proc may name."""
        if not decl.uses:
            return {}
        if module is not self.machine:
            self.report.error(
                "TM022",
                "only a proc in the file of `main` can use its tapes",
                decl.name.location,
                "make them parameters",
            )
            return {}
        if decl.uses is True:
            return self.tapes
        tapes: dict[str, frozenset[str]] = {}
        scope = Scope(self.report, module, c.Proc("main", decl.location), self.tapes)
        for name in scope.tape_list(decl.uses or ()):
            tapes[name] = self.tapes[name]
        return tapes

    def count_calls(self, proc: c.Proc) -> int:
        """Return the number of calls that a proc expands to, itself included."""
        if id(proc) not in self.expansions:
            self.expansions[id(proc)] = 1 + sum(map(self.count_calls, _called(proc)))
        return self.expansions[id(proc)]

    def check_expansion(self, main: c.Proc) -> None:
        """Report a machine that expands to more than ``MAX_CALLS`` calls, with a chain of them."""
        total = self.count_calls(main)
        if total <= MAX_CALLS:
            return
        chain = [main]
        while called := _called(chain[-1]):
            chain.append(max(called, key=self.count_calls))
        names = [proc.name for proc in chain]
        if len(names) > MAX_SHOWN_PROCS:
            names = [*names[:4], "...", *names[-3:]]
        self.report.error(
            "TM070",
            f"the calls of this machine expand to {total:,}, more than {MAX_CALLS:,}:"
            f" {' -> '.join(names)}",
            main.location,
            "procs are inlined at each call: use a loop instead of calling twice",
        )


def _called(proc: c.Proc) -> list[c.Proc]:
    """Return the procs that a proc calls, one for each call."""
    return [i.proc for i in proc.code if isinstance(i, c.CallProc)]
