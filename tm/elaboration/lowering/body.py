"""Lower the statements of one proc to instructions: blocks become jumps."""

from __future__ import annotations

from tm.elaboration import instructions as c
from tm.elaboration.control_flow import find_live_registers, reachable
from tm.elaboration.lowering.calls import ProcLookup
from tm.elaboration.lowering.expressions import READABLE, a_kind
from tm.elaboration.lowering.resolver import ENDED, alphabet
from tm.elaboration.lowering.wrappers import BodyContext, WrapperScope
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.values import BOOLEAN, Domain, Value, show, symbol_of
from tm.speech import UtteranceKind
from tm.support.suggestions import did_you_mean
from tm.table import CHECKS


class Body(WrapperScope):
    """Lowers the body of one proc."""

    def __init__(
        self,
        lookup: ProcLookup,
        report: Reporter,
        module: Module,
        proc: c.Proc,
        tapes: dict[str, frozenset[str]],
        *,
        prints: bool,
    ) -> None:
        super().__init__(lookup, report, module, proc, tapes)
        self.prints = prints
        self.loops = []

    def lower(self, block: s.Block, decl: s.ProcDecl | None) -> None:
        """Fill the code of the proc; ``decl`` is None for ``main``."""
        exported = None if decl is None else decl.exported
        self.context = BodyContext(self.proc.name, self.proc.value, exported)
        if decl is None:
            self.block(block)
            end = self.end
            self.leave(_closing_brace(block), None)
        else:
            end = self.body(decl)
        find_live_registers(self.proc)
        self.report_flow(decl, end)

    def body(self, decl: s.ProcDecl) -> int:
        for param in decl.params:
            if param.contract is not None:
                self.contract(param.name, param.contract)
        for ident, contract in decl.exits:
            tape = self.tape(ident)
            if tape is not None and self.is_contract(contract):
                self.context.exits.append((contract.name, tape, contract.location))
        self.block(decl.body)
        end = self.end
        self.leave(_closing_brace(decl.body), None)
        return end

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
                ended = isinstance(self.proc.code[index - 1], c.LeaveProc)
                is_end = ended and isinstance(instruction, c.HaltRun)
                help = "`accept` and `reject` alone end the run" if is_end else ""
                self.report.warn("TM081", "this is never reached", instruction.location, help)
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
            tape = self.tapes[ident.name]
            self.emit(c.CheckContract(contract.location, contract.name, tape))
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
                for _ in range(node.count):
                    self.move(node.location, node.direction, node.tapes)
            case s.MoveUntil():
                self.move_until(node)
            case s.Write():
                self.write(node.location, node.tape, node.value)
            case s.WriteOn():
                self.write_on(node)
            case s.Let():
                self.let(node)
            case s.Assign():
                self.assign(node)
            case s.CallStatement():
                self.call_(node.call)
            case s.If():
                self.if_(node)
            case s.While():
                self.loop(node.location, node.condition, node.body)
            case s.Loop():
                self.loop(node.location, None, node.body)
            case s.Repeat():
                self.repeat(node)
            case s.For():
                self.for_(node)
            case s.Each():
                self.each(node)
            case s.AtEnd():
                self.at_end(node)
            case s.EachBlock():
                self.each_block(node)
            case s.BodyStatement():
                self.body_statement(node)
            case s.Break():
                self.break_(node)
            case s.Continue():
                self.continue_(node)
            case s.Return():
                self.return_(node)
            case s.Halt():
                self.close_steps(node.location, 0)
                self.emit(c.HaltRun(node.location, node.accept))
            case s.LocalTape():
                self.local_tape(node)
            case s.Mark():
                if tape := self.tape(node.tape):
                    self.proc.add_mark(tape)
                    self.emit(c.SetMark(node.location, tape, node.on))
            case s.Keep():
                tapes = set(self.tape_list(node.tapes))
                outer, self.keeps = self.keeps, self.keeps | tapes
                self.block(node.body)
                self.keeps = outer
            case s.Assume():
                message = "" if node.message is None else self.message(node.message)
                self.emit(c.AssertTest(node.location, self.test(node.condition), message))
            case s.Print():
                text = self.template(node.text, allow_all=True)
                if self.prints:
                    self.emit(c.PrintText(node.location, text))
            case s.StepBlock():
                self.step(node)
            case s.EmissionStatement():
                self.emission(node)
            case s.Answer():
                text = self.template(node.text, allow_all=True)
                self.emit(c.SayUtterance(node.location, UtteranceKind.ANSWER, "", text, None))

    def write(self, location: SourceRange, ident: s.Ident, node: s.Expr) -> None:
        """Lower ``tape := value``."""
        name = ident.name
        if name in self.registers:
            self.report.error(
                "TM022", f"`{name}` is a register", ident.location, f"set it with `{name} = …`"
            )
            return
        tape = self.tape(ident)
        value, kinds = self.expression(node)
        if tape is None or value is None:
            return
        symbols = self.alphabets[tape]
        if kinds and not kinds & READABLE:
            self.report.error("TM040", f"a tape cannot hold {a_kind(kinds)}", node.location)
        elif isinstance(value, c.Constant) and symbols and symbol_of(value.value) not in symbols:
            self.report.error(
                "TM042",
                f"tape `{name}` cannot hold {show(value.value)}",
                node.location,
                _alphabet_hint(name, value.value),
            )
        self.emit(c.WriteSymbol(location, tape, value))

    def write_on(self, node: s.WriteOn) -> None:
        """Lower ``write tape value``: one write and move for each character of a text."""
        values: list[s.Expr] = []
        if not isinstance(node.value, s.TemplateNode):
            values.append(node.value)
        else:
            for part in node.value.parts:
                if isinstance(part, s.TextPart):
                    values += [s.Symbol(part.location, symbol) for symbol in part.text]
                else:
                    self.report.error(
                        "TM051",
                        "a text that is written has no placeholders",
                        part.location,
                        "write the parts one after the other",
                    )
        for value in values:
            self.write(node.location, node.tape, value)
            self.move(node.location, 1, [node.tape])

    def message(self, node: s.TemplateNode) -> str:
        """Return the text of a message, which is known before the run."""
        for part in node.parts:
            if not isinstance(part, s.TextPart):
                self.report.error(
                    "TM051",
                    "the message of an assumption has no placeholders",
                    part.location,
                    "the debugger shows tapes and registers",
                )
        return "".join(part.text for part in node.parts if isinstance(part, s.TextPart))

    def let(self, node: s.Let) -> None:
        """Lower the declaration of a register."""
        if node.domain is not None:
            domain: Domain | None = self.module.domain(node.domain, self.report)
        else:
            domain = self.domain_of(node)
        is_new = self.is_new(node.register)
        if domain is None or not is_new:
            self.right_hand_side(node.value, None, node.register)
            return
        # The register is declared after its value, which cannot read it.
        register = self.new_register(node.register.name, domain)
        self.set_register(node.location, register, node.value, node.register)
        self.registers[node.register.name] = register
        self.declared[node.register.name] = node.register.location
        self.unread[node.register.name] = node.register.location

    def domain_of(self, node: s.Let) -> Domain | None:
        """Return the domain of a value that fixes it; report an error if it does not."""
        match node.value:
            case s.In() | s.Compare() | s.Marked() | s.Not():
                return BOOLEAN
            case s.Logic() if not self.is_read_or(node.value):
                return BOOLEAN
            case s.NameNode(name="true" | "false"):
                return BOOLEAN
            case s.Call(proc=proc):
                if proc.name not in self.module.procs:
                    return None  # an error is reported where the call is lowered
                owner, decl = self.module.procs[proc.name]
                if decl.value is not None:
                    return owner.domain(decl.value, self.report)
                return None
        self.report.error(
            "TM006",
            "this value does not fix the values of the register",
            node.register.location,
            f"a register needs a domain: `let {node.register.name}: 0..9 = …`",
        )
        return None

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
        self.set_register(node.location, self.registers[name], node.value, node.register)

    def set_register(
        self, location: SourceRange, register: c.Register, node: s.Expr, target: s.Ident
    ) -> None:
        """Emit the code that sets a register to the value of an expression."""
        if isinstance(node, s.Call) and node.wrapper is not None:
            self.wrapped_call(node, register)
            return
        value = self.right_hand_side(node, register.domain, target)
        if isinstance(value, c.CallProc):
            value.result = register
            self.emit(value)
        elif value is not None:
            self.emit(c.SetRegister(location, register, value))

    def call_(self, node: s.Call) -> None:
        """Lower a call whose value is not used."""
        if node.wrapper is not None:
            self.wrapped_call(node, None)
            return
        for call in self.call_statement(node):
            self.emit(call)

    def if_(self, node: s.If) -> None:
        """Lower ``if``, ``elsif`` and ``else``."""
        ends: list[c.Jump] = []
        last = len(node.branches) - 1 if node.otherwise is None else len(node.branches)
        for index, (condition, block) in enumerate(node.branches):
            falses = self.branch(condition)
            self.block(block)
            if index < last:
                ends.append(c.Jump(condition.location))
                self.emit(ends[-1])
            self.land(falses)
        if node.otherwise is not None:
            self.block(node.otherwise)
        self.land(ends)

    def return_(self, node: s.Return) -> None:
        """Lower ``return``."""
        name, domain = self.context.name, self.context.value
        value: c.Expression | None = None
        if self.wrapped is not None:
            self.report.error(
                "TM048",
                "`return` in the block after a call",
                node.location,
                "the block is a part of the proc's work: set a register and return after the call",
            )
        elif node.value is None:
            if domain is not None:
                self.report.error("TM044", f"`{name}` returns a value", node.location)
        elif domain is None:
            self.report.error(
                "TM045",
                f"`{name}` has no value to return",
                node.value.location,
                f"declare it: `proc {name}(…) -> domain`"
                if name != "main"
                else 'the answer of a machine is on a tape: `answer "{out.all}"`',
            )
        elif isinstance(node.value, s.Call):
            register = self.new_register("value", domain)
            self.set_register(node.location, register, node.value, s.Ident(node.location, name))
            value = c.RegisterRead(register)
        else:
            value, kinds = self.expression(node.value)
            self.check_domain(value, kinds, domain, node.value.location, name)
        self.leave(node.location, value)

    def leave(self, location: SourceRange, value: c.Expression | None) -> None:
        """Emit the end of the proc: open steps close and the contracts of its end are checked."""
        context = self.context
        self.close_steps(location, context.steps)
        for kind, tape, contract_location in context.exits:
            self.emit(c.CheckContract(contract_location, kind, tape))
        for tape in context.scratch:
            self.emit(c.CheckContract(location, "empty", tape))
        if context.caller is None:
            self.emit(c.LeaveProc(location, value))
            return
        if value is not None and context.result is not None:
            self.emit(c.SetRegister(location, context.result, value))
        context.returns.append(c.Jump(location))
        self.emit(context.returns[-1])

    def local_tape(self, node: s.LocalTape) -> None:
        """Declare scratch tapes."""
        if self.context.name == "main":
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
                # In a proc that is lowered into its caller the name may be taken there.
                tape = ident.name if self.context.caller is None else f"{ident.name}@{self.end}"
                self.tapes[ident.name] = tape
                self.alphabets[tape] = self.alphabets[like] if like else frozenset(symbols)
                self.proc.tapes += (c.ScratchTape(tape, symbols, word, like),)
                self.context.scratch.append(tape)

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
    if value == " ":
        return f"`_` is the blank; a space must be in the alphabet of `{tape}`"
    return f"add it to the alphabet of `{tape}`"


def _closing_brace(block: s.Block) -> SourceRange:
    """Return the range of the brace that closes a block."""
    return block.location._replace(start=block.location.end - 1)
