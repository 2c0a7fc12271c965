"""A direct interpreter of the syntax tree: an oracle that shares nothing with the elaborator.

It walks statements one after the other over dictionaries, with no states, classes or transitions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tm.language import syntax as s
from tm.language.parsing.parser import parse
from tm.language.source import Source

BLANK = "\0"


class Stuck(Exception):  # noqa: N818
    """The program cannot continue."""


class Halted(Exception):  # noqa: N818
    """``accept`` or ``reject`` was executed."""

    def __init__(self, accept: bool) -> None:
        self.accept = accept


class Exhausted(Exception):  # noqa: N818
    """The program executes more statements than the budget."""


class Broke(Exception):  # noqa: N818
    """``break`` was executed."""


class Returned(Exception):  # noqa: N818
    """``return`` was executed."""

    def __init__(self, value: object) -> None:
        self.value = value


@dataclass
class TapeModel:
    """A tape: cells hold a symbol and whether it is marked."""

    word: frozenset[str]
    symbols: frozenset[str]
    head: int = 0
    cells: dict[int, tuple[str, bool]] = field(default_factory=dict)

    def symbol(self, cell: int) -> str:
        return self.cells.get(cell, (BLANK, False))[0]

    @property
    def text(self) -> str:
        used = [p for p in self.cells if self.symbol(p) != BLANK]
        shown = (self.symbol(p) for p in range(min(used, default=0), max(used, default=-1) + 1))
        return "".join("_" if x == BLANK else x for x in shown)

    def word_at(self, cell: int) -> str:
        if self.symbol(cell) not in self.word:
            return ""
        first = last = cell
        while self.symbol(first - 1) in self.word:
            first -= 1
        while self.symbol(last + 1) in self.word:
            last += 1
        return "".join(self.symbol(p) for p in range(first, last + 1))

    def capture(self, name: str) -> str:
        if name in ("", "word"):
            return self.word_at(self.head)
        if name == "before":
            return (
                self._left() if self.symbol(self.head) in self.word else self.word_at(self.head - 1)
            )
        if name == "cell":
            return self.symbol(self.head).replace(BLANK, "")
        return self.text

    def _left(self) -> str:
        first = self.head
        while self.symbol(first - 1) in self.word:
            first -= 1
        return "".join(self.symbol(p) for p in range(first, self.head))


class Interpreter:
    """Runs a program; ``utterances`` collects kind, step, name, key and value of each."""

    def __init__(self, text: str, inputs: dict[str, str], budget: int = 3000) -> None:
        self.file = parse(Source("machine.tm", text))
        self.budget = budget
        self.classes: dict[str, frozenset[str]] = {}
        for decl in self.file.classes:
            self.classes[decl.name.name] = self.symbols(decl.symbols)
        self.procs = {p.name.name: p for p in self.file.procs}
        self.tapes: dict[str, TapeModel] = {}
        for tape in self.file.tapes:
            for ident in tape.tapes:
                known = self.symbols(tape.symbols)
                word = known if tape.word is None else self.symbols(tape.word)
                self.tapes[ident.name] = TapeModel(word, known)
        for name, text in inputs.items():
            self.tapes[name].cells = {i: (x, False) for i, x in enumerate(text)}
        self.utterances: list[tuple[str, str, str, str, str | None]] = []
        self.steps: list[str] = []

    def run(self) -> str:
        try:
            self.block(self.file.mains[0], dict(self.tapes))
        except Halted as halted:
            while self.steps:
                self.utterances.append(("close", self.steps.pop(), "", "", None))
            return "accept" if halted.accept else "reject"
        except Stuck:
            return "stuck"
        return "accept"

    # ---------------------------------------------------------------- classes and values

    def symbols(self, node: s.ClassExpr) -> frozenset[str]:
        if isinstance(node, s.ClassRange):
            return frozenset(map(chr, range(ord(node.first), ord(node.last) + 1)))
        if isinstance(node, s.ClassBlank):
            return frozenset((BLANK,))
        if isinstance(node, s.ClassName):
            return self.classes[node.name]
        left, right = self.symbols(node.left), self.symbols(node.right)
        return left | right if node.operator == "|" else left - right

    def domain(self, node: s.DomainExpr) -> set[object]:
        if isinstance(node, s.RangeDomain):
            return set(range(node.first, node.last + 1))
        names, todo = set(), [node]
        while todo:
            item = todo.pop()
            if isinstance(item, s.ClassOp):
                todo += [item.left, item.right]
            else:
                assert isinstance(item, s.ClassName)
                names.add("member " + item.name)
        return set(names)

    @staticmethod
    def number(symbol: str) -> object:
        return int(symbol) if symbol.isdecimal() else symbol

    def value(self, node: s.Expr, env: dict[str, object]) -> object:
        match node:
            case s.Number(value=number):
                return number
            case s.Symbol(symbol=symbol):
                return self.number(symbol)
            case s.NameNode(name=name):
                binding = env.get(name, "member " + name)
                if isinstance(binding, TapeModel):
                    return self.number(binding.symbol(binding.head))
                return binding
            case s.Negate(operand=operand):
                value = self.value(operand, env)
                if not isinstance(value, int):
                    raise Stuck
                return -value
        a, b = self.value(node.left, env), self.value(node.right, env)
        if not isinstance(a, int) or not isinstance(b, int):
            raise Stuck
        if node.operator in "/%" and b == 0:
            raise Stuck
        return {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a // b,
            "%": lambda: a % b,
        }[node.operator]()

    def test(self, node: s.Condition, env: dict[str, object]) -> bool:
        match node:
            case s.Not(operand=operand):
                return not self.test(operand, env)
            case s.Logic(operator=operator, left=left, right=right):
                holds = self.test(left, env)
                return holds if holds == (operator == "or") else self.test(right, env)
            case s.Marked(tape=tape):
                cells = env[tape.name]
                assert isinstance(cells, TapeModel)
                return cells.cells.get(cells.head, (BLANK, False))[1]
            case s.In(operand=operand, symbols=symbols, negated=negated):
                if symbols is None:
                    assert isinstance(operand, s.NameNode)
                    cells = self.tape(env, operand.name)
                    return (cells.symbol(cells.head) in cells.word) != negated
                value = self.value(operand, env)
                return (str(value) in self.symbols(symbols)) != negated
        a, b = self.value(node.left, env), self.value(node.right, env)
        if node.operator in ("==", "!="):
            return (a == b) == (node.operator == "==")
        if not isinstance(a, int) or not isinstance(b, int):
            raise Stuck
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[node.operator]

    # ---------------------------------------------------------------- statements

    def block(self, block: s.Block, env: dict[str, object]) -> None:
        inner = dict(env)
        domains: dict[str, set[object]] = env.setdefault("domains", {})  # type: ignore[assignment]
        inner["domains"] = domains
        try:
            for statement in block.statements:
                self.budget -= 1
                if self.budget < 0:
                    raise Exhausted
                self.statement(statement, inner, domains)
        finally:  # what was assigned before a `break` or a `return` holds behind it, too
            for name in env:
                env[name] = inner[name]

    def assign(self, name: str, value: object, domain: set[object], env: dict[str, object]) -> None:
        if value not in domain:
            raise Stuck
        env[name] = value

    def statement(
        self, node: s.Statement, env: dict[str, object], domains: dict[str, set[object]]
    ) -> None:
        match node:
            case s.Move(direction=direction, tapes=tapes):
                for ident in tapes:
                    self.tape(env, ident.name).head += direction
            case s.Write(tape=ident, value=expr):
                cells = self.tape(env, ident.name)
                value = self.value(expr, env)
                if isinstance(value, int) and not 0 <= value <= 9:
                    raise Stuck
                if str(value) != BLANK and str(value) not in cells.symbols:
                    raise Stuck
                cells.cells[cells.head] = (str(value), False)
            case s.Mark(tape=ident, on=on):
                cells = self.tape(env, ident.name)
                cells.cells[cells.head] = (cells.symbol(cells.head), on)
            case s.Let(register=register, domain=domain, value=value):
                domains[register.name] = self.domain(domain)
                self.assign(register.name, self.right(value, env), domains[register.name], env)
            case s.Assign(register=register, value=value):
                new = self.right(value, env)
                self.assign(register.name, new, domains[register.name], env)
            case s.CallStatement(call=call):
                self.call(call, env)
            case s.If(branches=branches, otherwise=otherwise):
                for condition, block in branches:
                    if self.test(condition, env):
                        self.block(block, env)
                        return
                if otherwise is not None:
                    self.block(otherwise, env)
            case s.While(condition=condition, body=body):
                while self.test(condition, env):
                    self.spend()
                    self.block(body, env)
            case s.Loop(body=body):
                self.loop(body, env)
            case s.Break():
                raise Broke
            case s.Return(value=expr):
                raise Returned(None if expr is None else self.right(expr, env))
            case s.Halt(accept=accept):
                raise Halted(accept)
            case s.Keep(body=body):
                self.block(body, env)
            case s.Assume(condition=condition):
                if not self.test(condition, env):
                    raise Stuck
            case s.LocalTape(tapes=tapes, symbols=symbols, like=like):
                if like is not None:
                    model = self.tape(env, like.name)
                    word, known = model.word, model.symbols
                else:
                    assert symbols is not None
                    word = known = self.symbols(symbols)
                for ident in tapes:
                    env[ident.name] = TapeModel(word, known)
            case s.StepBlock(name=name, label=label, body=body):
                text = self.text(label, env) if label else ""
                self.utterances.append(("open", name.name, "", text, None))
                self.steps.append(name.name)
                depth = len(self.steps)
                try:
                    self.block(body, env)
                except (Broke, Returned):
                    self.close(depth)
                    raise
                self.close(depth)
            case s.EmissionStatement(role=role, pairs=pairs):
                for pair in pairs:
                    value = None if pair.value is None else self.text(pair.value, env)
                    key = self.text(pair.key, env)
                    self.utterances.append((role, self.steps[-1], pair.name, key, value))
            case s.Answer(text=text):
                self.utterances.append(("answer", "", "", self.text(text, env), None))

    def close(self, depth: int) -> None:
        assert len(self.steps) == depth
        self.utterances.append(("close", self.steps.pop(), "", "", None))

    def spend(self) -> None:
        self.budget -= 1
        if self.budget < 0:
            raise Exhausted

    def loop(self, body: s.Block, env: dict[str, object]) -> None:
        while True:
            self.spend()
            try:
                self.block(body, env)
            except Broke:
                return

    def tape(self, env: dict[str, object], name: str) -> TapeModel:
        binding = env[name]
        assert isinstance(binding, TapeModel)
        return binding

    def right(self, node: s.Expr | s.Call, env: dict[str, object]) -> object:
        return self.call(node, env) if isinstance(node, s.Call) else self.value(node, env)

    def call(self, node: s.Call, env: dict[str, object]) -> object:
        proc = self.procs[node.proc.name]
        inner: dict[str, object] = {}
        domains: dict[str, set[object]] = {}
        inner["domains"] = domains
        for param, arg in zip(proc.params, node.args, strict=True):
            if isinstance(arg, s.TemplateNode):
                inner[param.name.name] = (arg, env)
            elif param.domain is None:
                assert isinstance(arg, s.NameNode)
                inner[param.name.name] = env[arg.name]
            else:
                domains[param.name.name] = self.domain(param.domain)
                self.assign(param.name.name, self.value(arg, env), domains[param.name.name], inner)
        try:
            self.block(proc.body, inner)
        except Returned as returned:
            if proc.value is not None and returned.value not in self.domain(proc.value):
                raise Stuck from None
            return returned.value
        return None

    def text(self, node: s.TemplateNode, env: dict[str, object]) -> str:
        text = ""
        for part in node.parts:
            if isinstance(part, s.TextPart):
                text += part.text
                continue
            binding = env[part.name]
            if isinstance(binding, TapeModel):
                text += binding.capture(part.capture) or part.default
            elif isinstance(binding, tuple):
                text += self.text(*binding)
            else:
                text += str(binding).removeprefix("member ")
        return text
