"""Lark's parse tree → our syntax tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.source import Source, SourceRange
from tm.table import BLANK

MAX_DEPTH = 200
"""How deep a syntax tree may be: nested blocks, long chains of one operator."""
MAX_NUMBER = 9_999

_HOLE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)(?:\.([a-z]+))?(?:\|([^{}]*))?\}")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ESCAPES = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}
_TEMPLATE = re.compile(r"\\.|\{\{|\}\}|\{[^{}]*\}|[{}]|[^\\{}]+", re.DOTALL)

Parsed = Tree[Token] | Token | None


class TooDeep(Exception):  # noqa: N818
    """The tree is deeper than ``MAX_DEPTH``."""

    def __init__(self, span: SourceRange) -> None:
        self.span = span


class Builder:
    """Builds the nodes of one source; faults of literals, names and templates go to ``report``."""

    def __init__(self, source: Source, report: Reporter, keywords: frozenset[str]) -> None:
        self.source = source
        self.report = report
        self.keywords = keywords
        self.depth = 0

    def file(self, tree: Tree[Token]) -> s.File:
        groups: dict[str, list[Any]] = {}
        for child in _trees(tree):
            try:
                node = self.node(child)
            except TooDeep as error:
                self.report.error(
                    "TM004",
                    f"nested deeper than {MAX_DEPTH}",
                    error.span,
                    "split it: name a class, or use a proc or a register for a part",
                )
                self.depth = 0
                continue
            groups.setdefault(_GROUPS[str(child.data)], []).append(node)
        span = self.source.span(0, len(self.source.text))
        return s.File(span, **{name: tuple(nodes) for name, nodes in groups.items()})

    # -------------------------------------------------------------- helpers

    def span(self, node: Tree[Token] | Token) -> SourceRange:
        if isinstance(node, Token):
            return self.source.span(node.start_pos or 0, node.end_pos or 0)
        return self.source.span(
            getattr(node.meta, "start_pos", 0), getattr(node.meta, "end_pos", 0)
        )

    def node(self, tree: Parsed) -> Any:
        """The node of a tree: dispatch on its rule's name."""
        if not isinstance(tree, Tree):
            raise TypeError(f"not a tree: {tree!r}")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooDeep(self.span(tree))
        method: Callable[[Tree[Token], SourceRange], Any] = getattr(self, "on_" + str(tree.data))
        built = method(tree, self.span(tree))
        self.depth -= 1
        return built

    def optional(self, tree: Parsed) -> Any:
        return None if tree is None else self.node(tree)

    def ident(self, token: Token) -> s.Ident:
        name = str(token)
        if name in self.keywords or name == "text":
            self.report.error(
                "TM009", f"`{name}` is a word of the language, not a name", self.span(token)
            )
        return s.Ident(self.span(token), name)

    def idents(self, tree: Parsed) -> tuple[s.Ident, ...]:
        return tuple(self.ident(t) for t in _tokens(tree, "NAME"))

    def symbol_of(self, token: Token) -> str:
        return str(token)[1:-1].replace("\\'", "'").replace("\\\\", "\\")

    def number(self, token: Token) -> int:
        if len(token) > 4:
            self.report.error(
                "TM008",
                f"a number may be {MAX_NUMBER:,} at the most",
                self.span(token),
                "larger numbers live on tapes, digit by digit",
            )
            return 0
        return int(token)

    # -------------------------------------------------------------- declarations

    def on_import_std(self, tree: Tree[Token], span: SourceRange) -> s.Import:
        folder, name = _tokens(tree, "NAME")
        if folder != "std":
            self.report.error(
                "TM023",
                f"no library `{folder}`",
                self.span(folder),
                'the standard library is `std`; a file is imported as `import "file.tm"`',
            )
        return s.Import(span, str(name), True)

    def on_import_file(self, tree: Tree[Token], span: SourceRange) -> s.Import:
        return s.Import(span, str(_tokens(tree, "STRING")[0])[1:-1], False)

    def on_class_decl(self, tree: Tree[Token], span: SourceRange) -> s.ClassDecl:
        return s.ClassDecl(span, self.ident(_tokens(tree, "NAME")[0]), self.node(_parts(tree)[-1]))

    def on_enum_decl(self, tree: Tree[Token], span: SourceRange) -> s.EnumDecl:
        name, *members = (self.ident(t) for t in _tokens(tree, "NAME"))
        return s.EnumDecl(span, name, tuple(members))

    def on_tape_decl(self, tree: Tree[Token], span: SourceRange) -> s.TapeDecl:
        _, names, _, symbols, _, word = _parts(tree)
        return s.TapeDecl(span, self.idents(names), self.node(symbols), self.optional(word))

    def on_main_decl(self, tree: Tree[Token], span: SourceRange) -> Any:
        return self.node(_parts(tree)[1])

    def on_proc_decl(self, tree: Tree[Token], span: SourceRange) -> s.ProcDecl:
        _, name, _, params, _, _, exits, body = _parts(tree)
        value: s.DomainExpr | None = None
        contracts: list[tuple[s.Ident, s.Ident]] = []
        for item in exits.children if isinstance(exits, Tree) else ():
            if not isinstance(item, Tree):
                continue
            if item.data == "exit_contract":
                tape, contract = (self.loose_ident(t) for t in _tokens(item, "NAME"))
                contracts.append((tape, contract))
            elif value is None and not contracts:
                value = self.node(item.children[0])
            else:
                self.report.error(
                    "TM006", "a proc returns one value, before its head contracts", self.span(item)
                )
        built = tuple(self.node(p) for p in _trees(params))
        return s.ProcDecl(
            span,
            self.ident(name),
            built,
            value,
            tuple(contracts),
            self.node(body),
        )

    def loose_ident(self, token: Token) -> s.Ident:
        """A name that may be a word of the language (``start`` is a contract too)."""
        return s.Ident(self.span(token), str(token))

    def on_tape_param(self, tree: Tree[Token], span: SourceRange) -> s.Param:
        name, _, contract = _parts(tree)
        return s.Param(
            span,
            self.ident(name),
            self.loose_ident(contract) if isinstance(contract, Token) else None,
            None,
        )

    def on_value_param(self, tree: Tree[Token], span: SourceRange) -> s.Param:
        name, _, domain = _parts(tree)
        return s.Param(span, self.ident(name), None, self.node(domain))

    def on_start_decl(self, tree: Tree[Token], span: SourceRange) -> s.Ident:
        return self.ident(_tokens(tree, "NAME")[0])

    def on_rule_decl(self, tree: Tree[Token], span: SourceRange) -> s.RuleDecl:
        _, state, reads, _, writes, moves, target = _parts(tree)
        return s.RuleDecl(
            span,
            self.ident(state),
            self.cells(reads),
            None if writes is None else self.cells(writes),
            None if moves is None else self.cells(moves),
            self.loose_ident(target),
            self.span(reads),
        )

    def cells(self, tree: Parsed) -> tuple[s.ClassExpr | None, ...]:
        return tuple(None if t.data == "any_symbol" else self.node(t) for t in _trees(tree))

    def on_style_decl(self, tree: Tree[Token], span: SourceRange) -> s.StyleDecl:
        name = self.ident(_tokens(tree, "NAME")[0])
        return s.StyleDecl(span, name, tuple(self.node(w) for w in _trees(tree)))

    def on_wording(self, tree: Tree[Token], span: SourceRange) -> s.Wording:
        key = ".".join(str(t) for t in _tokens(tree, "NAME"))
        return s.Wording(span, key, self.template(_tokens(tree, "STRING")[0]))

    # -------------------------------------------------------------- classes and domains

    def on_class_union(self, tree: Tree[Token], span: SourceRange) -> s.ClassOp:
        left, operator, right = _parts(tree)
        return s.ClassOp(span, str(operator), self.node(left), self.node(right))

    on_class_difference = on_class_union

    def on_class_range(self, tree: Tree[Token], span: SourceRange) -> s.ClassRange:
        first, _, last = _parts(tree)
        a = self.symbol_of(first)
        b = a if last is None else self.symbol_of(last)
        if a > b:
            self.report.error(
                "TM007", f"the range '{a}'..'{b}' is empty", span, f"write '{b}'..'{a}'"
            )
        return s.ClassRange(span, a, b)

    def on_class_blank(self, tree: Tree[Token], span: SourceRange) -> s.ClassBlank:
        return s.ClassBlank(span)

    def on_class_name(self, tree: Tree[Token], span: SourceRange) -> s.ClassName:
        return s.ClassName(span, str(_parts(tree)[0]))

    def on_class_domain(self, tree: Tree[Token], span: SourceRange) -> Any:
        return self.node(_parts(tree)[0])

    def on_range_domain(self, tree: Tree[Token], span: SourceRange) -> s.RangeDomain:
        first, last = (self.integer(t) for t in _trees(tree))
        if first > last:
            self.report.error(
                "TM007", f"the range {first}..{last} is empty", span, f"write {last}..{first}"
            )
        return s.RangeDomain(span, first, last)

    def integer(self, tree: Tree[Token]) -> int:
        minus, number = _parts(tree)
        value = self.number(number)
        return value if minus is None else -value

    # -------------------------------------------------------------- statements

    def on_block(self, tree: Tree[Token], span: SourceRange) -> s.Block:
        return s.Block(span, tuple(self.node(t) for t in _trees(tree)))

    def on_move(self, tree: Tree[Token], span: SourceRange) -> s.Move:
        word, names = _parts(tree)
        return s.Move(span, -1 if word == "left" else 1, self.idents(names))

    def on_write(self, tree: Tree[Token], span: SourceRange) -> s.Write:
        tape, _, value = _parts(tree)
        return s.Write(span, self.ident(tape), self.node(value))

    def on_let(self, tree: Tree[Token], span: SourceRange) -> s.Let:
        _, name, _, domain, _, value = _parts(tree)
        return s.Let(span, self.ident(name), self.node(domain), self.node(value))

    def on_assign(self, tree: Tree[Token], span: SourceRange) -> s.Assign:
        name, _, value = _parts(tree)
        return s.Assign(span, self.ident(name), self.node(value))

    def on_call_statement(self, tree: Tree[Token], span: SourceRange) -> s.CallStatement:
        return s.CallStatement(span, self.node(_parts(tree)[0]))

    def on_if_statement(self, tree: Tree[Token], span: SourceRange) -> s.If:
        _, condition, block, *rest = _parts(tree)
        branches = [(self.node(condition), self.node(block))]
        for part in rest[:-2]:
            _, condition, block = _parts(part)
            branches.append((self.node(condition), self.node(block)))
        return s.If(span, tuple(branches), self.optional(rest[-1]))

    def on_while_statement(self, tree: Tree[Token], span: SourceRange) -> s.While:
        _, condition, block = _parts(tree)
        return s.While(span, self.node(condition), self.node(block))

    def on_loop_statement(self, tree: Tree[Token], span: SourceRange) -> s.Loop:
        return s.Loop(span, self.node(_parts(tree)[1]))

    def on_break_statement(self, tree: Tree[Token], span: SourceRange) -> s.Break:
        return s.Break(span)

    def on_return_statement(self, tree: Tree[Token], span: SourceRange) -> s.Return:
        return s.Return(span, self.optional(_parts(tree)[1]))

    def on_halt(self, tree: Tree[Token], span: SourceRange) -> s.Halt:
        return s.Halt(span, str(_parts(tree)[0]) == "accept")

    def on_local_tape(self, tree: Tree[Token], span: SourceRange) -> s.LocalTape:
        _, _, names, _, symbols, _, word = _parts(tree)
        return s.LocalTape(span, self.idents(names), self.node(symbols), self.optional(word), None)

    def on_local_like(self, tree: Tree[Token], span: SourceRange) -> s.LocalTape:
        names, like = _parts(tree)[2], _parts(tree)[4]
        return s.LocalTape(span, self.idents(names), None, None, self.ident(like))

    def on_mark(self, tree: Tree[Token], span: SourceRange) -> s.Mark:
        word, tape = _parts(tree)
        return s.Mark(span, self.ident(tape), str(word) == "mark")

    def on_keep(self, tree: Tree[Token], span: SourceRange) -> s.Keep:
        _, names, block = _parts(tree)
        return s.Keep(span, self.idents(names), self.node(block))

    def on_assume(self, tree: Tree[Token], span: SourceRange) -> s.Assume:
        return s.Assume(span, self.node(_parts(tree)[1]))

    def on_step(self, tree: Tree[Token], span: SourceRange) -> s.StepBlock:
        _, name, _, label, block = _parts(tree)
        ident = self.ident(name)
        if ident.name in ("next", "end"):
            self.report.error(
                "TM009", f"a step cannot be called `{ident.name}`: styles use that word", ident.span
            )
        text = self.template(label) if isinstance(label, Token) else None
        return s.StepBlock(span, ident, text, self.node(block))

    def on_emission(self, tree: Tree[Token], span: SourceRange) -> s.EmissionStatement:
        return s.EmissionStatement(
            span, str(_parts(tree)[0]), tuple(self.node(t) for t in _trees(tree))
        )

    def on_pair(self, tree: Tree[Token], span: SourceRange) -> s.PairNode:
        name, key, _, said = _parts(tree)
        value = self.said(said)
        return self.pair(span, name, key, value)

    def on_verdict(self, tree: Tree[Token], span: SourceRange) -> s.PairNode:
        name, key = _parts(tree)
        return self.pair(span, name, key, None)

    def pair(
        self, span: SourceRange, name: Parsed, key: Token, value: s.TemplateNode | None
    ) -> s.PairNode:
        template = self.template(key)
        if isinstance(name, Token):
            return s.PairNode(span, str(name), template, value)
        for part in template.parts:
            text = part.text if isinstance(part, s.TextPart) else part.name
            if match := _IDENTIFIER.search(text):
                return s.PairNode(span, match.group().rstrip("0123456789_"), template, value)
        self.report.error(
            "TM054",
            "this emission has no name: styles could not reword it",
            span,
            'write a name before the string, as in `solve verdict ">"`',
        )
        return s.PairNode(span, "unnamed", template, value)

    def said(self, tree: Tree[Token]) -> s.TemplateNode:
        token = _parts(tree)[0]
        if tree.data == "said_text":
            return self.template(token)
        if tree.data == "said_none":
            return s.TemplateNode(self.span(token), (s.TextPart(self.span(token), "none"),))
        return self.template_from(str(token), (token.start_pos or 0), self.span(token))

    def on_answer(self, tree: Tree[Token], span: SourceRange) -> s.Answer:
        return s.Answer(span, self.template(_tokens(tree, "STRING")[0]))

    def on_call(self, tree: Tree[Token], span: SourceRange) -> s.Call:
        name = _tokens(tree, "NAME")[0]
        return s.Call(span, self.ident(name), tuple(self.node(t) for t in _trees(tree)))

    def on_text_arg(self, tree: Tree[Token], span: SourceRange) -> s.TemplateNode:
        return self.template(_parts(tree)[0])

    # -------------------------------------------------------------- expressions and conditions

    def on_name(self, tree: Tree[Token], span: SourceRange) -> s.NameNode:
        return s.NameNode(span, str(_parts(tree)[0]))

    def on_symbol(self, tree: Tree[Token], span: SourceRange) -> s.Symbol:
        return s.Symbol(span, self.symbol_of(_parts(tree)[0]))

    def on_blank(self, tree: Tree[Token], span: SourceRange) -> s.Symbol:
        return s.Symbol(span, BLANK)

    def on_number(self, tree: Tree[Token], span: SourceRange) -> s.Number:
        return s.Number(span, self.number(_parts(tree)[0]))

    def on_binary(self, tree: Tree[Token], span: SourceRange) -> s.Binary:
        left, operator, right = _parts(tree)
        return s.Binary(span, str(operator), self.node(left), self.node(right))

    def on_negate(self, tree: Tree[Token], span: SourceRange) -> s.Negate:
        return s.Negate(span, self.node(_parts(tree)[1]))

    def on_grouped(self, tree: Tree[Token], span: SourceRange) -> Any:
        return self.node(_parts(tree)[1])

    def on_member(self, tree: Tree[Token], span: SourceRange) -> s.In:
        return s.In(span, self.node(_parts(tree)[0]), self.node(_parts(tree)[-1]), False)

    def on_not_member(self, tree: Tree[Token], span: SourceRange) -> s.In:
        return s.In(span, self.node(_parts(tree)[0]), self.node(_parts(tree)[-1]), True)

    def on_in_word(self, tree: Tree[Token], span: SourceRange) -> s.In:
        return s.In(span, self.node(_parts(tree)[0]), None, False)

    def on_not_in_word(self, tree: Tree[Token], span: SourceRange) -> s.In:
        return s.In(span, self.node(_parts(tree)[0]), None, True)

    def on_compare(self, tree: Tree[Token], span: SourceRange) -> s.Compare:
        left, operator, right = _parts(tree)
        return s.Compare(span, str(operator), self.node(left), self.node(right))

    def on_marked(self, tree: Tree[Token], span: SourceRange) -> s.Marked:
        return s.Marked(span, self.ident(_parts(tree)[1]))

    def on_negation(self, tree: Tree[Token], span: SourceRange) -> s.Not:
        return s.Not(span, self.node(_parts(tree)[1]))

    def on_either(self, tree: Tree[Token], span: SourceRange) -> s.Logic:
        left, operator, right = _parts(tree)
        return s.Logic(span, str(operator), self.node(left), self.node(right))

    on_both = on_either

    # -------------------------------------------------------------- templates

    def template(self, token: Token) -> s.TemplateNode:
        """The template of a string token."""
        return self.template_from(str(token)[1:-1], (token.start_pos or 0) + 1, self.span(token))

    def template_from(self, text: str, offset: int, span: SourceRange) -> s.TemplateNode:
        parts: list[s.TextPart | s.PlaceholderPart] = []
        for match in _TEMPLATE.finditer(text):
            piece, at = (
                match.group(),
                self.source.span(offset + match.start(), offset + match.end()),
            )
            if piece.startswith("\\") or piece in ("{{", "}}"):
                literal = _ESCAPES.get(piece) if piece.startswith("\\") else piece[0]
                if literal is None:
                    self.report.error(
                        "TM007", f"no escape `{piece}`", at, r"the escapes are \n, \" and \\"
                    )
                parts.append(s.TextPart(at, literal or ""))
            elif hole := _HOLE.fullmatch(piece):
                parts.append(s.PlaceholderPart(at, hole[1], hole[2] or "", hole[3] or ""))
            elif piece[0] in "{}":
                self.report.error(
                    "TM051",
                    f"`{piece}` is no hole",
                    at,
                    "holes: {t}, {t.before}, {t.cell}, {t.all}, {t|default}; a brace: {{ or }}",
                )
            else:
                parts.append(s.TextPart(at, piece))
        return s.TemplateNode(span, tuple(parts))


_GROUPS = {
    "import_std": "imports", "import_file": "imports",
    "class_decl": "classes", "enum_decl": "enums",
    "tape_decl": "tapes", "proc_decl": "procs", "main_decl": "mains", "style_decl": "styles",
    "start_decl": "starts", "rule_decl": "rules",
}  # fmt: skip


def _parts(tree: Tree[Token]) -> list[Any]:
    """The children of a tree: trees, tokens, and None for what was left out."""
    return list(tree.children)


def _tokens(tree: Parsed, kind: str) -> list[Token]:
    children = tree.children if isinstance(tree, Tree) else []
    return [t for t in children if isinstance(t, Token) and t.type == kind]


def _trees(tree: Parsed) -> list[Tree[Token]]:
    children = tree.children if isinstance(tree, Tree) else []
    return [t for t in children if isinstance(t, Tree)]
