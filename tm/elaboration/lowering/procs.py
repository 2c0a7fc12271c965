"""Lower the procs that a machine calls, each once; reject cycles and excessive expansion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tm.elaboration import instructions as c
from tm.elaboration.lowering.body import Body
from tm.elaboration.lowering.resolver import Scope
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.traversal import calls

MAX_CALLS = 100_000
"""Maximum number of calls that a machine may expand to, counted before any is expanded."""

MAX_CALL_DEPTH = 2_000
"""Maximum number of calls in progress at a time."""

MAX_SHOWN_PROCS = 8
"""Maximum number of procs in the chain of calls that a message shows."""


class Procs:
    """Lowers procs on demand.

    Attributes
    ----------
    lowered
        Lowered procs by the identity of their declarations.
    active
        The procs of the chain of calls that is being followed, by the identity of their
        declarations.
    machine
        The file of ``main``, whose procs can use its tapes.
    tapes
        The alphabets of these tapes, blank included.
    prints
        Whether ``print`` statements are lowered; otherwise they are only checked.
    """

    def __init__(
        self,
        report: Reporter,
        machine: Module | None = None,
        tapes: Mapping[str, frozenset[str]] | None = None,
        *,
        prints: bool = False,
    ) -> None:
        self.prints = prints
        self.report = report
        self.machine = machine
        self.tapes = dict(tapes or {})
        self.lowered: dict[int, c.Proc] = {}
        self.active: dict[int, _PendingProc] = {}

    def main(self, module: Module, block: s.Block) -> c.Proc:
        """Lower ``main``."""
        proc = c.Proc("main", block.location)
        body = Body(self.proc, self.report, module, proc, self.tapes, prints=self.prints)
        body.lower(block, None)
        return proc

    def proc(self, module: Module, decl: s.ProcDecl, call: SourceRange) -> c.Proc | None:
        """Return the lowered proc of a declaration.

        The procs that it calls are lowered first, without recursion: a chain of calls may be longer
        than Python's stack is deep.

        Returns
        -------
        The proc, or None if it is part of a cycle of calls, which is reported.
        """
        if id(decl) not in self.lowered and id(decl) not in self.active:
            self._lower_with_callees(_PendingProc(module, decl, call))
        return self.lowered.get(id(decl))

    def _lower_with_callees(self, root: _PendingProc) -> None:
        """Lower a proc after all that it calls, directly or through others."""
        self.active[id(root.decl)] = root
        pending = [root]
        while pending:
            proc = pending[-1]
            node = next(proc.calls, None)
            if node is None:
                self.lowered[id(proc.decl)] = self._lower(proc.module, proc.decl)
                del self.active[id(proc.decl)]
                pending.pop()
            elif node.proc.name in proc.module.procs:
                owner, decl = proc.module.procs[node.proc.name]
                if id(decl) in self.active:
                    self._report_cycle(decl, node.location)
                elif id(decl) not in self.lowered:
                    pending.append(_PendingProc(owner, decl, node.location))
                    self.active[id(decl)] = pending[-1]

    def _report_cycle(self, decl: s.ProcDecl, call: SourceRange) -> None:
        """Report the cycle that a call of an active proc closes, with its procs."""
        active = list(self.active.values())
        cycle = active[list(self.active).index(id(decl)) :]
        names = [proc.decl.name.name for proc in cycle] + [decl.name.name]
        self.report.error(
            "TM024",
            f"procs call each other in a cycle: {_chain(names)}",
            call,
            "procs are inlined: for recursion keep a stack on a tape (import std.stack)",
            [(proc.call, "called here") for proc in cycle[1:][-MAX_SHOWN_PROCS:]],
        )

    def _lower(self, module: Module, decl: s.ProcDecl) -> c.Proc:
        proc = c.Proc(decl.name.name, decl.name.location)
        proc.value = None if decl.value is None else module.domain(decl.value, self.report)
        used_tapes = self._used_tapes(module, decl)
        proc.uses = tuple(used_tapes)
        body = Body(self.proc, self.report, module, proc, used_tapes, prints=self.prints)
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

    def check_expansion(self, main: c.Proc) -> None:
        """Report a machine that expands to more than ``MAX_CALLS`` calls, or in which calls are
        nested more than ``MAX_CALL_DEPTH`` deep, with a chain of them.
        """
        counts: dict[int, int] = {}
        depths: dict[int, int] = {}
        for proc in (*self.lowered.values(), main):  # every proc comes after those that it calls
            called = _called(proc)
            counts[id(proc)] = 1 + sum(counts[id(callee)] for callee in called)
            depths[id(proc)] = 1 + max((depths[id(callee)] for callee in called), default=-1)
        if counts[id(main)] > MAX_CALLS:
            self.report.error(
                "TM070",
                f"the calls of this machine expand to {counts[id(main)]:,}, more than"
                f" {MAX_CALLS:,}: {_chain(_largest_chain(main, counts))}",
                main.location,
                "procs are inlined at each call: use a loop instead of calling twice",
            )
        elif depths[id(main)] > MAX_CALL_DEPTH:
            self.report.error(
                "TM070",
                f"the calls of this machine are nested {depths[id(main)]:,} deep, more than"
                f" {MAX_CALL_DEPTH:,}: {_chain(_largest_chain(main, depths))}",
                main.location,
                "procs are inlined at each call: call them one after the other, or use a loop",
            )


@dataclass(eq=False)
class _PendingProc:
    """A declared proc that is lowered as soon as the procs that it calls are.

    Attributes
    ----------
    call
        The call that led to it.
    calls
        The calls in its declaration that are not followed yet.
    """

    module: Module
    decl: s.ProcDecl
    call: SourceRange

    def __post_init__(self) -> None:
        self.calls = calls(self.decl)


def _largest_chain(main: c.Proc, sizes: Mapping[int, int]) -> list[str]:
    """Return the names of a chain of calls that at each proc follows the call of largest size."""
    chain = [main]
    while called := _called(chain[-1]):
        chain.append(max(called, key=lambda proc: sizes[id(proc)]))
    return [proc.name for proc in chain]


def _chain(names: list[str]) -> str:
    """Return the procs of a chain as a message shows them."""
    if len(names) > MAX_SHOWN_PROCS:
        names = [*names[:4], "...", *names[-3:]]
    return " -> ".join(names)


def _called(proc: c.Proc) -> list[c.Proc]:
    """Return the procs that a proc calls, one for each call."""
    return [i.proc for i in proc.code if isinstance(i, c.CallProc)]
