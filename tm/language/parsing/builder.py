"""Nodes of declarations and statements: Lark's parse tree to the syntax tree."""

from __future__ import annotations

import re
from typing import Any

from lark import Token, Tree

from tm.language import syntax as s
from tm.language.parsing.expressions import (
    MAX_TREE_DEPTH,
    ExpressionBuilder,
    Parsed,
    TreeTooDeep,
    parts,
    tokens,
    trees,
)
from tm.language.parsing.templates import parse_template
from tm.language.source import SourceRange

MAX_MOVES = 64
"""Maximum number of cells in ``right t by 4``."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

_FILE_FIELDS = {
    "import_std": "imports", "import_file": "imports",
    "class_decl": "classes", "enum_decl": "enums", "tape_decl": "tapes", "group_decl": "groups",
    "proc_decl": "procs", "main_decl": "mains", "style_decl": "styles",
    "start_decl": "starts", "rule_decl": "rules",
}  # fmt: skip
"""The field of ``syntax.File`` that each kind of declaration belongs to."""


class Builder(ExpressionBuilder):
    """Builds the syntax tree of one source."""

    def file(self, tree: Tree[Token]) -> s.File:
        """Return the syntax tree of a whole file; declarations that nest too deep are left out."""
        fields: dict[str, list[Any]] = {}
        for child in trees(tree):
            try:
                node = self.node(child)
            except TreeTooDeep as error:
                self.report.error(
                    "TM004",
                    f"nested deeper than {MAX_TREE_DEPTH} levels",
                    error.location,
                    "split it: name a part as a class, or move it into a proc or a register",
                )
                self.depth = 0
                continue
            nodes = node if isinstance(node, list) else [node]
            fields.setdefault(_FILE_FIELDS[str(child.data)], []).extend(nodes)
        location = self.source.location(0, len(self.source.text))
        return s.File(location, **{name: tuple(nodes) for name, nodes in fields.items()})

    # -------------------------------------------------------------- declarations

    def on_import_std(self, tree: Tree[Token], location: SourceRange) -> list[s.Import]:
        return [self.node(library) for library in trees(tree)]

    def on_library(self, tree: Tree[Token], location: SourceRange) -> s.Import:
        folder, name = tokens(tree, "NAME")
        if folder != "std":
            self.report.error(
                "TM023",
                f"unknown library `{folder}`",
                self.location(folder),
                'the standard library is `std`; a file is imported as `import "file.tm"`',
            )
        return s.Import(location, str(name), True)

    def on_import_file(self, tree: Tree[Token], location: SourceRange) -> s.Import:
        return s.Import(location, str(tokens(tree, "STRING")[0])[1:-1], False)

    def on_class_decl(self, tree: Tree[Token], location: SourceRange) -> s.ClassDecl:
        return s.ClassDecl(
            location, self.ident(tokens(tree, "NAME")[0]), self.node(parts(tree)[-1])
        )

    def on_enum_decl(self, tree: Tree[Token], location: SourceRange) -> s.EnumDecl:
        name, *members = (self.ident(t) for t in tokens(tree, "NAME"))
        return s.EnumDecl(location, name, tuple(members))

    def on_tape_decl(self, tree: Tree[Token], location: SourceRange) -> s.TapeDecl:
        _, names, _, symbols, _, word = parts(tree)
        return s.TapeDecl(location, self.idents(names), self.node(symbols), self.optional(word))

    def on_group_decl(self, tree: Tree[Token], location: SourceRange) -> s.GroupDecl:
        _, name, _, names = parts(tree)
        return s.GroupDecl(location, self.ident(name), self.idents(names))

    def on_main_decl(self, tree: Tree[Token], location: SourceRange) -> Any:
        return self.node(parts(tree)[1])

    def on_proc_decl(self, tree: Tree[Token], location: SourceRange) -> s.ProcDecl:
        _, name, _, params, _, exported, _, uses, _, exits, body = parts(tree)
        value: s.DomainExpr | None = None
        contracts: list[tuple[s.Ident, s.Ident]] = []
        for item in exits.children if isinstance(exits, Tree) else ():
            if not isinstance(item, Tree):
                continue
            if item.data == "exit_contract":
                tape, contract = (self.unchecked_ident(t) for t in tokens(item, "NAME"))
                contracts.append((tape, contract))
            elif value is None and not contracts:
                value = self.node(item.children[0])
            else:
                self.report.error(
                    "TM006",
                    "a proc returns at most one value, written before its head contracts",
                    self.location(item),
                )
        param_nodes = tuple(self.node(p) for p in trees(params))
        return s.ProcDecl(
            location,
            self.ident(name),
            param_nodes,
            None if exported is None else self.exported(exported),
            bool(tokens(uses, "ALL")) or self.idents(parts(uses)[0]) if uses else (),
            value,
            tuple(contracts),
            self.node(body),
        )

    def exported(self, tree: Tree[Token]) -> tuple[s.Ident, ...]:
        """Return the names in ``each(names)``."""
        names = parts(tree)[2]
        return () if names is None else self.idents(names)

    def on_tape_param(self, tree: Tree[Token], location: SourceRange) -> s.Param:
        name, _, contract = parts(tree)
        contract_ident = self.unchecked_ident(contract) if isinstance(contract, Token) else None
        return s.Param(location, self.ident(name), contract_ident, None)

    def on_value_param(self, tree: Tree[Token], location: SourceRange) -> s.Param:
        name, _, domain = parts(tree)
        return s.Param(location, self.ident(name), None, self.node(domain))

    def on_start_decl(self, tree: Tree[Token], location: SourceRange) -> s.Ident:
        return self.ident(tokens(tree, "NAME")[0])

    def on_rule_decl(self, tree: Tree[Token], location: SourceRange) -> s.RuleDecl:
        _, state, reads, _, writes, moves, target = parts(tree)
        return s.RuleDecl(
            location,
            self.ident(state),
            self.cells(reads),
            None if writes is None else self.cells(writes),
            None if moves is None else self.cells(moves),
            self.unchecked_ident(target),
            self.location(reads),
        )

    def cells(self, tree: Parsed) -> tuple[s.ClassExpr | None, ...]:
        return tuple(None if t.data == "any_symbol" else self.node(t) for t in trees(tree))

    def on_style_decl(self, tree: Tree[Token], location: SourceRange) -> s.StyleDecl:
        name = self.ident(tokens(tree, "NAME")[0])
        return s.StyleDecl(location, name, tuple(self.node(w) for w in trees(tree)))

    def on_wording(self, tree: Tree[Token], location: SourceRange) -> s.Wording:
        key = ".".join(str(t) for t in tokens(tree, "NAME"))
        return s.Wording(location, key, self.template(tokens(tree, "STRING")[0]))

    # -------------------------------------------------------------- statements

    def on_block(self, tree: Tree[Token], location: SourceRange) -> s.Block:
        return s.Block(location, tuple(self.node(t) for t in trees(tree)))

    def body(self, tree: Tree[Token]) -> s.Block:
        """Return the block of a branch or a loop, which may be a step without braces around it."""
        node: s.Block | s.StepBlock = self.node(tree)
        return node if isinstance(node, s.Block) else s.Block(node.location, (node,))

    def on_move(self, tree: Tree[Token], location: SourceRange) -> s.Move:
        moves, names, _, count = parts(tree)
        number = 1 if count is None else self.number(count)
        if not 1 <= number <= MAX_MOVES:
            self.report.error(
                "TM008",
                f"a head moves by 1 to {MAX_MOVES} cells, not {number}",
                self.location(count),
                "longer ways are loops: `right t until …`",
            )
            number = 1
        return s.Move(location, _direction(moves), self.idents(names), number)

    def on_move_until(self, tree: Tree[Token], location: SourceRange) -> s.MoveUntil:
        moves, names, _, condition = parts(tree)
        return s.MoveUntil(location, _direction(moves), self.idents(names), self.node(condition))

    def on_write(self, tree: Tree[Token], location: SourceRange) -> s.Write:
        tape, _, value = parts(tree)
        return s.Write(location, self.ident(tape), self.node(value))

    def on_write_on(self, tree: Tree[Token], location: SourceRange) -> s.WriteOn:
        _, tape, value = parts(tree)
        node = self.template(value) if isinstance(value, Token) else self.node(value)
        return s.WriteOn(location, self.ident(tape), node)

    def on_let(self, tree: Tree[Token], location: SourceRange) -> s.Let:
        _, name, _, domain, _, value = parts(tree)
        return s.Let(location, self.ident(name), self.optional(domain), self.node(value))

    def on_assign(self, tree: Tree[Token], location: SourceRange) -> s.Assign:
        name, _, value = parts(tree)
        return s.Assign(location, self.ident(name), self.node(value))

    def on_call_statement(self, tree: Tree[Token], location: SourceRange) -> s.CallStatement:
        return s.CallStatement(location, self.node(parts(tree)[0]))

    def on_if_statement(self, tree: Tree[Token], location: SourceRange) -> s.If:
        _, condition, body, *rest = parts(tree)
        branches = [(self.node(condition), self.body(body))]
        for part in rest[:-2]:
            *_, condition, body = parts(part)
            branches.append((self.node(condition), self.body(body)))
        return s.If(location, tuple(branches), None if rest[-1] is None else self.body(rest[-1]))

    def on_while_statement(self, tree: Tree[Token], location: SourceRange) -> s.While:
        _, condition, body = parts(tree)
        return s.While(location, self.node(condition), self.body(body))

    def on_loop_statement(self, tree: Tree[Token], location: SourceRange) -> s.Loop:
        return s.Loop(location, self.body(parts(tree)[1]))

    def on_repeat_statement(self, tree: Tree[Token], location: SourceRange) -> s.Repeat:
        _, count, body = parts(tree)
        return s.Repeat(location, self.node(count), self.body(body))

    def on_for_statement(self, tree: Tree[Token], location: SourceRange) -> s.For:
        _, name, _, first, _, last, body = parts(tree)
        domain = self.range_domain(first, last, location)
        return s.For(location, self.ident(name), domain.first, domain.last, self.body(body))

    def on_each_statement(self, tree: Tree[Token], location: SourceRange) -> s.Each:
        _, moves, names, _, condition, body = parts(tree)
        return s.Each(
            location,
            1 if moves is None else _direction(moves),
            self.idents(names),
            self.optional(condition),
            self.body(body),
        )

    def on_at_end(self, tree: Tree[Token], location: SourceRange) -> s.AtEnd:
        return s.AtEnd(location, self.optional(parts(tree)[-1]))

    def on_each_block(self, tree: Tree[Token], location: SourceRange) -> s.EachBlock:
        return s.EachBlock(location, self.node(parts(tree)[1]))

    def on_body_statement(self, tree: Tree[Token], location: SourceRange) -> s.BodyStatement:
        return s.BodyStatement(location)

    def on_wrapped_call(self, tree: Tree[Token], location: SourceRange) -> s.Call:
        call, exported, block = parts(tree)
        node: s.Call = self.node(call)
        wrapper = s.Wrapper(
            self.location(exported)._replace(end=self.location(block).end),
            self.exported(exported),
            self.node(block),
        )
        return s.Call(location, node.proc, node.args, wrapper)

    def on_continue_statement(self, tree: Tree[Token], location: SourceRange) -> s.Continue:
        return s.Continue(location)

    def on_break_statement(self, tree: Tree[Token], location: SourceRange) -> s.Break:
        return s.Break(location)

    def on_return_statement(self, tree: Tree[Token], location: SourceRange) -> s.Return:
        return s.Return(location, self.optional(parts(tree)[1]))

    def on_halt(self, tree: Tree[Token], location: SourceRange) -> s.Halt:
        return s.Halt(location, str(parts(tree)[0]) == "accept")

    def on_local_tape(self, tree: Tree[Token], location: SourceRange) -> s.LocalTape:
        _, _, names, _, symbols, _, word = parts(tree)
        return s.LocalTape(
            location, self.idents(names), self.node(symbols), self.optional(word), None
        )

    def on_local_like(self, tree: Tree[Token], location: SourceRange) -> s.LocalTape:
        names, like = parts(tree)[2], parts(tree)[4]
        return s.LocalTape(location, self.idents(names), None, None, self.ident(like))

    def on_mark(self, tree: Tree[Token], location: SourceRange) -> s.Mark:
        keyword, tape = parts(tree)
        return s.Mark(location, self.ident(tape), str(keyword) == "mark")

    def on_keep(self, tree: Tree[Token], location: SourceRange) -> s.Keep:
        _, names, block = parts(tree)
        return s.Keep(location, self.idents(names), self.node(block))

    def on_assume(self, tree: Tree[Token], location: SourceRange) -> s.Assume:
        _, condition, message = parts(tree)
        shown = None if message is None else self.template(message)
        return s.Assume(location, self.node(condition), shown)

    def on_print(self, tree: Tree[Token], location: SourceRange) -> s.Print:
        return s.Print(location, self.template(tokens(tree, "STRING")[0]))

    # -------------------------------------------------------------- speech

    def on_step(self, tree: Tree[Token], location: SourceRange) -> s.StepBlock:
        _, name, _, label, block = parts(tree)
        ident = self.ident(name)
        if ident.name in ("next", "end"):
            self.report.error(
                "TM009",
                f"a step cannot be named `{ident.name}`: styles have a wording of that name",
                ident.location,
            )
        template = self.template(label) if isinstance(label, Token) else None
        return s.StepBlock(location, ident, template, self.node(block))

    def on_emission(self, tree: Tree[Token], location: SourceRange) -> s.EmissionStatement:
        pairs = tuple(self.node(t) for t in trees(tree))
        return s.EmissionStatement(location, str(parts(tree)[0]), pairs)

    def on_pair(self, tree: Tree[Token], location: SourceRange) -> s.PairNode:
        name, key, _, value = parts(tree)
        return self.pair(location, name, key, self.pair_value(value))

    def on_bare(self, tree: Tree[Token], location: SourceRange) -> s.PairNode:
        name, key = parts(tree)
        return self.pair(location, name, key, None)

    def pair(
        self, location: SourceRange, name: Parsed, key: Token, value: s.TemplateNode | None
    ) -> s.PairNode:
        """Return a pair; without a name it gets that of the first identifier in its key."""
        template = self.template(key)
        if isinstance(name, Token):
            return s.PairNode(location, str(name), template, value)
        for part in template.parts:
            text = part.text if isinstance(part, s.TextPart) else part.name
            if match := _IDENTIFIER.search(text):
                return s.PairNode(location, match.group().rstrip("0123456789_"), template, value)
        self.report.error(
            "TM054",
            "this emission has no name, so styles cannot reword it",
            location,
            'write a name before the string, as in `solve verdict ">"`',
        )
        return s.PairNode(location, "unnamed", template, value)

    def pair_value(self, tree: Tree[Token]) -> s.TemplateNode:
        token = parts(tree)[0]
        location = self.location(token)
        if tree.data == "value_text":
            return self.template(token)
        if tree.data == "value_none":
            return s.TemplateNode(location, (s.TextPart(location, "none"),))
        return parse_template(self.source, self.report, str(token), token.start_pos or 0, location)

    def on_answer(self, tree: Tree[Token], location: SourceRange) -> s.Answer:
        return s.Answer(location, self.template(tokens(tree, "STRING")[0]))


def _direction(moves: Tree[Token]) -> int:
    """Return −1 for ``left`` and 1 for ``right``."""
    return -1 if parts(moves)[0] == "left" else 1
