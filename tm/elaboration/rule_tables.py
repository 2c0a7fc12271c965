"""Rules → the explicit table: each state's rules become a decision tree over the tapes.

Priority: where two rules fit, their patterns are compared tape by tape from the left; at the first
that differ in kind, a symbol or ``_`` beats a class and a class beats ``*``.
"""

from __future__ import annotations

from dataclasses import dataclass

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.support.suggestions import did_you_mean
from tm.table import ACCEPT, BLANK, REJECT, Action, Branch, State, Table, Tape, Tree

EXACT, CLASS, ANY = 0, 1, 2
_TARGETS = {"accept": ACCEPT, "reject": REJECT}
_MOVES = {"L": -1, "S": 0, "R": 1}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule with its patterns as sets of symbol indices; ``kinds`` orders rules that overlap."""

    reads: tuple[frozenset[int], ...]
    kinds: tuple[int, ...]
    action: int
    span: SourceRange


class RuleTable:
    """Builds the table of a file of rules."""

    def __init__(self, module: Module, tapes: list[Tape], report: Reporter) -> None:
        self.module = module
        self.tapes = tapes
        self.report = report
        self.actions: dict[Action, int] = {}
        self.index: dict[str, int] = {}

    def table(self, name: str) -> Table | None:
        """The table, or None when errors were reported."""
        file = self.module.file
        if len(file.starts) != 1:
            span = file.starts[1].span if file.starts else file.rules[0].span
            self.report.error("TM064", "rules need one `start STATE`", span)
            return None
        start = file.starts[0]
        names = dict.fromkeys(r.state.name for r in file.rules)
        if start.name not in names:
            help = did_you_mean(start.name, names)
            self.report.error("TM060", f"no rule is for state `{start.name}`", start.span, help)
            return None
        order = [start.name, *(n for n in names if n != start.name)]
        self.index = {n: i for i, n in enumerate(order)}
        rules: dict[str, list[_Rule]] = {n: [] for n in order}
        first: dict[str, SourceRange] = {}
        for decl in file.rules:
            if decl.state.name in _TARGETS:
                self.report.error("TM009", f"`{decl.state.name}` is an outcome", decl.state.span)
            first.setdefault(decl.state.name, decl.state.span)
            if rule := self.rule(decl):
                rules[decl.state.name].append(rule)
        trees = {n: self.tree(n, rules[n], 0) for n in order}
        self.warn_unreachable(order, first)
        if self.report.has_errors:
            return None
        return Table(
            name=name,
            tapes=tuple(self.tapes),
            states=tuple(
                State(n, first[n].place, tree) for n in order if (tree := trees[n]) is not None
            ),
            actions=tuple(self.actions),
        )

    def rule(self, decl: s.RuleDecl) -> _Rule | None:
        tapes = self.tapes
        for cells, what in ((decl.reads, "pattern"), (decl.writes, "write"), (decl.moves, "move")):
            if cells is not None and len(cells) != len(tapes):
                self.report.error(
                    "TM062",
                    f"{len(cells)} {what}s for {len(tapes)} tapes",
                    decl.reads_span if what == "pattern" else decl.span,
                    f"the tapes are {', '.join(t.name for t in tapes)}",
                )
                return None
        reads = [self.pattern(cell, tape) for cell, tape in zip(decl.reads, tapes, strict=True)]
        writes, moves = self.effects(decl)
        target = self.target(decl.target)
        if target is None:
            return None
        action = Action(target, writes, moves)
        return _Rule(
            tuple(r for r, _ in reads),
            tuple(k for _, k in reads),
            self.actions.setdefault(action, len(self.actions)),
            decl.span,
        )

    def pattern(self, cell: s.ClassExpr | None, tape: Tape) -> tuple[frozenset[int], int]:
        if cell is None:
            return frozenset(range(tape.size)), ANY
        symbols = self.module.symbols(cell, self.report)
        for symbol in sorted(symbols - set(tape.symbols)):
            if _is_exact(cell):
                self.foreign(symbol, tape, cell.span)
        indices = frozenset(i for i, symbol in enumerate(tape.symbols) if symbol in symbols)
        if not indices and not _is_exact(cell):
            self.report.warn("TM082", f"tape `{tape.name}` holds none of these", cell.span)
        return indices, EXACT if _is_exact(cell) else CLASS

    def foreign(self, symbol: str, tape: Tape, span: SourceRange) -> None:
        self.report.error(
            "TM042",
            f"tape `{tape.name}` cannot hold '{symbol}'",
            span,
            f"add it to the alphabet of `{tape.name}`",
        )

    def effects(
        self, decl: s.RuleDecl
    ) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        writes: list[tuple[int, int]] = []
        for index, cell in enumerate(decl.writes or ()):
            if cell is None:
                continue
            symbol = _exact_symbol(cell)
            if symbol is None:
                self.report.error("TM063", "a write is a symbol, `_` or `*`", cell.span)
            elif symbol not in self.tapes[index].symbols:
                self.foreign(symbol, self.tapes[index], cell.span)
            else:
                writes.append((index, self.tapes[index].symbols.index(symbol)))
        moves: list[tuple[int, int]] = []
        for index, cell in enumerate(decl.moves or ()):
            name = cell.name if isinstance(cell, s.ClassName) else ""
            if name not in _MOVES:
                span = decl.span if cell is None else cell.span
                self.report.error("TM063", "a move is L, R or S", span)
            elif _MOVES[name]:
                moves.append((index, _MOVES[name]))
        return tuple(writes), tuple(moves)

    def target(self, ident: s.Ident) -> int | None:
        if ident.name in _TARGETS:
            return _TARGETS[ident.name]
        if ident.name not in self.index:
            help = did_you_mean(ident.name, [*self.index, *_TARGETS])
            self.report.error("TM060", f"no rule is for state `{ident.name}`", ident.span, help)
        return self.index.get(ident.name)

    # -------------------------------------------------------------- the tree

    def tree(self, state: str, rules: list[_Rule], tape: int) -> Tree | None:
        """The tree over ``tape`` and those after it, for the rules that fit what was read."""
        if not rules:
            return None
        if tape == len(self.tapes):
            return self.chosen(state, rules)
        groups: dict[frozenset[int], list[int]] = {}
        for symbol in range(self.tapes[tape].size):
            fitting = frozenset(i for i, r in enumerate(rules) if symbol in r.reads[tape])
            groups.setdefault(fitting, []).append(symbol)
        cases: dict[Tree, frozenset[int]] = {}
        for fitting, symbols in groups.items():
            subtree = self.tree(state, [rules[i] for i in sorted(fitting)], tape + 1)
            if subtree is not None:
                cases[subtree] = cases.get(subtree, frozenset()) | frozenset(symbols)
        covered = sum(map(len, cases.values()))
        if len(cases) == 1 and covered == self.tapes[tape].size:
            return next(iter(cases))
        return Branch(tape, tuple((symbols, subtree) for subtree, symbols in cases.items()))

    def chosen(self, state: str, rules: list[_Rule]) -> int:
        """The action of the rule that wins; two that tie are an error."""
        best = min(rules, key=lambda r: r.kinds)
        for other in rules:
            if other is not best and other.kinds == best.kinds:
                self.report.error(
                    "TM061",
                    f"two rules for one situation of state `{state}`",
                    other.span,
                    "make one of them more exact, or delete it",
                    [(best.span, "the other rule")],
                )
        return best.action

    def warn_unreachable(self, order: list[str], first: dict[str, SourceRange]) -> None:
        goes: dict[str, set[str]] = {n: set() for n in order}
        for decl in self.module.file.rules:
            goes[decl.state.name].add(decl.target.name)
        reached, todo = set(), [order[0]]
        while todo:
            name = todo.pop()
            if name not in reached:
                reached.add(name)
                todo += [n for n in goes.get(name, ()) if n in goes]
        for name in order:
            if name not in reached:
                self.report.warn("TM081", f"state `{name}` is never reached", first[name])


def _is_exact(cell: s.ClassExpr) -> bool:
    return _exact_symbol(cell) is not None


def _exact_symbol(cell: s.ClassExpr) -> str | None:
    """The symbol of a cell that names just one, else None."""
    if isinstance(cell, s.ClassBlank):
        return BLANK
    if isinstance(cell, s.ClassRange) and cell.first == cell.last:
        return cell.first
    return None
