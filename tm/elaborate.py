"""Lowered code → the explicit table, by reachability over (program point, live registers).

From a state, instructions are executed symbolically. Where the symbol under a head is needed and
unknown, the search branches over the classes of symbols that behave alike, so that a state becomes
a small decision tree. A transition ends where a head would be used again after it moved, before an
utterance that follows a write or a move, and before a fourth tape is touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tm import code as c
from tm.diagnostics import Reporter
from tm.source import Span
from tm.speech import Kind, Piece, Style, Template, Utterance
from tm.table import (
    ACCEPT,
    BLANK,
    REJECT,
    Action,
    Branch,
    Check,
    Hole,
    State,
    Table,
    Tape,
    Tree,
)  # fmt: skip
from tm.values import Domain, Member, Value, show, symbol_of, value_of

MAX_STATES = 100_000
MAX_ROWS = 1_000_000
MAX_INSTRUCTIONS = 20_000
"""Instructions executed in one transition: more means a loop that touches no tape."""
MAX_SLOTS = 3
"""Tapes that one transition may touch: what one packed action word of the engine holds."""
WARN_STATES = 5_000

Cell = str
"""A cell's content: a symbol, with ``^`` before it when it is marked."""
Key = tuple[int, c.Register]
"""A register of a call: (depth of the call, register)."""
BoundPiece = Piece | tuple[str, Key]
"""A piece of a text argument, its tapes resolved; (hole, register) where the caller's register is said."""


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """A call in progress, equal calls being one object (hash-consed).

    Attributes
    ----------
    tapes, texts
        The tapes and texts that the proc's names stand for.
    back
        The caller's frame and the index of its ``Invoke``; None for ``main``.
    step
        The innermost step that was open at the call.
    above
        Registers of the callers that are still to be read.
    keeps
        Tapes whose knowledge the callers keep.
    """

    proc: c.Proc
    depth: int
    tapes: dict[str, int]
    texts: dict[str, tuple[BoundPiece, ...]]
    back: tuple[Frame, int] | None
    step: str
    above: frozenset[Key]
    keeps: frozenset[int]


class _Split(Exception):
    """The class of a tape's cell must be known: branch into ``parts``."""

    def __init__(self, tape: int, parts: list[frozenset[Cell]]) -> None:
        self.tape = tape
        self.parts = parts


class _Trap(Exception):
    """The leaf cannot be executed."""

    def __init__(self, span: Span, reason: str) -> None:
        self.hole = (span, reason)


class _Abort(Exception):
    """An error was reported; the search ends."""


