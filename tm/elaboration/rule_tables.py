"""Turn rules into a table: the rules of a state become a decision tree over the tapes.

If two rules match, their patterns are compared tape by tape from the left. At the first tape where
their kinds differ, a symbol or ``_`` takes precedence over a class, and a class over ``*``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from operator import and_

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.support.suggestions import did_you_mean
from tm.table import ACCEPT, BLANK, REJECT, Action, State, Table, Tape
from tm.trees import Branch, Tree

MAX_ROWS = 100_000
"""Maximum number of table rows: overlapping rules can need exponentially many."""

MAX_NODES = 500_000
"""Maximum number of branches that are built for them."""

EXACT, CLASS, ANY = range(3)
"""Kinds of patterns, in the order of their precedence."""

_TARGETS = {"accept": ACCEPT, "reject": REJECT}
_MOVES = {"L": -1, "S": 0, "R": 1}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule with its patterns as sets of symbol indices and the kinds of its patterns."""

    reads: tuple[frozenset[int], ...]
    kinds: tuple[int, ...]
    action: int
    location: SourceRange


class RuleTable:
    """Builds the table of a file of rules.

    Attributes
    ----------
    actions
        The index of every action so far.
    state_index
        The index of every state, by its name.
    nodes, rows
        The numbers of branches and of table rows so far.
    """

    def __init__(self, module: Module, tapes: list[Tape], report: Reporter) -> None:
        self.module = module
        self.tapes = tapes
        self.report = report
        self.actions: dict[Action, int] = {}
        self.nodes = 0
        self.rows = 0
        self.state_index: dict[str, int] = {}

    def table(self, name: str) -> Table | None:
        """Return the table, or None if errors were reported."""
        file = self.module.file
        if len(file.starts) != 1:
            location = file.starts[1].location if file.starts else file.rules[0].location
            self.report.error("TM064", "rules need one `start STATE`", location)
            return None
        start = file.starts[0]
        names = dict.fromkeys(r.state.name for r in file.rules)
        if start.name not in names:
            help = did_you_mean(start.name, names)
            self.report.error("TM060", f"no rule is for state `{start.name}`", start.location, help)
            return None
        order = [start.name, *(name for name in names if name != start.name)]
        self.state_index = {name: index for index, name in enumerate(order)}
        rules: dict[str, list[_Rule]] = {name: [] for name in order}
        first_ranges: dict[str, SourceRange] = {}
        for decl in file.rules:
            if decl.state.name in _TARGETS:
                self.report.error(
                    "TM009", f"`{decl.state.name}` is an outcome", decl.state.location
                )
            first_ranges.setdefault(decl.state.name, decl.state.location)
            if rule := self.rule(decl):
                rules[decl.state.name].append(rule)
        trees = {state: self.tree(state, rules[state]) for state in order}
        self.warn_unreachable(order, first_ranges)
        if self.report.has_errors:
            return None
        return Table(
            name=name,
            tapes=tuple(self.tapes),
            states=tuple(
                State(state, first_ranges[state].place, tree)
                for state in order
                if (tree := trees[state]) is not None
            ),
            actions=tuple(self.actions),
        )

    def rule(self, decl: s.RuleDecl) -> _Rule | None:
        """Resolve a rule; return None after an error."""
        tapes = self.tapes
        for cells, part, location in (
            (decl.reads, "pattern", decl.reads_location),
            (decl.writes, "write", decl.location),
            (decl.moves, "move", decl.location),
        ):
            if cells is not None and len(cells) != len(tapes):
                self.report.error(
                    "TM062",
                    f"{len(cells)} {part}s for {len(tapes)} tapes",
                    location,
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
            decl.location,
        )

    def pattern(self, cell: s.ClassExpr | None, tape: Tape) -> tuple[frozenset[int], int]:
        """Return the symbols that a pattern matches, and its kind."""
        if cell is None:
            return frozenset(range(tape.size)), ANY
        symbols = self.module.symbols(cell, self.report)
        for symbol in sorted(symbols - set(tape.symbols)):
            if _is_exact(cell):
                self.report_foreign(symbol, tape, cell.location)
        indices = frozenset(i for i, symbol in enumerate(tape.symbols) if symbol in symbols)
        if not indices and not _is_exact(cell):
            self.report.warn(
                "TM082", f"tape `{tape.name}` holds none of these symbols", cell.location
            )
        return indices, EXACT if _is_exact(cell) else CLASS

    def report_foreign(self, symbol: str, tape: Tape, location: SourceRange) -> None:
        """Report a symbol that a tape cannot hold."""
        self.report.error(
            "TM042",
            f"tape `{tape.name}` cannot hold '{symbol}'",
            location,
            f"add it to the alphabet of `{tape.name}`",
        )

    def effects(
        self, decl: s.RuleDecl
    ) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        """Return the writes and moves of a rule, as in ``Action``."""
        writes: list[tuple[int, int]] = []
        for index, cell in enumerate(decl.writes or ()):
            if cell is None:
                continue
            symbol = _exact_symbol(cell)
            if symbol is None:
                self.report.error("TM063", "a write is a symbol, `_` or `*`", cell.location)
            elif symbol not in self.tapes[index].symbols:
                self.report_foreign(symbol, self.tapes[index], cell.location)
            else:
                writes.append((index, self.tapes[index].symbols.index(symbol)))
        moves: list[tuple[int, int]] = []
        for index, cell in enumerate(decl.moves or ()):
            name = cell.name if isinstance(cell, s.ClassName) else ""
            if name not in _MOVES:
                location = decl.location if cell is None else cell.location
                self.report.error("TM063", "a move is L, R or S", location)
            elif _MOVES[name]:
                moves.append((index, _MOVES[name]))
        return tuple(writes), tuple(moves)

    def target(self, ident: s.Ident) -> int | None:
        """Return the state or outcome that a rule leads to; None after an error."""
        if ident.name in _TARGETS:
            return _TARGETS[ident.name]
        if ident.name not in self.state_index:
            help = did_you_mean(ident.name, [*self.state_index, *_TARGETS]) or (
                "`accept` and `reject` end the run; other states need a rule"
            )
            self.report.error("TM060", f"no rule is for state `{ident.name}`", ident.location, help)
        return self.state_index.get(ident.name)

    def tree(self, state: str, rules: list[_Rule]) -> Tree | None:
        """Return the tree of a state, or None if it has no rules or errors were reported."""
        try:
            return _RuleTree(self, state, rules).root()
        except _TooManyRowsError:
            location = min(rules, key=lambda rule: rule.location.start).location
            self.report.error(
                "TM070",
                f"the rules of state `{state}` overlap in too many ways: their table would have"
                f" more than {MAX_ROWS:,} rows or {MAX_NODES:,} branches",
                location,
                "let rules exclude each other, or split the state",
            )
            return None

    def report_tie(self, state: str, best: _Rule, other: _Rule) -> None:
        """Report two rules of equal precedence that match in one situation."""
        self.report.error(
            "TM061",
            f"two rules for one situation of state `{state}`",
            other.location,
            "make one of them more specific, or delete it",
            [(best.location, "the other rule")],
        )

    def warn_unreachable(self, order: list[str], ranges: dict[str, SourceRange]) -> None:
        """Warn of every state that no path from the first one reaches."""
        successors: dict[str, set[str]] = {name: set() for name in order}
        for decl in self.module.file.rules:
            successors[decl.state.name].add(decl.target.name)
        reached: set[str] = set()
        queue = [order[0]]
        while queue:
            state = queue.pop()
            if state not in reached:
                reached.add(state)
                queue += successors[state] & successors.keys()
        for state in order:
            if state not in reached:
                self.report.warn("TM081", f"state `{state}` is never reached", ranges[state])


