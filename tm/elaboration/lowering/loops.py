"""Lower the loops of one proc to jumps."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from tm.elaboration import instructions as c
from tm.elaboration.lowering.calls import CallScope
from tm.elaboration.lowering.expressions import NUMBER
from tm.language import syntax as s
from tm.language.source import SourceRange
from tm.language.traversal import walk
from tm.language.values import Domain
from tm.speech import UtteranceKind
from tm.table import BLANK


@dataclass(slots=True, eq=False)
class OpenLoop:
    """A loop around the current statement.

    Attributes
    ----------
    steps
        The number of steps open around the loop.
    end
        The condition that ``at end`` tests; None if the loop is not an ``each``.
    breaks, continues
        The jumps out of the loop, and those to the end of the pass.
    """

    steps: int
    end: s.Expr | None = None
    breaks: list[c.Jump] = field(default_factory=list)
    continues: list[c.Jump] = field(default_factory=list)


class LoopScope(CallScope):
    """A scope that lowers loops.

    Attributes
    ----------
    loops
        The loops around the current statement, the innermost last.
    """

    loops: list[OpenLoop]

    @abstractmethod
    def block(self, block: s.Block) -> None:
        """Lower a block, whose registers end with it."""

    def passes(self, loop: OpenLoop, body: s.Block) -> None:
        """Lower the body of a loop; ``continue`` leads to its end."""
        self.loops.append(loop)
        self.block(body)
        self.loops.pop()
        self.land(loop.continues)

    def loop(self, location: SourceRange, condition: s.Expr | None, body: s.Block) -> None:
        """Lower ``while``, or ``loop`` if there is no condition."""
        start = self.end
        exits = [] if condition is None else self.branch(condition)
        loop = OpenLoop(len(self.steps))
        self.passes(loop, body)
        self.emit(c.Jump(location, start))
        self.land([*exits, *loop.breaks])

    def move_until(self, node: s.MoveUntil) -> None:
        """Lower ``right t until condition``."""
        start = self.end
        exits = self.branch(s.Not(node.condition.location, node.condition))
        self.move(node.location, node.direction, node.tapes)
        self.emit(c.Jump(node.location, start))
        self.land(exits)

    def move(self, location: SourceRange, direction: int, tapes: Iterable[s.Ident]) -> None:
        """Lower a move of several heads by one cell."""
        for tape in self.tape_list(tapes):
            self.emit(c.MoveHead(location, direction, tape))

    def repeat(self, node: s.Repeat) -> None:
        """Lower ``repeat count``: a register counts down to 0."""
        count, kinds = self.expression(node.count)
        self.require_kind(kinds, NUMBER, node.count.location)
        register = self.new_register("count", None)
        here, rest = node.count.location, c.RegisterRead(register)
        self.emit(c.SetRegister(here, register, count or c.Constant(0)))
        start = self.end
        exit_jump = c.JumpUnless(here, c.Comparison(">", rest, c.Constant(0)))
        self.emit(exit_jump)
        loop = OpenLoop(len(self.steps))
        self.passes(loop, node.body)
        self.emit(c.SetRegister(here, register, c.Arithmetic("-", rest, c.Constant(1))))
        self.emit(c.Jump(node.location, start))
        self.land([exit_jump, *loop.breaks])

    def for_(self, node: s.For) -> None:
        """Lower ``for register in first..last``."""
        outer = dict(self.registers)
        if self.is_new(node.register):
            values = frozenset(range(node.first, node.last + 1))
            domain = Domain(values, f"{node.first}..{node.last}")
            self.declare_register(node.register, domain)
        register = self.registers.get(node.register.name)
        if register is None:
            return
        here, value = node.register.location, c.RegisterRead(register)
        self.emit(c.SetRegister(here, register, c.Constant(node.first)))
        start = self.end
        loop = OpenLoop(len(self.steps))
        self.passes(loop, node.body)
        exit_jump = c.JumpUnless(here, c.Comparison("!=", value, c.Constant(node.last)))
        self.emit(exit_jump)
        self.emit(c.SetRegister(here, register, c.Arithmetic("+", value, c.Constant(1))))
        self.emit(c.Jump(node.location, start))
        self.land([exit_jump, *loop.breaks])
        self.registers = outer

    def each(self, node: s.Each) -> None:
        """Lower ``each t``: the end is tested where the body says ``at end``, else before it."""
        tapes = list(self.ungrouped(node.tapes))
        end = node.condition or s.Compare(
            node.location,
            "==",
            s.NameNode(tapes[0].location, tapes[0].name),
            s.Symbol(node.location, BLANK),
        )
        start = self.end
        tests_end = any(isinstance(x, s.AtEnd) for x in walk(node.body, s.Each))
        exits = [] if tests_end else self.branch(s.Not(end.location, end))
        loop = OpenLoop(len(self.steps), end)
        self.passes(loop, node.body)
        self.move(node.location, node.direction, tapes)
        self.emit(c.Jump(node.location, start))
        self.land([*exits, *loop.breaks])

    def at_end(self, node: s.AtEnd) -> None:
        """Lower ``at end``, which leaves the innermost ``each`` loop."""
        loop = next((loop for loop in reversed(self.loops) if loop.end is not None), None)
        if loop is None or loop.end is None:
            self.report.error("TM046", "`at end` outside of an `each` loop", node.location)
            return
        falses = self.branch(loop.end)
        if node.body is not None:
            self.block(node.body)
        self.leave_loop(node.location, loop)
        self.land(falses)

    def break_(self, node: s.Break) -> None:
        """Lower ``break``, which closes the steps opened within the loop."""
        if not self.loops:
            self.report.error("TM046", "`break` outside of a loop", node.location)
            return
        self.leave_loop(node.location, self.loops[-1])

    def leave_loop(self, location: SourceRange, loop: OpenLoop) -> None:
        """Emit the jump out of a loop."""
        self.close_steps(location, loop.steps)
        loop.breaks.append(c.Jump(location))
        self.emit(loop.breaks[-1])

    def continue_(self, node: s.Continue) -> None:
        """Lower ``continue``, which closes the steps opened within the pass."""
        if not self.loops:
            self.report.error("TM046", "`continue` outside of a loop", node.location)
            return
        loop = self.loops[-1]
        self.close_steps(node.location, loop.steps)
        loop.continues.append(c.Jump(node.location))
        self.emit(loop.continues[-1])

    def close_steps(self, location: SourceRange, count: int) -> None:
        """Emit the end of all open steps but the outer ``count``."""
        for name in reversed(self.steps[count:]):
            self.emit(c.SayUtterance(location, UtteranceKind.CLOSE, name, (), None))