@dataclass
class _Transition:
    """What one leaf does, while it is being executed."""

    known: dict[int, frozenset[Cell]]
    env: dict[Key, Value]
    read: dict[int, frozenset[Cell]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    wrote: dict[int, Cell] = field(default_factory=dict)
    says: list[int] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def has_room(self, tape: int) -> bool:
        touched = self.moved.keys() | self.wrote.keys()
        return tape in touched or len(touched) < MAX_SLOTS


StateKey = tuple[
    Frame, int, tuple[tuple[Key, Value], ...], tuple[tuple[int, frozenset[Cell]], ...]
]  # fmt: skip


class Elaborator:
    """Elaborates one machine; ``speech`` False empties every template and changes nothing else."""

    def __init__(self, tapes: list[Tape], report: Reporter, speech: bool = True) -> None:
        self.tapes = tapes
        self.report = report
        self.speech = speech
        self.alphabets: list[frozenset[Cell]] = [_cells(t) for t in tapes]
        self.scratch = [False] * len(tapes)
        self.frames: dict[object, Frame] = {}
        self.states: dict[StateKey, int] = {}
        self.queue: list[StateKey] = []
        self.actions: dict[Action, int] = {}
        self.holes: dict[Hole, int] = {}
        self.utterances: dict[Utterance, int] = {}
        self.stuck: dict[Hole, Span] = {}
        self.rows = 0

    def table(self, name: str, main: c.Proc, styles: dict[str, Style]) -> Table | None:
        """The table of a machine, or None when errors were reported."""
        names = {t.name: i for i, t in enumerate(self.tapes)}
        root = Frame(main, 0, names, {}, None, "", frozenset(), frozenset())
        self.state(root, 0, {}, {})
        states: list[State] = []
        try:
            for key in self.queue:  # grows while it is walked
                states.append(self.explore(key))
        except _Abort:
            return None
        if len(states) > WARN_STATES:
            self.report.warn(
                "TM083",
                f"{len(states):,} states",
                main.span,
                "a counter over many values belongs on a tape",
            )
        return Table(
            name=name,
            tapes=tuple(self.tapes),
            states=tuple(states),
            actions=tuple(self.actions),
            holes=tuple(self.holes),
            utterances=tuple(self.utterances),
            styles=styles,
        )

    # -------------------------------------------------------------- states

    def state(
        self, frame: Frame, at: int, env: dict[Key, Value], known: dict[int, frozenset[Cell]]
    ) -> int:
        """The state that stands before an instruction: only live registers and kept knowledge count."""
        live = frame.proc.live[at]
        depth = frame.depth
        values = tuple(
            sorted(
                (
                    (key, value)
                    for key, value in env.items()
                    if (key[1] in live if key[0] == depth else key in frame.above)
                ),
                key=lambda item: (item[0][0], item[0][1].index),
            )
        )
        keeps = frame.keeps | {frame.tapes[t] for t in frame.proc.code[at].keeps}
        kept = tuple(
            sorted(
                (
                    (t, k)
                    for t, k in known.items()
                    if t in keeps and len(k) < len(self.alphabets[t])
                ),
                key=lambda item: item[0],
            )
        )
        key = (frame, at, values, kept)
        index = self.states.get(key)
        if index is None:
            if len(self.states) >= MAX_STATES:
                self.fail(frame, at, f"more than {MAX_STATES:,} states", values)
            index = self.states[key] = len(self.states)
            self.queue.append(key)
        return index

    def explore(self, key: StateKey) -> State:
        frame, at, values, kept = key
        holes: list[Hole] = []
        tree = self.tree(key, {}, holes)
        place = frame.proc.code[at].span.place
        shown = "".join(f" {r.name}={show(v)}" for (_, r), v in values)
        if (isinstance(tree, int) and tree < 0) or not any(a >= 0 for a in _leaf_actions(tree)):
            span, reason = self.stuck[holes[0]], holes[0].reason
            self.report.error(
                "TM072",
                f"this can never be executed: {reason}",
                span,
                "every symbol that can stand under the heads leads here" + shown,
                notes=self.chain(frame),
            )
            raise _Abort
        return State(f"{frame.proc.name}:{place.line}{shown}", place, _read_once(tree, {}))

    def tree(self, key: StateKey, read: dict[int, frozenset[Cell]], holes: list[Hole]) -> Tree:
        """The decision tree of a state below what was read so far."""
        frame, at, values, kept = key
        transition = _Transition({**dict(kept), **read}, dict(values))
        try:
            action = self.execute(frame, at, transition)
        except _Trap as trap:
            span, reason = trap.hole
            hole = Hole(span.place, reason)
            self.stuck.setdefault(hole, span)
            holes.append(hole)
            return ~self.holes.setdefault(hole, len(self.holes))
        except _Split as split:
            merged: dict[Tree, frozenset[Cell]] = {}
            for part in split.parts:
                subtree = self.tree(key, {**read, split.tape: part}, holes)
                merged[subtree] = merged.get(subtree, frozenset()) | part
            if len(merged) == 1:
                return next(iter(merged))
            tape = self.tapes[split.tape]
            return Branch(
                split.tape, tuple((_indices(tape, cells), t) for t, cells in merged.items())
            )
        self.rows += 1
        if self.rows > MAX_ROWS:
            self.fail(frame, at, f"more than {MAX_ROWS:,} rows", values)
        return self.actions.setdefault(action, len(self.actions))

    # -------------------------------------------------------------- one transition

    def execute(self, frame: Frame, at: int, transition: _Transition) -> Action:
        """Execute instructions from ``at`` until the transition ends."""
        budget = MAX_INSTRUCTIONS
        while True:
            instruction = frame.proc.code[at]
            budget -= 1
            if budget < 0:
                self.fail(frame, at, "this loop never touches a tape", (), "TM071")
            match instruction:
                case c.Jump(target=target):
                    at = target
                    continue
                case c.Branch(test=test, otherwise=otherwise):
                    holds = self.test(frame, instruction.span, test, transition)
                    if holds is None:
                        break
                    at = at + 1 if holds else otherwise
                    continue
                case c.Assume(test=test):
                    holds = self.test(frame, instruction.span, test, transition)
                    if holds is None:
                        break
                    if not holds:
                        raise _Trap(instruction.span, "the assumption does not hold")
                case c.Move(direction=direction, tape=name):
                    tape = frame.tapes[name]
                    if tape in transition.moved or not transition.has_room(tape):
                        break
                    transition.moved[tape] = direction
                    transition.known.pop(tape, None)
                case c.Write():
                    if not self.write(frame, instruction, transition):
                        break
                case c.SetMark():
                    if not self.set_mark(frame, instruction, transition):
                        break
                case c.Set(register=register, value=expression):
                    value = self.value(frame, instruction.span, expression, transition)
                    if value is None:
                        break
                    _require(value, register.domain, register.name, instruction.span)
                    transition.env[frame.depth, register] = value
                case c.Say():
                    if not self.say(frame, instruction, transition):
                        break
                case c.Contract(kind=kind, tape=name):
                    self.contract(frame, instruction, transition)
                case c.Halt(accept=accept):
                    return self.action(transition, ACCEPT if accept else REJECT)
                case c.Invoke():
                    called = self.call(frame, at, instruction, transition)
                    if called is None:
                        break
                    frame, at = called, 0
                    continue
                case c.Leave(value=expression):
                    if frame.back is None:
                        return self.action(transition, ACCEPT)
                    left = self.leave(frame, instruction.span, expression, transition)
                    if left is None:
                        break
                    frame, at = left
                    continue
            at += 1
        return self.action(transition, self.state(frame, at, transition.env, transition.known))

    def action(self, transition: _Transition, next: int) -> Action:
        writes = (
            (t, _index(self.tapes[t], cell))
            for t, cell in transition.wrote.items()
            if transition.read.get(t) != frozenset((cell,))
        )
        return Action(
            next,
            tuple(sorted(writes)),
            tuple(sorted(transition.moved.items())),
            tuple(transition.says),
            tuple(transition.checks),
        )

    def write(self, frame: Frame, node: c.Write, transition: _Transition) -> bool:
        tape = frame.tapes[node.tape]
        if tape in transition.moved or not transition.has_room(tape):
            return False
        value = self.value(frame, node.span, node.value, transition)
        if value is None:
            return False
        symbol = symbol_of(value)
        if symbol is None or symbol not in self.alphabets[tape]:
            raise _Trap(node.span, f"tape `{self.tapes[tape].name}` cannot hold {show(value)}")
        self.put(tape, symbol, transition)
        return True

    def put(self, tape: int, cell: Cell, transition: _Transition) -> None:
        if tape not in transition.wrote and tape in transition.known:
            transition.read[tape] = transition.known[tape]
        transition.wrote[tape] = cell
        transition.known[tape] = frozenset((cell,))

    def set_mark(self, frame: Frame, node: c.SetMark, transition: _Transition) -> bool:
        tape = frame.tapes[node.tape]
        if tape in transition.moved or not transition.has_room(tape):
            return False
        known = transition.known.get(tape, self.alphabets[tape])
        if len(known) > 1:
            raise _Split(tape, [frozenset((cell,)) for cell in sorted(known)])
        symbol = _plain(next(iter(known)))
        self.put(tape, "^" + symbol if node.on else symbol, transition)
        return True

    def contract(self, frame: Frame, node: c.Contract, transition: _Transition) -> None:
        tape = frame.tapes[node.tape]
        wrote = transition.wrote.get(tape)
        transition.checks.append(
            Check(
                node.kind,
                tape,
                -1 if wrote is None else _index(self.tapes[tape], wrote),
                transition.moved.get(tape, 0),
                node.span.place,
            )
        )

    # -------------------------------------------------------------- calls

    def call(self, frame: Frame, at: int, node: c.Invoke, transition: _Transition) -> Frame | None:
        """Enter a proc: bind its tapes and texts, set its value parameters."""
        values: list[tuple[c.Register, Value]] = []
        tapes: dict[str, int] = {}
        texts: dict[str, tuple[BoundPiece, ...]] = {}
        for (name, kind), arg in zip(node.proc.params, node.args, strict=True):
            if isinstance(arg, str):
                tapes[name] = frame.tapes[arg]
            elif isinstance(arg, tuple):
                texts[name] = tuple(self.bind(frame, arg))
            elif isinstance(kind, c.Register):
                value = self.value(frame, node.span, arg, transition)
                if value is None:
                    return None
                _require(value, kind.domain, name, node.span)
                values.append((kind, value))
        called = self.frame(frame, at, node, tapes, texts)
        for register, value in values:
            transition.env[called.depth, register] = value
        return called

    def frame(
        self,
        frame: Frame,
        at: int,
        node: c.Invoke,
        tapes: dict[str, int],
        texts: dict[str, tuple[BoundPiece, ...]],
    ) -> Frame:
        key = (frame, at, tuple(tapes.values()), tuple(texts.values()))
        found = self.frames.get(key)
        if found is not None:
            return found
        for local in node.proc.tapes:
            tapes[local.name] = self.slot(local, node.proc, frame, tapes)
        depth = frame.depth
        after = frame.proc.live[at + 1] - {node.result}
        said = {p[1] for text in texts.values() for p in text if not isinstance(p, Piece)}
        instruction = frame.proc.code[at]
        self.frames[key] = Frame(
            node.proc,
            depth + 1,
            tapes,
            texts,
            (frame, at),
            instruction.step or frame.step,
            frame.above | {(depth, r) for r in after} | said,
            frame.keeps | {frame.tapes[t] for t in instruction.keeps},
        )
        return self.frames[key]

    def slot(self, local: c.LocalTape, proc: c.Proc, frame: Frame, taken: dict[str, int]) -> int:
        """A scratch tape of the right alphabet that no call in progress holds."""
        used = set(taken.values())
        at: Frame | None = frame
        while at is not None:
            used |= set(at.tapes.values())
            at = at.back[0] if at.back else None
        marks = local.name in proc.marked
        for index, tape in enumerate(self.tapes):
            if self.scratch[index] and index not in used and tape.marks == marks:
                if (tape.symbols, tape.word) == (local.symbols, local.word):
                    return index
        number = sum(self.scratch) + 1
        tape = Tape(name=f"scratch{number}", symbols=local.symbols, word=local.word, marks=marks)
        self.tapes.append(tape)
        self.scratch.append(True)
        self.alphabets.append(_cells(tape))
        return len(self.tapes) - 1

    def leave(
        self,
        frame: Frame,
        span: Span,
        expression: c.Expression | None,
        transition: _Transition,
    ) -> tuple[Frame, int] | None:
        """Return to the caller, with the value in its register."""
        assert frame.back is not None
        caller, at = frame.back
        invoke = caller.proc.code[at]
        assert isinstance(invoke, c.Invoke)
        value: Value | None = None
        if expression is not None:
            value = self.value(frame, span, expression, transition)
            if value is None:
                return None
            if frame.proc.value is not None:
                _require(value, frame.proc.value, frame.proc.name, span)
        for key in [k for k in transition.env if k[0] == frame.depth]:
            del transition.env[key]
        if invoke.result is not None and value is not None:
            _require(value, invoke.result.domain, invoke.result.name, invoke.span)
            transition.env[caller.depth, invoke.result] = value
        return caller, at + 1

    # -------------------------------------------------------------- speech

    def say(self, frame: Frame, node: c.Say, transition: _Transition) -> bool:
        """Add an utterance; False when the transition must end first."""
        step = node.step or frame.step
        if node.kind is Kind.CLOSE:
            self.utter(Utterance(node.kind, node.name, "", ()), transition)
            return True
        if transition.moved or transition.wrote:
            return False
        if node.kind in (Kind.FETCH, Kind.SOLVE) and not step:
            self.report.error(
                "TM050",
                f"`{node.kind}` outside of a step",
                node.span,
                "open a step around it",
                notes=self.chain(frame),
            )
            raise _Abort
        if node.kind is Kind.ANSWER and step:
            self.report.error(
                "TM050",
                "`answer` inside of a step",
                node.span,
                "say the answer after the last step has closed",
                notes=self.chain(frame),
            )
            raise _Abort
        key = self.spoken(frame, node.key, transition)
        value = None if node.value is None else self.spoken(frame, node.value, transition)
        if node.kind is Kind.OPEN:
            utterance = Utterance(node.kind, node.name, "", key)
        else:
            utterance = Utterance(node.kind, step, node.name, key, value)
        self.utter(utterance, transition)
        return True

    def utter(self, utterance: Utterance, transition: _Transition) -> None:
        transition.says.append(self.utterances.setdefault(utterance, len(self.utterances)))

    def spoken(self, frame: Frame, template: c.Template, transition: _Transition) -> Template:
        if not self.speech:
            return ()
        pieces = (
            p if isinstance(p, Piece) else Piece(p[0], _said(transition.env[p[1]]))
            for p in self.bind(frame, template)
        )
        return _joined(pieces)

    def bind(self, frame: Frame, template: c.Template) -> Iterator[BoundPiece]:
        """The pieces of a template, tapes and text parameters resolved."""
        for part in template:
            match part:
                case c.Text(text=text):
                    yield Piece("", text)
                case c.TapeHole(hole=hole, tape=tape, what=what, default=default):
                    yield Piece(hole, default, frame.tapes[tape], what)
                case c.RegisterHole(hole=hole, register=register):
                    yield hole, (frame.depth, register)
                case c.ParameterHole(hole=hole):
                    yield from frame.texts[hole]

    # -------------------------------------------------------------- values and tests

    def value(
        self, frame: Frame, span: Span, node: c.Expression, transition: _Transition
    ) -> Value | None:
        """The value of an expression; None when it reads a head that has moved."""
        match node:
            case c.Constant(value=value):
                return value
            case c.RegisterRead(register=register):
                return transition.env[frame.depth, register]
            case c.TapeRead(tape=name):
                return self.read(frame.tapes[name], transition)
            case c.Arithmetic(operator=operator, left=left, right=right):
                a = self.value(frame, span, left, transition)
                b = None if a is None else self.value(frame, span, right, transition)
                return None if a is None or b is None else _calculate(operator, a, b, span)

    def read(self, tape: int, transition: _Transition) -> Value | None:
        if tape in transition.moved:
            return None
        known = transition.known.get(tape, self.alphabets[tape])
        symbols = sorted({_plain(cell) for cell in known})
        if len(symbols) > 1:
            raise _Split(
                tape, [frozenset(cell for cell in known if _plain(cell) == s) for s in symbols]
            )
        return value_of(symbols[0])

    def test(self, frame: Frame, span: Span, node: c.Test, transition: _Transition) -> bool | None:
        """Whether a condition holds; None when it reads a head that has moved."""
        match node:
            case c.Negation(operand=operand):
                holds = self.test(frame, span, operand, transition)
                return None if holds is None else not holds
            case c.Connective(operator=operator, left=left, right=right):
                holds = self.test(frame, span, left, transition)
                if holds is None or holds == (operator == "or"):
                    return holds
                return self.test(frame, span, right, transition)
            case c.IsMarked(tape=name):
                marked = frozenset(a for a in self.alphabets[frame.tapes[name]] if len(a) == 2)
                return self.lies_in(frame.tapes[name], marked, transition)
            case c.InClass(operand=c.TapeRead(tape=name), symbols=symbols):
                return self.lies_in(frame.tapes[name], self.cells(frame, name, symbols), transition)
            case c.InClass(operand=operand, symbols=symbols):
                value = self.value(frame, span, operand, transition)
                return None if value is None else symbol_of(value) in symbols
            case c.Comparison(operator=operator, left=left, right=right):
                return self.compare(frame, span, operator, left, right, transition)

    def compare(
        self,
        frame: Frame,
        span: Span,
        operator: str,
        left: c.Expression,
        right: c.Expression,
        transition: _Transition,
    ) -> bool | None:
        # A tape against something known needs its class only, not its symbol.
        if isinstance(left, c.TapeRead) and not isinstance(right, c.TapeRead):
            left, right, operator = right, left, _MIRRORED[operator]
        a = self.value(frame, span, left, transition)
        if a is None:
            return None
        if not isinstance(right, c.TapeRead):
            b = self.value(frame, span, right, transition)
            return None if b is None else _holds(operator, a, b, span)
        tape = frame.tapes[right.tape]
        if tape in transition.moved:
            return None
        known = transition.known.get(tape, self.alphabets[tape])
        groups: dict[bool | None, set[Cell]] = {}
        for cell in known:
            try:
                verdict: bool | None = _holds(operator, a, value_of(_plain(cell)), span)
            except _Trap:
                verdict = None
            groups.setdefault(verdict, set()).add(cell)
        if len(groups) > 1:
            raise _Split(tape, [frozenset(groups[v]) for v in (True, False, None) if v in groups])
        (verdict,) = groups
        if verdict is None:
            raise _Trap(span, f"`{operator}` orders numbers")
        return verdict

    def cells(self, frame: Frame, name: str, symbols: frozenset[str]) -> frozenset[Cell]:
        """The cells of a tape whose symbol lies in a class, marked or not."""
        return frozenset(a for a in self.alphabets[frame.tapes[name]] if _plain(a) in symbols)

    def lies_in(self, tape: int, cells: frozenset[Cell], transition: _Transition) -> bool | None:
        if tape in transition.moved:
            return None
        known = transition.known.get(tape, self.alphabets[tape])
        inside = known & cells
        if inside and len(inside) < len(known):
            raise _Split(tape, [inside, known - inside])
        return bool(inside)

    # -------------------------------------------------------------- errors

    def chain(self, frame: Frame) -> list[tuple[Span, str]]:
        """The calls that led here, innermost first, at most eight."""
        notes = []
        while frame.back is not None and len(notes) < 8:
            name = frame.proc.name
            caller, at = frame.back
            notes.append((caller.proc.code[at].span, f"`{name}` is called here"))
            frame = caller
        return notes

    def fail(
        self, frame: Frame, at: int, message: str, values: object, code: str = "TM070"
    ) -> None:
        help = "a counter over many values belongs on a tape" if code == "TM070" else ""
        self.report.error(code, message, frame.proc.code[at].span, help, notes=self.chain(frame))
        raise _Abort


# ------------------------------------------------------------------ cells


def _cells(tape: Tape) -> frozenset[Cell]:
    marked = ("^" + s for s in tape.symbols) if tape.marks else ()
    return frozenset((*tape.symbols, *marked))


def _plain(cell: Cell) -> str:
    return cell[-1]


def _index(tape: Tape, cell: Cell) -> int:
    index = tape.symbols.index(_plain(cell))
    return index + len(tape.symbols) if len(cell) == 2 else index


def _indices(tape: Tape, cells: frozenset[Cell]) -> frozenset[int]:
    return frozenset(_index(tape, cell) for cell in cells)


def _read_once(tree: Tree, known: dict[int, int]) -> Tree:
    """The same tree with each tape read once at the most on every path.

    Statement by statement a tape is read for its class first and its symbol later; here every
    symbol is followed to the end at its first reading, and symbols that end alike are one case.
    """
    while not isinstance(tree, int) and tree.tape in known:
        at = known[tree.tape]
        tree = next(subtree for symbols, subtree in tree.cases if at in symbols)
    if isinstance(tree, int):
        return tree
    cases: dict[Tree, set[int]] = {}
    for symbols, _ in tree.cases:
        for symbol in sorted(symbols):
            subtree = _read_once(tree, {**known, tree.tape: symbol})
            cases.setdefault(subtree, set()).add(symbol)
    if len(cases) == 1:
        return next(iter(cases))
    return Branch(tree.tape, tuple((frozenset(c), t) for t, c in cases.items()))


def _leaf_actions(tree: Tree) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    else:
        for _, subtree in tree.cases:
            yield from _leaf_actions(subtree)


# ------------------------------------------------------------------ values


_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def _require(value: Value, domain: Domain, name: str, span: Span) -> None:
    if value not in domain.values:
        raise _Trap(span, f"{show(value)} lies outside of {domain.shown}, the domain of `{name}`")


def _calculate(operator: str, a: Value, b: Value, span: Span) -> int:
    for value in (a, b):
        if not isinstance(value, int):
            raise _Trap(span, f"arithmetic needs numbers; this is {show(value)}")
    assert isinstance(a, int) and isinstance(b, int)
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    if b == 0:
        raise _Trap(span, "division by zero")
    return a // b if operator == "/" else a % b


def _holds(operator: str, a: Value, b: Value, span: Span) -> bool:
    if operator in ("==", "!="):
        return (a == b) == (operator == "==")
    for value in (a, b):
        if not isinstance(value, int):
            raise _Trap(span, f"`{operator}` orders numbers; this is {show(value)}")
    assert isinstance(a, int) and isinstance(b, int)
    if operator in ("<", ">"):
        return a < b if operator == "<" else a > b
    return a <= b if operator == "<=" else a >= b


def _said(value: Value) -> str:
    """A register's value as the machine says it."""
    if isinstance(value, Member):
        return value.name
    return "" if value == BLANK else str(value)


def _joined(pieces: Iterator[Piece]) -> Template:
    """A template with neighbouring literal texts made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if (
            joined
            and piece.tape < 0
            and not piece.hole
            and joined[-1].tape < 0
            and not joined[-1].hole
        ):
            joined[-1] = Piece("", joined[-1].text + piece.text)
        elif piece.text or piece.tape >= 0:
            joined.append(piece)
    return tuple(joined)
