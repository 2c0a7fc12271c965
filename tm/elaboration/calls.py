"""Lower the calls of one proc and the right-hand sides of its assignments."""

from __future__ import annotations

from collections.abc import Callable

from tm.elaboration import instructions as c
from tm.elaboration.resolver import Scope
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module, library_hint
from tm.language.source import SourceRange
from tm.language.values import Domain
from tm.support.suggestions import did_you_mean

ProcLookup = Callable[[Module, s.ProcDecl, SourceRange], c.Proc | None]
"""Returns the lowered proc of a declaration, given its module and the call; None after an error."""


class CallScope(Scope):
    """A scope that emits instructions and lowers calls.

    Attributes
    ----------
    steps
        The open steps, the innermost last.
    keeps
        The tapes of the enclosing ``keep`` blocks.
    """

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
        self.steps: list[str] = []
        self.keeps: frozenset[str] = frozenset()

    def emit(self, instruction: c.Instruction) -> None:
        """Append an instruction to the code of the proc."""
        instruction.keeps = self.keeps
        instruction.step = self.steps[-1] if self.steps else ""
        self.proc.code.append(instruction)

    def call(self, node: s.Call) -> c.CallProc | None:
        """Lower a call without emitting it; return None after an error."""
        name = node.proc.name
        if name not in self.module.procs:
            help = (
                library_hint(name)
                or did_you_mean(name, self.module.procs)
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
        if proc is None:
            return None
        if len(node.args) != len(decl.params):
            params = ", ".join(p.name.name for p in decl.params)
            self.report.error(
                "TM025",
                f"`{name}` takes {len(decl.params)} arguments, not {len(node.args)}",
                node.location,
                f"{name}({params})",
            )
            return None
        args = [
            self.argument(proc, param, arg)
            for param, arg in zip(proc.params, node.args, strict=False)
        ]
        tapes = [tape for tape in args if isinstance(tape, str)]
        for tape in {t for t in tapes if tapes.count(t) > 1}:
            self.report.error(
                "TM025",
                f"tape `{tape}` is passed twice",
                node.location,
                "two parameters cannot share a head: copy the word to another tape",
            )
        for (param_name, _), value in zip(proc.params, args, strict=False):
            if isinstance(value, str) and param_name in proc.marked:
                self.proc.marked.add(value)
        lowered = tuple(arg for arg in args if arg is not None)
        if len(lowered) != len(proc.params):
            return None
        return c.CallProc(node.location, proc, lowered, None)

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
                return (c.ParameterPlaceholder(node.name),)
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
