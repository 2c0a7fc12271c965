"""Lower the calls of one proc and the right-hand sides of its assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tm.elaboration import instructions as c
from tm.elaboration.lowering.expressions import ExpressionScope
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module, library_hint
from tm.language.parsing.hints import foreign_word
from tm.language.source import SourceRange
from tm.language.values import Domain

ProcLookup = Callable[[Module, s.ProcDecl, SourceRange], c.Proc | None]
"""Returns the lowered proc of a declaration, given its module and the call; None after an error."""


class CallScope(ExpressionScope):
    """A scope that lowers calls."""

    def __init__(
        self,
        lookup: ProcLookup,
        report: Reporter,
        module: Module,
        proc: c.Proc,
        tapes: dict[str, frozenset[str]],
    ) -> None:
        super().__init__(report, module, proc, tapes)
        self.lookup = lookup

    def called(self, node: s.Call) -> tuple[c.Proc, Module, s.ProcDecl] | None:
        """Return the lowered proc of a call, its module and declaration; None after an error."""
        name = node.proc.name
        if name not in self.module.procs:
            help = (
                library_hint(name)
                or foreign_word(name, tuple(self.module.procs))
                or f"declare it: `proc {name}(…) {{ … }}`"
            )
            self.report.error("TM020", f"no proc `{name}`", node.proc.location, help)
            for arg in node.args:
                if not isinstance(arg, s.TemplateNode):
                    self.expression(arg)
            return None
        self.module.used.add(name)
        owner, decl = self.module.procs[name]
        owner.used.add(name)
        proc = self.lookup(owner, decl, node.location)
        return None if proc is None else (proc, owner, decl)

    def call(self, node: s.Call) -> c.CallProc | None:
        """Lower a call without emitting it; return None after an error."""
        called = self.called(node)
        if called is None:
            return None
        proc, _, decl = called
        args = self.arguments(node, proc, decl)
        if args is None:
            return None
        for (param_name, _), value in zip(proc.params, args, strict=True):
            if isinstance(value, str) and param_name in proc.marked:
                self.proc.add_mark(value)
        self.proc.machine_tapes |= proc.machine_tapes
        self.proc.machine_marked |= proc.machine_marked
        return c.CallProc(node.location, proc, args, None)

    def arguments(
        self, node: s.Call, proc: c.Proc, decl: s.ProcDecl
    ) -> tuple[str | c.Expression | c.LoweredTemplate, ...] | None:
        """Lower the arguments of a call, one for each parameter; return None after an error."""
        nodes = list(self.ungrouped_arguments(node))
        if len(nodes) != len(decl.params):
            params = ", ".join(p.name.name for p in decl.params)
            self.report.error(
                "TM025",
                f"`{node.proc.name}` takes {len(decl.params)} arguments, not {len(nodes)}",
                node.location,
                f"{node.proc.name}({params})",
            )
            return None
        args: list[str | c.Expression | c.LoweredTemplate | None] = []
        for index, (param, arg) in enumerate(zip(proc.params, nodes, strict=False)):
            value = self.argument(proc, param, arg)
            later = nodes[index + 1 :]
            if isinstance(param[1], c.Register) and isinstance(value, c.Expression):
                value = self.kept(value, arg.location, later)
            args.append(value)
        tapes = [tape for tape in args if isinstance(tape, str)]
        for tape in {t for t in tapes if tapes.count(t) > 1}:
            self.report.error(
                "TM025",
                f"tape `{tape}` is passed twice",
                node.location,
                "two parameters cannot share a head: copy the word to another tape",
            )
        lowered = tuple(arg for arg in args if arg is not None)
        return lowered if len(lowered) == len(proc.params) else None

    def ungrouped_arguments(self, node: s.Call) -> Iterator[s.Expr | s.TemplateNode]:
        """Yield the arguments of a call, the tapes of a group in its place."""
        for arg in node.args:
            if isinstance(arg, s.NameNode):
                for ident in self.ungrouped([s.Ident(arg.location, arg.name)]):
                    yield s.NameNode(ident.location, ident.name)
            else:
                yield arg

    def call_statement(self, node: s.Call) -> list[c.CallProc]:
        """Lower a call without value; a proc of one tape is called for each tape given."""
        _, decl = self.module.procs.get(node.proc.name, (None, None))
        args = list(self.ungrouped_arguments(node))
        if decl is None or len(decl.params) != 1 or not decl.params[0].is_tape or not args:
            call = self.call(node)
            return [] if call is None else [call]
        calls = (self.call(s.Call(node.location, node.proc, (arg,))) for arg in args)
        return [call for call in calls if call is not None]

    def call_value(self, node: s.Call) -> tuple[c.Expression | None, frozenset[str]]:
        """Emit a call; return the expression that reads its value, with the kinds of it."""
        call = self.call(node)
        if call is None:
            return None, frozenset()
        domain = call.proc.value
        if domain is None:
            self.report.error("TM045", f"`{node.proc.name}` returns no value", node.location)
            return None, frozenset()
        call.result = self.new_register("value", domain)
        self.emit(call)
        return c.RegisterRead(call.result), domain.kinds

    def argument(
        self, proc: c.Proc, param: tuple[str, str | c.Register], node: s.Expr | s.TemplateNode
    ) -> str | c.Expression | c.LoweredTemplate | None:
        """Lower one argument of a call: a tape's name, a value or a text."""
        name, kind = param
        if kind == "text":
            if isinstance(node, s.TemplateNode):
                return self.template(node)
            if isinstance(node, s.NameNode) and node.name in self.texts:
                self.used.add(node.name)
                return tuple(self.text(node.name))
            self.report.error("TM025", f"`{name}` of `{proc.name}` is a text", node.location)
            return None
        if isinstance(node, s.TemplateNode):
            expected = "a tape" if kind == "tape" else "a value"
            self.report.error(
                "TM025", f"`{name}` of `{proc.name}` is {expected}, not a text", node.location
            )
            return None
        if kind == "tape":
            if not isinstance(node, s.NameNode):
                self.report.error("TM025", f"`{name}` of `{proc.name}` is a tape", node.location)
                return None
            return self.tape(s.Ident(node.location, node.name))
        assert isinstance(kind, c.Register)
        assert kind.domain is not None
        value, kinds = self.expression(node)
        self.check_domain(value, kinds, kind.domain, node.location, name)
        return value

    def right_hand_side(
        self, node: s.Expr | s.Call, domain: Domain | None, target: s.Ident
    ) -> c.Expression | c.CallProc | None:
        """Lower the value of ``let``, ``=`` or ``return`` and check it against a domain.

        Returns
        -------
        An expression, or a call that is not emitted yet; None after an error.
        """
        if not isinstance(node, s.Call):
            value, kinds = self.expression(node)
            if domain is not None:
                self.check_domain(value, kinds, domain, node.location, target.name)
            return value
        call = self.call(node)
        if call is None:
            return None
        returned = call.proc.value
        if returned is None:
            self.report.error("TM045", f"`{node.proc.name}` returns no value", node.location)
            return None
        if domain and not returned.values & domain.values:
            self.report.error(
                "TM041",
                f"`{node.proc.name}` returns {returned.shown},"
                f" `{target.name}` takes {domain.shown}",
                node.location,
            )
        return call
