"""A direct interpreter of the syntax tree: an oracle that shares nothing with the elaborator.

It walks statements one after the other over dictionaries, with no states, classes or transitions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tm.language import syntax as s
from tm.language.parsing.parser import parse
from tm.language.source import Source
from tm.language.traversal import walk

BLANK = "\0"
TRUE, FALSE = "member true", "member false"


class Stuck(Exception):  # noqa: N818
    """The program cannot continue."""


class Halted(Exception):  # noqa: N818
    """``accept`` or ``reject`` was executed."""

    def __init__(self, accept: bool) -> None:
        self.accept = accept


class Exhausted(Exception):  # noqa: N818
    """The program executes more statements than the budget."""


class Broke(Exception):  # noqa: N818
    """``break`` was executed, or ``at end`` at the end."""

    def __init__(self, each: bool = False) -> None:
        self.each = each


class Continued(Exception):  # noqa: N818
    """``continue`` was executed."""


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
        if name in ("cell", "next", "previous"):
            cell = self.head + {"cell": 0, "next": 1, "previous": -1}[name]
            return self.symbol(cell).replace(BLANK, "")
        if name == "letter":
            return self.symbol(self.head) if self.symbol(self.head) in self.word else ""
        if name == "next_word":
            ahead = self.word_at(self.head).removeprefix(self._left())
            return self.word_at(self.head + len(ahead) + 1)
        if name == "previous_word":
            before = self.capture("before")
            return self.word_at(self.head - len(before) - 2)
        if name == "last_word":
            end = self.head
            while self.symbol(end - 1) not in self.word | {BLANK}:
                end -= 1
            return self._letters_before(end)
        if name == "last_words":
            cells = range(min(self.cells, default=self.head) - 1, self.head)
            before = "".join(self.symbol(p) for p in cells).rpartition(BLANK)[2]
            kinds = "".join("w" if symbol in self.word else "-" for symbol in before)
            found = re.search(r"(w+-*)?w+(?=-*$)", kinds)
            return before[found.start() : found.end()] if found else ""
        if name == "recent":
            return self._recent()
        return self.text

    def _left(self) -> str:
        return self._letters_before(self.head)

    def _letters_before(self, cell: int) -> str:
        first = cell
        while self.symbol(first - 1) in self.word:
            first -= 1
        return "".join(self.symbol(p) for p in range(first, cell))

    def _recent(self) -> str:
        before = "".join(self.symbol(p) for p in range(self.head - 3, self.head))
        here = self.symbol(self.head)
        end = ["end"] if here == BLANK else []
        symbols = before.rpartition(BLANK)[2] + here.replace(BLANK, "")
        has_letters = any(symbol.isalpha() for symbol in self.symbols)
        parts = re.findall(r"." if has_letters else r"[-.0-9][.0-9]*|.", symbols)
        return " ".join("space" if part == " " else part for part in [*parts, *end])


@dataclass
class RegisterModel:
    """A register and the values that it may have."""

    domain: set[object]
    value: object = None

    def set(self, value: object) -> None:
        if value not in self.domain:
            raise Stuck
        self.value = value


class WrapperModel(NamedTuple):
    """The block after a call, what the proc exports, and the names at the call."""

    node: s.Wrapper
    exported: tuple[s.Ident, ...]
    outer: dict[str, object]


Names = dict[str, object]
"""Names with their tapes, registers, or texts (a template and the names that it sees)."""


class Interpreter:
    """Runs a program; ``utterances`` collects kind, step, name, key and value of each."""

    def __init__(self, text: str, inputs: dict[str, str], budget: int = 3000) -> None:
        self.file = parse(Source("machine.tm", text))
        self.budget = budget
        self.classes: dict[str, frozenset[str]] = {}
        for decl in self.file.classes:
            self.classes[decl.name.name] = self.symbols(decl.symbols)
        self.procs = {p.name.name: p for p in self.file.procs}
        self.groups = {g.name.name: g.tapes for g in self.file.groups}
        self.tapes: dict[str, TapeModel] = {}
        for tape in self.file.tapes:
            for ident in tape.tapes:
                known = self.symbols(tape.symbols)
                word = known if tape.word is None else self.symbols(tape.word)
                self.tapes[ident.name] = TapeModel(word, known)
        for name, text in inputs.items():
            self.tapes[name].cells = {i: (x, False) for i, x in enumerate(text)}
        self.utterances: list[tuple[str, str, str, str, str | None]] = []
        self.prints: list[str] = []
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
        names: set[object] = set()
        todo: list[s.DomainExpr] = [node]
        while todo:
            item = todo.pop()
            if isinstance(item, s.ClassOp):
                todo += [item.left, item.right]
            else:
                assert isinstance(item, s.ClassName)
                names |= {TRUE, FALSE} if item.name == "bool" else {"member " + item.name}
        return names

    @staticmethod
    def number(symbol: str) -> object:
        return int(symbol) if symbol.isdecimal() else symbol

    def value(self, node: s.Expr, env: Names) -> object:
        match node:
            case s.Number(value=number):
                return number
            case s.Symbol(symbol=symbol):
                return self.number(symbol)
            case s.NameNode(name=name):
                binding = env.get(name, "member " + name)
                if isinstance(binding, TapeModel):
                    return self.number(binding.symbol(binding.head))
                return binding.value if isinstance(binding, RegisterModel) else binding
            case s.Neighbour(tape=ident, direction=direction):
                cells = self.tape(env, ident.name)
                return self.number(cells.symbol(cells.head + direction))
            case s.Negate(operand=operand):
                value = self.value(operand, env)
                if not isinstance(value, int):
                    raise Stuck
                return -value
            case s.Call():
                return self.call(node, env)
            case s.Logic(operator="or", left=s.NameNode(name=name)) if isinstance(
                env.get(name), TapeModel
            ):
                read = self.value(node.left, env)
                return self.value(node.right, env) if read == BLANK else read
            case s.Binary(left=left, right=right):
                return self.arithmetic(node.operator, self.value(left, env), self.value(right, env))
        return TRUE if self.test(node, env) else FALSE

    def arithmetic(self, operator: str, a: object, b: object) -> object:
        if isinstance(a, str) or isinstance(b, str):
            if BLANK in (a, b) or operator not in "+-":
                raise Stuck
            if isinstance(a, str) and isinstance(b, str):
                if operator == "+" or len(a) > 1 or len(b) > 1:
                    raise Stuck
                return ord(a) - ord(b)
            letter, number = (a, b) if isinstance(a, str) else (b, a)
            assert isinstance(letter, str)
            assert isinstance(number, int)
            if len(letter) > 1 or (operator == "-" and letter is not a):
                raise Stuck
            code = ord(letter) + (number if operator == "+" else -number)
            if not 32 <= code <= 126:
                raise Stuck
            return self.number(chr(code))
        assert isinstance(a, int)
        assert isinstance(b, int)
        if operator in "/%" and b == 0:
            raise Stuck
        return {
            "+": lambda: a + b,
            "-": lambda: a - b,
            "*": lambda: a * b,
            "/": lambda: a // b,
            "%": lambda: a % b,
        }[operator]()

    def test(self, node: s.Expr, env: Names) -> bool:
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
                    if isinstance(operand, s.Neighbour):
                        name, offset = operand.tape.name, operand.direction
                    else:
                        assert isinstance(operand, s.NameNode)
                        name, offset = operand.name, 0
                    cells = self.tape(env, name)
                    return (cells.symbol(cells.head + offset) in cells.word) != negated
                value = self.value(operand, env)
                return (str(value) in self.symbols(symbols)) != negated
            case s.Compare(operator=operator, left=left, right=right):
                a, b = self.value(left, env), self.value(right, env)
                if operator in ("==", "!="):
                    return (a == b) == (operator == "==")
                if not isinstance(a, int) or not isinstance(b, int):
                    raise Stuck
                return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
        return self.value(node, env) == TRUE

    # ---------------------------------------------------------------- statements

    def block(self, block: s.Block, env: Names) -> None:
        inner = dict(env)
        for statement in block.statements:
            self.spend()
            self.statement(statement, inner)

    def statement(self, node: s.Statement, env: Names) -> None:
        match node:
            case s.Move(direction=direction, tapes=tapes, count=count):
                self.move(env, tapes, direction * count)
            case s.MoveUntil(direction=direction, tapes=tapes, condition=condition):
                while not self.test(condition, env):
                    self.spend()
                    self.move(env, tapes, direction)
            case s.WriteOn(tape=ident, value=s.TemplateNode(parts=parts)):
                for part in parts:
                    assert isinstance(part, s.TextPart)
                    for symbol in part.text:
                        self.put(self.tape(env, ident.name), self.number(symbol))
                        self.tape(env, ident.name).head += 1
            case s.WriteOn(tape=ident, value=expr):
                assert not isinstance(expr, s.TemplateNode)
                self.put(self.tape(env, ident.name), self.value(expr, env))
                self.tape(env, ident.name).head += 1
            case s.Write(tape=ident, value=expr):
                self.put(self.tape(env, ident.name), self.value(expr, env))
            case s.Mark(tape=ident, on=on):
                cells = self.tape(env, ident.name)
                cells.cells[cells.head] = (cells.symbol(cells.head), on)
            case s.Let(register=register, domain=domain, value=value):
                if domain is not None:
                    allowed = self.domain(domain)
                elif isinstance(value, s.Call):
                    returned = self.procs[value.proc.name].value
                    assert returned is not None
                    allowed = self.domain(returned)
                else:
                    allowed = {TRUE, FALSE}
                new = RegisterModel(allowed)
                new.set(self.value(value, env))
                env[register.name] = new
            case s.Assign(register=register, value=value):
                known = env[register.name]
                assert isinstance(known, RegisterModel)
                known.set(self.value(value, env))
            case s.CallStatement(call=call):
                proc = self.procs[call.proc.name]
                args = list(self.arguments(call))
                if len(proc.params) == 1 and proc.params[0].is_tape:
                    for arg in args:
                        self.call(s.Call(call.location, call.proc, (arg,), call.wrapper), env)
                else:
                    self.call(call, env)
            case s.If(branches=branches, otherwise=otherwise):
                for condition, block in branches:
                    if self.test(condition, env):
                        self.block(block, env)
                        return
                if otherwise is not None:
                    self.block(otherwise, env)
            case s.While(condition=condition, body=body):
                self.loop(body, env, lambda: self.test(condition, env))
            case s.Loop(body=body):
                self.loop(body, env, lambda: True)
            case s.Repeat(count=expr, body=body):
                rest = self.value(expr, env)
                if not isinstance(rest, int):
                    raise Stuck
                numbers = iter(range(rest))
                self.loop(body, env, lambda: next(numbers, None) is not None)
            case s.For(register=register, first=first, last=last, body=body):
                counter = RegisterModel(set(range(first, last + 1)), first - 1)

                def count_up() -> bool:
                    assert isinstance(counter.value, int)
                    counter.value += 1
                    return counter.value <= last

                self.loop(body, {**env, register.name: counter}, count_up)
            case s.Each():
                self.each(node, env)
            case s.AtEnd(body=at_end):
                end = env["each end"]
                assert callable(end)
                if end():
                    if at_end is not None:
                        self.block(at_end, env)
                    raise Broke(each=True)
            case s.EachBlock(body=body):
                self.each_block(body, env)
            case s.BodyStatement():
                body_of = env["body"]
                assert callable(body_of)
                body_of()
            case s.Break():
                raise Broke
            case s.Continue():
                raise Continued
            case s.Return(value=expr):
                raise Returned(None if expr is None else self.value(expr, env))
            case s.Halt(accept=accept):
                raise Halted(accept)
            case s.Keep(body=body):
                self.block(body, env)
            case s.Assume(condition=condition):
                if not self.test(condition, env):
                    raise Stuck
            case s.Print(text=line):
                self.prints.append(self.text(line, env, blank="_"))
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
                except (Broke, Continued, Returned):
                    self.close(depth)
                    raise
                self.close(depth)
            case s.EmissionStatement(role=role, pairs=pairs):
                for pair in pairs:
                    said = None if pair.value is None else self.text(pair.value, env)
                    key = self.text(pair.key, env)
                    self.utterances.append((role, self.steps[-1], pair.name, key, said))
            case s.Answer(text=text):
                self.utterances.append(("answer", "", "", self.text(text, env), None))

    def close(self, depth: int) -> None:
        assert len(self.steps) == depth
        self.utterances.append(("close", self.steps.pop(), "", "", None))

    def spend(self) -> None:
        self.budget -= 1
        if self.budget < 0:
            raise Exhausted

    def loop(
        self,
        body: s.Block,
        env: Names,
        test: Callable[[], bool],
        after: Callable[[], None] = lambda: None,
        each: bool = False,
    ) -> None:
        """Run passes while ``test`` holds; ``after`` follows each pass."""
        while test():
            self.spend()
            try:
                self.block(body, env)
            except Continued:
                pass
            except Broke as broke:
                if broke.each and not each:
                    raise
                return
            after()

    def each(self, node: s.Each, env: Names) -> None:
        def end() -> bool:
            if node.condition is not None:
                return self.test(node.condition, inner)
            first = self.groups.get(node.tapes[0].name, node.tapes)[0]
            cells = self.tape(env, first.name)
            return cells.symbol(cells.head) == BLANK

        inner = {**env, "each end": end}
        has_end = any(isinstance(x, s.AtEnd) for x in walk(node.body, s.Each))
        self.loop(
            node.body,
            inner,
            lambda: has_end or not end(),
            lambda: self.move(env, node.tapes, node.direction),
            each=True,
        )

    def each_block(self, block: s.Block, env: Names) -> None:
        """Run the ``each`` block of a proc, within the wrapper of the call if there is one."""
        wrapper = env.get("wrapper")
        if wrapper is None:
            self.block(block, env)
            return
        assert isinstance(wrapper, WrapperModel)
        node, exported, outer = wrapper
        inner = {**outer, "body": lambda: self.block(block, env)}
        for ident, register in zip(node.registers, exported, strict=True):
            inner[ident.name] = env[register.name]
        self.block(node.body, inner)

    def move(self, env: Names, tapes: tuple[s.Ident, ...], cells: int) -> None:
        for ident in tapes:
            for tape in self.groups.get(ident.name, (ident,)):
                self.tape(env, tape.name).head += cells

    def put(self, cells: TapeModel, value: object) -> None:
        if isinstance(value, int) and not 0 <= value <= 9:
            raise Stuck
        if str(value) != BLANK and str(value) not in cells.symbols:
            raise Stuck
        cells.cells[cells.head] = (str(value), False)

    def tape(self, env: Names, name: str) -> TapeModel:
        binding = env[name]
        assert isinstance(binding, TapeModel)
        return binding

    def call(self, node: s.Call, env: Names) -> object:
        proc = self.procs[node.proc.name]
        inner: Names = {}
        if proc.uses:
            inner |= self.tapes
        if node.wrapper is not None:
            inner["wrapper"] = WrapperModel(node.wrapper, proc.exported or (), env)
        args: list[object] = []
        for param, arg in zip(proc.params, self.arguments(node), strict=True):
            if isinstance(arg, s.TemplateNode):
                args.append((arg, env))
            elif param.domain is None:
                assert isinstance(arg, s.NameNode)
                args.append(env[arg.name])
            else:
                register = RegisterModel(self.domain(param.domain))
                register.set(self.value(arg, env))
                args.append(register)
        inner |= {param.name.name: arg for param, arg in zip(proc.params, args, strict=True)}
        try:
            self.block(proc.body, inner)
        except Returned as returned:
            if proc.value is not None and returned.value not in self.domain(proc.value):
                raise Stuck from None
            return returned.value
        return None

    def arguments(self, node: s.Call) -> Iterator[s.Expr | s.TemplateNode]:
        for arg in node.args:
            if isinstance(arg, s.NameNode) and arg.name in self.groups:
                for ident in self.groups[arg.name]:
                    yield s.NameNode(arg.location, ident.name)
            else:
                yield arg

    def text(self, node: s.TemplateNode, env: Names, blank: str = "") -> str:
        text = ""
        for part in node.parts:
            if isinstance(part, s.TextPart):
                text += part.text
                continue
            binding = env[part.name]
            if isinstance(binding, TapeModel):
                text += binding.capture(part.capture) or part.default or blank
            elif isinstance(binding, tuple):
                template, names = binding
                text += self.text(template, names, blank)
            else:
                assert isinstance(binding, RegisterModel)
                text += str(binding.value).removeprefix("member ")
        return text