class _TooManyRowsError(Exception):
    """The table of a machine exceeds its limits."""


class _RuleTree:
    """Builds the decision tree of one state, tape by tape.

    Sets of rules are bit masks; bit i is the rule at index i of ``rules``, in the order of
    precedence. Equal subtrees are one object, so that a tree is built and compared in time
    proportional to its distinct subtrees.

    Attributes
    ----------
    classes
        For each tape its classes of symbols that match the same rules: the rules and the symbols.
    is_any
        For each tape the rules whose pattern matches all its symbols.
    is_certain
        For each tape the rules that match whatever it and the later tapes hold.
    known
        The subtree and its number of rows by rules and tape.
    unique
        Every branch so far by its tape and cases, subtrees by their identities.
    """

    def __init__(self, table: RuleTable, state: str, rules: list[_Rule]) -> None:
        self.table = table
        self.state = state
        self.rules = sorted(rules, key=lambda rule: rule.kinds)
        self.classes: list[list[tuple[int, frozenset[int]]]] = []
        self.is_any: list[int] = []
        for index, tape in enumerate(table.tapes):
            masks = [0] * tape.size
            for bit, rule in enumerate(self.rules):
                for symbol in rule.reads[index]:
                    masks[symbol] |= 1 << bit
            groups: dict[int, list[int]] = {}
            for symbol, mask in enumerate(masks):
                groups.setdefault(mask, []).append(symbol)
            self.classes.append([(mask, frozenset(symbols)) for mask, symbols in groups.items()])
            self.is_any.append(reduce(and_, masks))
        self.is_certain = list(accumulate(reversed(self.is_any), and_))[::-1]
        self.known: dict[tuple[int, int], tuple[Tree, int]] = {}
        self.unique: dict[object, Branch] = {}

    def root(self) -> Tree | None:
        """Return the tree; None if there are no rules."""
        if not self.rules:
            return None
        tree, rows = self.subtree((1 << len(self.rules)) - 1, 0)
        self.table.rows += rows
        return tree

    def subtree(self, rules: int, tape: int) -> tuple[Tree, int]:
        """Return the tree over ``tape`` and those after it for the rules that match so far, of
        which there is at least one, and its number of rows.
        """
        while tape < len(self.table.tapes):
            rules = self.without_beaten(rules, rules & self.is_certain[tape])
            if rules & ~self.is_any[tape]:
                break
            tape += 1
        else:
            return self.selected(rules), 1
        if (rules, tape) not in self.known:
            self.known[rules, tape] = self.branch(rules, tape)
        return self.known[rules, tape]

    def without_beaten(self, rules: int, certain: int) -> int:
        """Return the rules without those over which a rule that is certain to match takes
        precedence.
        """
        if not certain:
            return rules
        best = (certain & -certain).bit_length() - 1
        last = best
        while last + 1 < len(self.rules) and self.rules[last + 1].kinds == self.rules[best].kinds:
            last += 1
        return rules & ((2 << last) - 1)

    def branch(self, rules: int, tape: int) -> tuple[Tree, int]:
        """Return the branch over ``tape`` for the rules that match so far, and its number of
        rows.
        """
        self.table.nodes += 1
        cases: dict[int, tuple[Tree, frozenset[int]]] = {}
        rows = 0
        for mask, symbols in self.classes[tape]:
            if not rules & mask:
                continue
            subtree, count = self.subtree(rules & mask, tape + 1)
            # Actions are not negative: negative keys are free for the identities of branches.
            key = subtree if isinstance(subtree, int) else ~id(subtree)
            if key in cases:
                symbols |= cases[key][1]
            else:
                rows += count
            cases[key] = (subtree, symbols)
        if self.table.nodes > MAX_NODES or self.table.rows + rows > MAX_ROWS:
            raise _TooManyRowsError
        if len(cases) == 1:
            subtree, symbols = next(iter(cases.values()))
            if len(symbols) == self.table.tapes[tape].size:
                return subtree, rows
        branch = Branch(tape, tuple((symbols, subtree) for subtree, symbols in cases.values()))
        shape = (tape, tuple((symbols, key) for key, (_, symbols) in cases.items()))
        return self.unique.setdefault(shape, branch), rows

    def selected(self, rules: int) -> int:
        """Return the action of the rule with the highest precedence; report every tie with it."""
        matching = [rule for bit, rule in enumerate(self.rules) if rules >> bit & 1]
        for other in matching[1:]:
            if other.kinds == matching[0].kinds:
                self.table.report_tie(self.state, matching[0], other)
        return matching[0].action


def _is_exact(cell: s.ClassExpr) -> bool:
    return _exact_symbol(cell) is not None


def _exact_symbol(cell: s.ClassExpr) -> str | None:
    """Return the symbol of a pattern that names exactly one, else None."""
    if isinstance(cell, s.ClassBlank):
        return BLANK
    if isinstance(cell, s.ClassRange) and cell.first == cell.last:
        return cell.first
    return None
