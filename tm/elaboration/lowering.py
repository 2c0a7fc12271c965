"""Lower the statements of one proc to instructions: blocks become jumps."""

from __future__ import annotations

from tm.elaboration import instructions as c
from tm.elaboration.calls import CallScope, ProcLookup
from tm.elaboration.control_flow import find_live_registers, reachable
from tm.elaboration.resolver import ENDED, READABLE, a_kind, alphabet
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.values import Value, show, symbol_of
from tm.speech import UtteranceKind
from tm.support.suggestions import did_you_mean
from tm.table import CHECKS


class Body(CallScope):
    """Lowers the body of one proc.

    Attributes
    ----------
    loops
        For each enclosing loop its jumps to the end and the number of steps open around it.
    exits
        Contracts that hold at the end: kind, tape and source range.
    """

    def __init__(
        self,
        lookup: ProcLookup,
        report: Reporter,
        module: Module,
        proc: c.Proc,
        tapes: dict[str, frozenset[str]],
    ) -> None:
        super().__init__(lookup, report, module, proc, tapes)
        self.loops: list[tuple[list[c.Jump], int]] = []
        self.exits: list[tuple[str, str, SourceRange]] = []

    def lower(self, block: s.Block, decl: s.ProcDecl | None) -> None:
        """Fill the code of the proc; ``decl`` is None for ``main``."""
        for param in decl.params if decl else ():
            if param.contract is not None:
                self.contract(param.name, param.contract)
        for tape, contract in decl.exits if decl else ():
            if self.tape(tape) is not None and self.is_contract(contract):
                self.exits.append((contract.name, tape.name, contract.location))
        self.block(block)
        end = self.end
        self.leave(block.location._replace(start=block.location.end - 1), None)
        find_live_registers(self.proc)
        self.report_flow(decl, end)

    @property
    def end(self) -> int:
        """Index of the next instruction to be emitted."""
        return len(self.proc.code)

    def report_flow(self, decl: s.ProcDecl | None, end: int) -> None:
        """Warn of the first unreachable code; report a valued proc that may end without a value.

        ``end`` is the index of the implicit ``LeaveProc``.
        """
        reached = reachable(self.proc)
        if decl is not None and decl.value is not None and end in reached:
            self.report.error(
                "TM044",
                f"`{decl.name.name}` can end without a value",
                decl.name.location,
                "return one on every path",
            )
        implicit = c.Jump | c.CheckContract | c.LeaveProc
        for index in range(1, end):
            instruction = self.proc.code[index]
            if index in reached or isinstance(instruction, implicit):
                continue
            if isinstance(instruction, c.SayUtterance) and instruction.kind is UtteranceKind.CLOSE:
                continue
            if index - 1 in reached or isinstance(self.proc.code[index - 1], implicit):
                self.report.warn("TM081", "this is never reached", instruction.location)
                break

    # -------------------------------------------------------------- contracts

    def is_contract(self, contract: s.Ident) -> bool:
        """Return whether a head contract exists; report an error if it does not."""
        if contract.name in CHECKS:
            return True
        help = did_you_mean(contract.name, CHECKS) or f"contracts are {', '.join(CHECKS)}"
        self.report.error("TM047", f"no head contract `{contract.name}`", contract.location, help)
        return False

    def contract(self, ident: s.Ident, contract: s.Ident) -> None:
        """Emit the contract of a parameter, which does not count as a use of it."""
        used = ident.name in self.used
        if ident.name in self.tapes and self.is_contract(contract):
            self.emit(c.CheckContract(contract.location, contract.name, ident.name))
        if not used:
            self.used.discard(ident.name)

    # -------------------------------------------------------------- statements

    def block(self, block: s.Block) -> None:
        """Lower a block, whose registers end with it."""
        outer = dict(self.registers)
        for statement in block.statements:
            self.statement(statement)
        for name in self.registers:
            if name not in outer and name in self.unread:
                self.report.warn("TM080", f"register `{name}` is never read", self.unread.pop(name))
        self.registers = outer

    def statement(self, node: s.Statement) -> None:
        """Lower one statement."""
        match node:
            case s.Move():
                for ident in node.tapes:
                    if tape := self.tape(ident):
                        self.emit(c.MoveHead(node.location, node.direction, tape))
            case s.Write():
                self.write(node)
            case s.Let():
                self.let(node)
            case s.Assign():
                self.assign(node)
            case s.CallStatement():
                if call := self.call(node.call):
                    self.emit(call)
            case s.If():
                self.if_(node)
            case s.While():
                self.loop(node.location, node.condition, node.body)
            case s.Loop():
                self.loop(node.location, None, node.body)
            case s.Break():
                self.break_(node)
            case s.Return():
                self.return_(node)
            case s.Halt():
                self.close_steps(node.location, 0)
                self.emit(c.HaltRun(node.location, node.accept))
            case s.LocalTape():
                self.local_tape(node)
            case s.Mark():
                if tape := self.tape(node.tape):
                    self.proc.marked.add(tape)
                    self.emit(c.SetMark(node.location, tape, node.on))
            case s.Keep():
                tapes = {tape for ident in node.tapes if (tape := self.tape(ident))}
                outer, self.keeps = self.keeps, self.keeps | tapes
                self.block(node.body)
                self.keeps = outer
            case s.Assume():
                self.emit(c.AssertTest(node.location, self.test(node.condition)))
            case s.StepBlock():
                self.step(node)
            case s.EmissionStatement():
                self.emission(node)
            case s.Answer():
                text = self.template(node.text, allow_all=True)
                self.emit(c.SayUtterance(node.location, UtteranceKind.ANSWER, "", text, None))

    def write(self, node: s.Write) -> None:
        """Lower ``tape := value``."""
        name = node.tape.name
        if name in self.registers:
            self.report.error(
                "TM022", f"`{name}` is a register", node.tape.location, f"set it with `{name} = …`"
            )
            return
        tape = self.tape(node.tape)
        value, kinds = self.expression(node.value)
        if tape is None or value is None:
            return
        symbols = self.tapes[tape]
        if kinds and not kinds & READABLE:
            self.report.error("TM040", f"a tape cannot hold {a_kind(kinds)}", node.value.location)
        elif isinstance(value, c.Constant) and symbols and symbol_of(value.value) not in symbols:
            self.report.error(
                "TM042",
                f"tape `{tape}` cannot hold {show(value.value)}",
                node.value.location,
                _alphabet_hint(tape, value.value),
            )
        self.emit(c.WriteSymbol(node.location, tape, value))

    def let(self, node: s.Let) -> None:
        """Lower the declaration of a register."""
        domain = self.module.domain(node.domain, self.report)
        if not self.is_new(node.register):
            self.right_hand_side(node.value, None, node.register)
            return
        value = self.right_hand_side(node.value, domain, node.register)
        register = self.declare_register(node.register, domain)
        self.unread[node.register.name] = node.register.location
        self.set_register(node.location, register, value)

    def assign(self, node: s.Assign) -> None:
        """Lower ``register = value``."""
        name = node.register.name
        if name not in self.registers:
            if name in self.tapes:
                self.report.error(
                    "TM022",
                    f"`{name}` is a tape",
                    node.register.location,
                    f"write with `{name} := …`",
                )
            elif name in self.texts:
                self.report.error("TM022", f"`{name}` is a text", node.register.location)
            else:
                help = did_you_mean(name, self.registers) or f"declare it: `let {name}: 0..9 = …`"
                notes = []
                if name in self.declared:
                    help, notes = ENDED, [(self.declared[name], "declared here")]
                self.report.error(
                    "TM020", f"no register `{name}` here", node.register.location, help, notes
                )
            self.right_hand_side(node.value, None, node.register)
            return
        register = self.registers[name]
        value = self.right_hand_side(node.value, register.domain, node.register)
        self.set_register(node.location, register, value)

    def set_register(
        self, location: SourceRange, register: c.Register, value: c.Expression | c.CallProc | None
    ) -> None:
        """Emit the code that sets a register to an expression or to the value of a call."""
        if isinstance(value, c.CallProc):
            value.result = register
            self.emit(value)
        elif value is not None:
            self.emit(c.SetRegister(location, register, value))

    def if_(self, node: s.If) -> None:
        """Lower ``if``, ``elsif`` and ``else``."""
        ends: list[c.Jump] = []
        last = len(node.branches) - 1 if node.otherwise is None else len(node.branches)
        for index, (condition, block) in enumerate(node.branches):
            jump = c.JumpUnless(condition.location, self.test(condition))
            self.emit(jump)
            self.block(block)
            if index < last:
                ends.append(c.Jump(condition.location))
                self.emit(ends[-1])
            jump.target = self.end
        if node.otherwise is not None:
            self.block(node.otherwise)
        for end in ends:
            end.target = self.end

    def loop(self, location: SourceRange, condition: s.Condition | None, body: s.Block) -> None:
        """Lower ``while``, or ``loop`` if there is no condition."""
        start = self.end
        exit_jump = None
        if condition is not None:
            exit_jump = c.JumpUnless(condition.location, self.test(condition))
            self.emit(exit_jump)
        breaks: list[c.Jump] = []
        self.loops.append((breaks, len(self.steps)))
        self.block(body)
        self.loops.pop()
        self.emit(c.Jump(location, start))
        if exit_jump is not None:
            exit_jump.target = self.end
        for jump in breaks:
            jump.target = self.end

    def break_(self, node: s.Break) -> None:
        """Lower ``break``, which closes the steps opened within the loop."""
        if not self.loops:
            self.report.error("TM046", "`break` outside of a loop", node.location)
            return
        breaks, steps = self.loops[-1]
        self.close_steps(node.location, steps)
        breaks.append(c.Jump(node.location))
        self.emit(breaks[-1])

    def return_(self, node: s.Return) -> None:
        """Lower ``return``."""
        domain = self.proc.value
        value: c.Expression | None = None
        if node.value is None:
            if domain is not None:
                self.report.error("TM044", f"`{self.proc.name}` returns a value", node.location)
        elif domain is None:
            self.report.error(
                "TM045",
                f"`{self.proc.name}` has no value to return",
                node.value.location,
                f"declare it: `proc {self.proc.name}(…) -> domain`",
            )
        else:
            returned = self.right_hand_side(
                node.value, domain, s.Ident(node.location, self.proc.name)
            )
            if isinstance(returned, c.CallProc):
                register = self.new_register("value", domain)
                self.set_register(node.location, register, returned)
                value = c.RegisterRead(register)
            else:
                value = returned
        self.leave(node.location, value)

    def leave(self, location: SourceRange, value: c.Expression | None) -> None:
        """Emit the end of the proc: open steps close and the contracts of its end are checked."""
        self.close_steps(location, 0)
        for kind, tape, contract_location in self.exits:
            self.emit(c.CheckContract(contract_location, kind, tape))
        for local in self.proc.tapes:
            self.emit(c.CheckContract(location, "empty", local.name))
        self.emit(c.LeaveProc(location, value))

    def local_tape(self, node: s.LocalTape) -> None:
        """Declare scratch tapes."""
        if self.proc.name == "main":
            self.report.error(
                "TM022", "a local tape belongs in a proc", node.location, "declare it with `tape`"
            )
            return
        symbols: tuple[str, ...] = ()
        word: frozenset[str] = frozenset()
        like = None if node.like is None else self.tape(node.like)
        if node.symbols is not None:
            symbols, word = alphabet(self.module, node.symbols, node.word, self.report)
        for ident in node.tapes:
            if self.is_new(ident):
                self.tapes[ident.name] = self.tapes[like] if like else frozenset(symbols)
                self.proc.tapes += (c.ScratchTape(ident.name, symbols, word, like),)

    # -------------------------------------------------------------- speech

    def step(self, node: s.StepBlock) -> None:
        """Lower a step: an OPEN utterance, its body, a CLOSE utterance."""
        name = node.name.name
        label = () if node.label is None else self.template(node.label, allow_all=True)
        self.emit(c.SayUtterance(node.name.location, UtteranceKind.OPEN, name, label, None))
        self.steps.append(name)
        self.block(node.body)
        self.steps.pop()
        self.emit(c.SayUtterance(node.name.location, UtteranceKind.CLOSE, name, (), None))

    def close_steps(self, location: SourceRange, count: int) -> None:
        """Emit the end of all open steps but the outer ``count``."""
        for name in reversed(self.steps[count:]):
            self.emit(c.SayUtterance(location, UtteranceKind.CLOSE, name, (), None))

    def emission(self, node: s.EmissionStatement) -> None:
        """Lower ``fetch`` and ``solve``."""
        kind = UtteranceKind.FETCH if node.role == "fetch" else UtteranceKind.SOLVE
        for pair in node.pairs:
            value = None if pair.value is None else self.template(pair.value)
            key = self.template(pair.key)
            self.emit(c.SayUtterance(pair.location, kind, pair.name, key, value))


def _alphabet_hint(tape: str, value: Value) -> str:
    """Return what to do about a value that a tape cannot hold."""
    if isinstance(value, int) and not 0 <= value <= 9:
        return "a cell holds one symbol: write a number digit by digit, one in each cell"
    return f"add it to the alphabet of `{tape}`"
