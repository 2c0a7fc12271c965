"""Syntax tree → lowered code: statements and calls of a proc, blocks become jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tm.elaboration import instructions as c
from tm.elaboration.resolver import READABLE, Scope, a_kind, alphabet
from tm.language import syntax as s
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.values import Domain, show, symbol_of
from tm.speech import UtteranceKind
from tm.support.suggestions import did_you_mean
from tm.table import CHECKS

if TYPE_CHECKING:
    from tm.elaboration.procs import Procs


class Body(Scope):
    """Lowers one body: the names in scope, the code so far, the steps and loops around."""

    def __init__(
        self, procs: Procs, module: Module, proc: c.Proc, tapes: dict[str, frozenset[str]]
    ) -> None:
        super().__init__(procs.report, module, proc, tapes)
        self.procs = procs
        self.steps: list[str] = []
        self.keeps: frozenset[str] = frozenset()
        self.loops: list[tuple[list[c.Jump], int]] = []
        self.exits: list[tuple[str, str, SourceRange]] = []

    def lower(self, block: s.Block, decl: s.ProcDecl | None) -> None:
        for param in decl.params if decl else ():
            if param.contract is not None:
                self.contract(param.name, param.contract)
        for tape, contract in decl.exits if decl else ():
            if self.tape(tape) is not None and self.known_contract(contract):
                self.exits.append((contract.name, tape.name, contract.span))
        self.block(block)
        end = self.here
        self.leave(block.span._replace(start=block.span.end - 1), None)
        c.find_live(self.proc)
        self.report_flow(decl, end)

    # -------------------------------------------------------------- emitting code

    def emit(self, instruction: c.Instruction) -> None:
        instruction.keeps = self.keeps
        instruction.step = self.steps[-1] if self.steps else ""
        self.proc.code.append(instruction)

    @property
    def here(self) -> int:
        return len(self.proc.code)

    def report_flow(self, decl: s.ProcDecl | None, end: int) -> None:
        """Warn of code that is never reached; a valued proc must return on every path."""
        reached, todo = set(), [0]
        while todo:
            at = todo.pop()
            if at not in reached:
                reached.add(at)
                todo += c.successors(self.proc, at)
        if decl is not None and decl.value is not None and end in reached:
            self.report.error(
                "TM044",
                f"`{decl.name.name}` can end without a value",
                decl.name.span,
                "return one on every path",
            )
        quiet = c.Jump | c.Contract | c.Leave
        for at in range(1, end):
            instruction = self.proc.code[at]
            if at in reached or isinstance(instruction, quiet):
                continue
            if isinstance(instruction, c.Say) and instruction.kind is UtteranceKind.CLOSE:
                continue
            if at - 1 in reached or isinstance(self.proc.code[at - 1], quiet):
                self.report.warn("TM081", "this is never reached", instruction.span)
                break

    # -------------------------------------------------------------- names

    def known_contract(self, contract: s.Ident) -> bool:
        if contract.name in CHECKS:
            return True
        help = did_you_mean(contract.name, CHECKS) or f"contracts are {', '.join(CHECKS)}"
        self.report.error("TM047", f"no head contract `{contract.name}`", contract.span, help)
        return False

    def contract(self, ident: s.Ident, contract: s.Ident) -> None:
        used = ident.name in self.used
        if ident.name in self.tapes and self.known_contract(contract):
            self.emit(c.Contract(contract.span, contract.name, ident.name))
        if not used:
            self.used.discard(ident.name)

    # -------------------------------------------------------------- statements

    def block(self, block: s.Block) -> None:
        outer = dict(self.registers)
        for statement in block.statements:
            self.statement(statement)
        for name in self.registers:
            if name not in outer and name in self.unread:
                self.report.warn("TM080", f"register `{name}` is never read", self.unread.pop(name))
        self.registers = outer

    def statement(self, node: s.Statement) -> None:
        match node:
            case s.Move():
                for ident in node.tapes:
                    if tape := self.tape(ident):
                        self.emit(c.MoveHead(node.span, node.direction, tape))
            case s.Write():
                self.write(node)
            case s.Let():
                domain = self.module.domain(node.domain, self.report)
                if self.is_new(node.register):
                    value = self.value(node.value, domain, node.register)
                    register = self.register(node.register, domain)
                    self.unread[node.register.name] = node.register.span
                    self.set(node.span, register, value)
                else:
                    self.value(node.value, None, node.register)
            case s.Assign():
                self.assign(node)
            case s.CallStatement():
                self.call(node.call, None)
            case s.If():
                self.if_(node)
            case s.While():
                self.loop(node.span, node.condition, node.body)
            case s.Loop():
                self.loop(node.span, None, node.body)
            case s.Break():
                self.break_(node)
            case s.Return():
                self.return_(node)
            case s.Halt():
                self.close_steps(node.span, 0)
                self.emit(c.HaltRun(node.span, node.accept))
            case s.LocalTape():
                self.local_tape(node)
            case s.Mark():
                if tape := self.tape(node.tape):
                    self.proc.marked.add(tape)
                    self.emit(c.SetMark(node.span, tape, node.on))
            case s.Keep():
                kept = {t for i in node.tapes if (t := self.tape(i))}
                before, self.keeps = self.keeps, self.keeps | kept
                self.block(node.body)
                self.keeps = before
            case s.Assume():
                self.emit(c.AssertTest(node.span, self.test(node.condition)))
            case s.StepBlock():
                self.step(node)
            case s.EmissionStatement():
                kind = UtteranceKind.FETCH if node.role == "fetch" else UtteranceKind.SOLVE
                for pair in node.pairs:
                    said = None if pair.value is None else self.template(pair.value)
                    self.emit(c.Say(pair.span, kind, pair.name, self.template(pair.key), said))
            case s.Answer():
                text = self.template(node.text, whole=True)
                self.emit(c.Say(node.span, UtteranceKind.ANSWER, "", text, None))

    def write(self, node: s.Write) -> None:
        name = node.tape.name
        if name in self.registers:
            self.report.error(
                "TM022", f"`{name}` is a register", node.tape.span, f"set it with `{name} = …`"
            )
            return
        tape = self.tape(node.tape)
        value, kinds = self.expression(node.value)
        if tape is None or value is None:
            return
        alphabet = self.tapes[tape]
        if not kinds & READABLE:
            self.report.error("TM040", f"a tape cannot hold {a_kind(kinds)}", node.value.span)
        elif isinstance(value, c.Constant) and alphabet:
            symbol = symbol_of(value.value)
            if symbol not in alphabet:
                self.report.error(
                    "TM042",
                    f"tape `{tape}` cannot hold {show(value.value)}",
                    node.value.span,
                    f"add it to the alphabet of `{tape}`",
                )
        self.emit(c.WriteSymbol(node.span, tape, value))

    def assign(self, node: s.Assign) -> None:
        name = node.register.name
        if name not in self.registers:
            if name in self.tapes:
                self.report.error(
                    "TM022", f"`{name}` is a tape", node.register.span, f"write with `{name} := …`"
                )
            elif name in self.texts:
                self.report.error("TM022", f"`{name}` is a text", node.register.span)
            else:
                help = did_you_mean(name, self.registers) or f"declare it: `let {name}: 0..9 = …`"
                self.report.error("TM020", f"no register `{name}` here", node.register.span, help)
            self.value(node.value, None, node.register)
            return
        register = self.registers[name]
        self.set(node.span, register, self.value(node.value, register.domain, node.register))

    def set(
        self, span: SourceRange, register: c.Register, value: c.Expression | c.Invoke | None
    ) -> None:
        if isinstance(value, c.Invoke):
            value.result = register
            self.emit(value)
        elif value is not None:
            self.emit(c.Set(span, register, value))

    def if_(self, node: s.If) -> None:
        ends: list[c.Jump] = []
        last = len(node.branches) - 1 if node.otherwise is None else len(node.branches)
        for index, (condition, block) in enumerate(node.branches):
            branch = c.JumpUnless(condition.span, self.test(condition))
            self.emit(branch)
            self.block(block)
            if index < last:
                ends.append(c.Jump(condition.span))
                self.emit(ends[-1])
            branch.otherwise = self.here
        if node.otherwise is not None:
            self.block(node.otherwise)
        for jump in ends:
            jump.target = self.here

    def loop(self, span: SourceRange, condition: s.Condition | None, body: s.Block) -> None:
        start = self.here
        branch = None
        if condition is not None:
            branch = c.JumpUnless(condition.span, self.test(condition))
            self.emit(branch)
        breaks: list[c.Jump] = []
        self.loops.append((breaks, len(self.steps)))
        self.block(body)
        self.loops.pop()
        self.emit(c.Jump(span, start))
        if branch is not None:
            branch.otherwise = self.here
        for jump in breaks:
            jump.target = self.here

    def break_(self, node: s.Break) -> None:
        if not self.loops:
            self.report.error("TM046", "`break` outside of a loop", node.span)
            return
        breaks, steps = self.loops[-1]
        self.close_steps(node.span, steps)
        breaks.append(c.Jump(node.span))
        self.emit(breaks[-1])

    def return_(self, node: s.Return) -> None:
        domain = self.proc.value
        value: c.Expression | None = None
        if node.value is None:
            if domain is not None:
                self.report.error("TM044", f"`{self.proc.name}` returns a value", node.span)
        elif domain is None:
            self.report.error(
                "TM045",
                f"`{self.proc.name}` has no value to return",
                node.value.span,
                f"declare it: `proc {self.proc.name}(…) -> domain`",
            )
        else:
            found = self.value(node.value, domain, s.Ident(node.span, self.proc.name))
            if isinstance(found, c.Invoke):
                register = c.Register(self.count, "value", domain)
                self.count += 1
                self.set(node.span, register, found)
                value = c.RegisterRead(register)
            else:
                value = found
        self.leave(node.span, value)

    def leave(self, span: SourceRange, value: c.Expression | None) -> None:
        self.close_steps(span, 0)
        for kind, tape, where in self.exits:
            self.emit(c.Contract(where, kind, tape))
        for local in self.proc.tapes:
            self.emit(c.Contract(span, "empty", local.name))
        self.emit(c.Leave(span, value))

    def close_steps(self, span: SourceRange, outside: int) -> None:
        for name in reversed(self.steps[outside:]):
            self.emit(c.Say(span, UtteranceKind.CLOSE, name, (), None))

    def local_tape(self, node: s.LocalTape) -> None:
        if self.proc.name == "main" and not self.procs.active:
            self.report.error(
                "TM022", "a local tape belongs in a proc", node.span, "declare it with `tape`"
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

    def step(self, node: s.StepBlock) -> None:
        label = () if node.label is None else self.template(node.label, whole=True)
        self.emit(c.Say(node.name.span, UtteranceKind.OPEN, node.name.name, label, None))
        self.steps.append(node.name.name)
        self.block(node.body)
        self.steps.pop()
        self.emit(c.Say(node.name.span, UtteranceKind.CLOSE, node.name.name, (), None))

    # -------------------------------------------------------------- calls

    def call(self, node: s.Call, target: s.Ident | None) -> c.Invoke | None:
        """Lower a call; as a statement (no target) it is emitted, else returned."""
        name = node.proc.name
        if name not in self.module.procs:
            help = did_you_mean(name, self.module.procs)
            self.report.error("TM020", f"no proc `{name}`", node.proc.span, help)
            for arg in node.args:
                if not isinstance(arg, s.TemplateNode):
                    self.expression(arg)
            return None
        self.module.used.add(name)
        owner, decl = self.module.procs[name]
        owner.used.add(name)
        proc = self.procs.proc(owner, decl, node.span)
        if proc is None:
            return None
        if len(node.args) != len(decl.params):
            takes = ", ".join(p.name.name for p in decl.params)
            self.report.error(
                "TM025",
                f"`{name}` takes {len(decl.params)} arguments, not {len(node.args)}",
                node.span,
                f"{name}({takes})",
            )
            return None
        args = [
            self.arg(proc, kind, arg) for kind, arg in zip(proc.params, node.args, strict=False)
        ]
        tapes = [a for a in args if isinstance(a, str)]
        for tape in {t for t in tapes if tapes.count(t) > 1}:
            self.report.error(
                "TM025",
                f"tape `{tape}` is passed twice",
                node.span,
                "two parameters cannot be one head: copy the word to another tape",
            )
        for (param, _), given in zip(proc.params, args, strict=False):
            if isinstance(given, str) and param in proc.marked:
                self.proc.marked.add(given)
        if any(a is None for a in args) or len(args) != len(proc.params):
            return None
        invoke = c.Invoke(node.span, proc, tuple(a for a in args if a is not None), None)
        if target is None:
            self.emit(invoke)
        elif proc.value is None:
            self.report.error("TM045", f"`{name}` returns no value", node.span)
            return None
        return invoke

    def arg(
        self, proc: c.Proc, param: tuple[str, str | c.Register], node: s.Expr | s.TemplateNode
    ) -> str | c.Expression | c.LoweredTemplate | None:
        name, kind = param
        if kind == "text":
            if isinstance(node, s.TemplateNode):
                return self.template(node)
            if isinstance(node, s.NameNode) and node.name in self.texts:
                self.used.add(node.name)
                return (c.ParameterPlaceholder(node.name),)
            self.report.error("TM025", f"`{name}` of `{proc.name}` is a text", node.span)
            return None
        if isinstance(node, s.TemplateNode):
            what = "a tape" if kind == "tape" else "a value"
            self.report.error(
                "TM025", f"`{name}` of `{proc.name}` is {what}, not a text", node.span
            )
            return None
        if kind == "tape":
            if not isinstance(node, s.NameNode):
                self.report.error("TM025", f"`{name}` of `{proc.name}` is a tape", node.span)
                return None
            return self.tape(s.Ident(node.span, node.name))
        assert isinstance(kind, c.Register)
        value, kinds = self.expression(node)
        self.fits(value, kinds, kind.domain, node.span, name)
        return value

    # -------------------------------------------------------------- expressions

    def value(
        self, node: s.Expr | s.Call, domain: Domain | None, target: s.Ident
    ) -> c.Expression | c.Invoke | None:
        """The right-hand side of ``let``, ``=`` or ``return``, checked against a domain."""
        if isinstance(node, s.Call):
            invoke = self.call(node, target)
            returned = invoke.proc.value if invoke else None
            if domain and returned and not returned.values & domain.values:
                self.report.error(
                    "TM041",
                    f"`{node.proc.name}` returns {returned.shown},"
                    f" `{target.name}` takes {domain.shown}",
                    node.span,
                )
            return invoke
        value, kinds = self.expression(node)
        if domain is not None:
            self.fits(value, kinds, domain, node.span, target.name)
        return value
