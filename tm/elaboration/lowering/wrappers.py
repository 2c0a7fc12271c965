"""Lower calls with a wrapper: the proc becomes a part of its caller.

A wrapper, the block after ``each(…)``, belongs to the caller and runs around each ``each`` block of
the proc. So the proc cannot be entered as a frame of its own, which would not see the caller's
names; its body is lowered in place, and the scope changes between the two.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field

from tm.elaboration import instructions as c
from tm.elaboration.lowering.loops import LoopScope, OpenLoop
from tm.language import syntax as s
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.traversal import walk
from tm.language.values import Domain

MAX_CODE = 200_000
"""Number of instructions of one proc after which calls with wrappers are refused."""


@dataclass(slots=True, eq=False)
class BodyContext:
    """The proc whose body is being lowered.

    Attributes
    ----------
    name, value
        Its name and the domain of its value.
    exported
        The registers that it exports to wrappers; None if it has no ``each`` block.
    steps
        The number of steps open around the body.
    exits
        Contracts that hold at the end: kind, tape and source range.
    scratch
        Its local tapes.
    wrapper, caller
        The wrapper of the call that is lowered in place, and the names at that call; None for the
        proc itself.
    returns, result
        In such a call the jumps to its end, and the register that receives the value.
    """

    name: str
    value: Domain | None
    exported: tuple[s.Ident, ...] | None
    steps: int = 0
    exits: list[tuple[str, str, SourceRange]] = field(default_factory=list)
    scratch: list[str] = field(default_factory=list)
    wrapper: s.Wrapper | None = None
    caller: _Names | None = None
    returns: list[c.Jump] = field(default_factory=list)
    result: c.Register | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """The meaning of names at one place, to return to it.

    ``wrapped`` is the ``each`` block that ``body`` runs, with the names that it sees; None outside
    of wrappers.
    """

    module: Module
    tapes: dict[str, str]
    texts: dict[str, c.LoweredTemplate | None]
    registers: dict[str, c.Register]
    unread: dict[str, SourceRange]
    loops: list[OpenLoop]
    context: BodyContext
    wrapped: tuple[s.Block, _Names] | None


class WrapperScope(LoopScope):
    """A scope that lowers calls with wrappers.

    Attributes
    ----------
    context
        The proc whose body is being lowered.
    wrapped
        See ``_Names``.
    """

    context: BodyContext
    wrapped: tuple[s.Block, _Names] | None = None

    @abstractmethod
    def body(self, decl: s.ProcDecl) -> int:
        """Lower the contracts and statements of a proc; return the index of its implicit end."""

    def names(self) -> _Names:
        """Return what names mean here."""
        return _Names(
            self.module, self.tapes, self.texts, self.registers, self.unread, self.loops,
            self.context, self.wrapped,
        )  # fmt: skip

    def restore(self, names: _Names) -> None:
        """Let names mean what they meant elsewhere."""
        self.module, self.tapes, self.texts = names.module, names.tapes, names.texts
        self.registers, self.unread, self.loops = names.registers, names.unread, names.loops
        self.context, self.wrapped = names.context, names.wrapped

    def wrapped_call(self, node: s.Call, result: c.Register | None) -> None:
        """Lower a call with a wrapper in place; ``result`` receives the value of the proc."""
        assert node.wrapper is not None
        called = self.called(node)
        if called is None or not self.is_wrapper_valid(node, node.wrapper, called[2]):
            return
        proc, owner, decl = called
        args = self.arguments(node, proc, decl)
        if args is None:
            return
        caller = self.names()
        self.module, self.wrapped, self.loops = owner, None, []
        self.tapes, self.texts, self.registers, self.unread = {}, {}, {}, {}
        self.context = BodyContext(
            decl.name.name, proc.value, decl.exported, len(self.steps),
            wrapper=node.wrapper, caller=caller, result=result,
        )  # fmt: skip
        for (name, kind), arg, param in zip(proc.params, args, decl.params, strict=True):
            if isinstance(arg, str):
                self.tapes[name] = arg
            elif isinstance(arg, tuple):
                self.texts[name] = arg
            elif isinstance(kind, c.Register) and kind.domain is not None:
                register = self.declare_register(param.name, kind.domain)
                self.emit(c.SetRegister(node.location, register, arg))
        if decl.uses:
            self.tapes |= {tape: tape for tape in proc.uses}
            self.proc.machine_tapes |= proc.machine_tapes
        self.body(decl)
        self.land(self.context.returns)
        self.restore(caller)

    def is_wrapper_valid(self, node: s.Call, wrapper: s.Wrapper, decl: s.ProcDecl) -> bool:
        """Return whether a wrapper fits the proc; report an error if it does not."""
        name = decl.name.name
        bodies = [x for x in walk(wrapper.body, s.Wrapper) if isinstance(x, s.BodyStatement)]
        if decl.exported is None:
            message, help = f"`{name}` has no `each` block", "call it without one"
        elif len(wrapper.registers) != len(decl.exported):
            names = ", ".join(ident.name for ident in decl.exported)
            message = f"`{name}` exports {len(decl.exported)} registers"
            help = f"name them here: `each({names})`"
        elif len(bodies) != 1:
            message = f"this block says `body` {len(bodies)} times"
            help = f"say it once, where `{name}` does its work"
        elif self.end > MAX_CODE:
            self.report.error("TM070", f"more than {MAX_CODE:,} instructions", node.location)
            return False
        else:
            return True
        self.report.error("TM048", message, wrapper.location, help)
        return False

    def each_block(self, node: s.EachBlock) -> None:
        """Lower ``each { … }`` of a proc: within the wrapper, if the call has one."""
        if self.context.exported is None:
            self.report.error(
                "TM048",
                f"`{self.context.name}` does not declare its `each` block",
                node.location,
                f"write `proc {self.context.name}(…) each()`, with the registers that it exports",
            )
            return
        registers = []
        for ident in self.context.exported:
            if ident.name in self.registers:
                self.unread.pop(ident.name, None)
                registers.append(self.registers[ident.name])
            else:
                self.report_unknown(ident.name, ident.location)
        wrapper, caller = self.context.wrapper, self.context.caller
        if wrapper is None or caller is None:
            self.block(node.body)
            return
        here = self.names()
        self.restore(caller)
        self.registers = dict(self.registers)
        self.wrapped, self.loops = (node.body, here), []
        for ident, register in zip(wrapper.registers, registers, strict=False):
            if self.is_new(ident):
                self.registers[ident.name] = register
        self.block(wrapper.body)
        self.restore(here)

    def body_statement(self, node: s.BodyStatement) -> None:
        """Lower ``body``: the ``each`` block of the proc, with the names that it sees."""
        if self.wrapped is None:
            self.report.error(
                "TM048",
                "`body` belongs in the block after a call",
                node.location,
                "as in `add(x, y, z) each(carry) { step … { body } }`",
            )
            return
        here = self.names()
        block, names = self.wrapped
        self.restore(names)
        self.block(block)
        self.restore(here)
