"""Lowered code → the explicit table, by reachability over (program point, live registers).

From a state, instructions are executed symbolically until the transition ends: where a head would
be used again after it moved, before an utterance that follows a write or a move, and before a
fourth tape is touched.
"""

from __future__ import annotations

from collections.abc import Iterator

from tm.elaboration import instructions as c
from tm.elaboration.frames import (
    BoundPiece,
    CallFrame,
    Cell,
    RegisterKey,
    Scratch,
    bind,
    chain,
    index_of,
)
from tm.elaboration.transition import Leaf, Split, Trap, require
from tm.language.diagnostics import Reporter
from tm.language.source import SourceRange
from tm.language.values import Member, Value, show
from tm.speech import Piece, Style, Template, Utterance, UtteranceKind
from tm.table import (
    ACCEPT,
    BLANK,
    REJECT,
    Action,
    Branch,
    State,
    Table,
    Tape,
    Tree,
    Undefined,
    merged,
)

MAX_STATES = 100_000
MAX_ROWS = 1_000_000
MAX_INSTRUCTIONS = 20_000
"""Instructions executed in one transition: more means a loop that touches no tape."""
WARN_STATES = 5_000

StateKey = tuple[
    CallFrame, int, tuple[tuple[RegisterKey, Value], ...], tuple[tuple[int, frozenset[Cell]], ...]
]  # fmt: skip
"""CallFrame, instruction, live registers, kept knowledge."""


class _Abort(Exception):  # noqa: N818
    """An error was reported; the search ends."""


class Elaborator:
    """Elaborates one machine; ``speech`` False empties every template and changes nothing else."""

    def __init__(self, tapes: list[Tape], report: Reporter, speech: bool = True) -> None:
        self.scratch = Scratch(tapes)
        self.report = report
        self.speech = speech
        self.states: dict[StateKey, int] = {}
        self.queue: list[StateKey] = []
        self.actions: dict[Action, int] = {}
        self.undefined: dict[Undefined, int] = {}
        self.utterances: dict[Utterance, int] = {}
        self.stuck: dict[Undefined, SourceRange] = {}
        self.rows = 0

    def table(self, name: str, main: c.Proc, styles: dict[str, Style]) -> Table | None:
        """The table of a machine, or None when errors were reported."""
        names = {t.name: i for i, t in enumerate(self.scratch.tapes)}
        root = CallFrame(main, 0, names, {}, None, "", frozenset(), frozenset())
        self.state(root, 0, {}, {})
        states: list[State] = []
        try:
            states.extend(map(self.explore, self.queue))  # the queue grows while it is walked
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
            tapes=tuple(self.scratch.tapes),
            states=tuple(states),
            actions=tuple(self.actions),
            undefined=tuple(self.undefined),
            utterances=tuple(self.utterances),
            styles=styles,
        )

    # -------------------------------------------------------------- states

    def state(
        self,
        frame: CallFrame,
        at: int,
        env: dict[RegisterKey, Value],
        known: dict[int, frozenset[Cell]],
    ) -> int:
        """The state before an instruction: only live registers and kept knowledge count."""
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
                    if t in keeps and len(k) < len(self.scratch.alphabets[t])
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
        frame, at, values, _ = key
        holes: list[Undefined] = []
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
                notes=chain(frame),
            )
            raise _Abort
        return State(
            f"{frame.proc.name}:{place.line}{shown}", place, merged(tree, self.scratch.tapes)
        )

    def tree(self, key: StateKey, read: dict[int, frozenset[Cell]], holes: list[Undefined]) -> Tree:
        """The decision tree of a state below what was read so far."""
        frame, at, values, kept = key
        leaf = Leaf(self.scratch, {**dict(kept), **read}, dict(values))
        try:
            action = self.execute(frame, at, leaf)
        except Trap as trap:
            hole = Undefined(trap.span.place, trap.reason)
            self.stuck.setdefault(hole, trap.span)
            holes.append(hole)
            return ~self.undefined.setdefault(hole, len(self.undefined))
        except Split as split:
            tape = self.scratch.tapes[split.tape]
            return Branch(
                split.tape,
                tuple(
                    (
                        frozenset(index_of(tape, cell) for cell in part),
                        self.tree(key, {**read, split.tape: part}, holes),
                    )
                    for part in split.parts
                ),
            )
        self.rows += 1
        if self.rows > MAX_ROWS:
            self.fail(frame, at, f"more than {MAX_ROWS:,} rows", values)
        return self.actions.setdefault(action, len(self.actions))

    def fail(
        self, frame: CallFrame, at: int, message: str, values: object, code: str = "TM070"
    ) -> None:
        help = "a counter over many values belongs on a tape" if code == "TM070" else ""
        self.report.error(code, message, frame.proc.code[at].span, help, notes=chain(frame))
        raise _Abort

    # -------------------------------------------------------------- one transition

    def execute(self, frame: CallFrame, at: int, leaf: Leaf) -> Action:
        """Execute instructions from ``at`` until the leaf ends."""
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
                case c.JumpUnless(test=test, otherwise=otherwise):
                    holds = leaf.test(frame, instruction.span, test)
                    if holds is None:
                        break
                    at = at + 1 if holds else otherwise
                    continue
                case c.AssertTest(test=test):
                    holds = leaf.test(frame, instruction.span, test)
                    if holds is None:
                        break
                    if not holds:
                        raise Trap(instruction.span, "the assumption does not hold")
                case c.MoveHead(direction=direction, tape=name):
                    if not leaf.move(frame.tapes[name], direction):
                        break
                case c.WriteSymbol():
                    if not leaf.write(frame, instruction):
                        break
                case c.SetMark():
                    if not leaf.set_mark(frame, instruction):
                        break
                case c.Set(register=register, value=expression):
                    value = leaf.value(frame, instruction.span, expression)
                    if value is None:
                        break
                    require(value, register.domain, register.name, instruction.span)
                    leaf.env[frame.depth, register] = value
                case c.Say():
                    if not self.say(frame, instruction, leaf):
                        break
                case c.Contract():
                    leaf.contract(frame, instruction)
                case c.HaltRun(accept=accept):
                    return leaf.action(ACCEPT if accept else REJECT)
                case c.Invoke():
                    called = self.call(frame, at, instruction, leaf)
                    if called is None:
                        break
                    frame, at = called, 0
                    continue
                case c.Leave(value=expression):
                    if frame.back is None:
                        return leaf.action(ACCEPT)
                    left = self.leave(frame, instruction.span, expression, leaf)
                    if left is None:
                        break
                    frame, at = left
                    continue
            at += 1
        return leaf.action(self.state(frame, at, leaf.env, leaf.known))

    def call(self, frame: CallFrame, at: int, node: c.Invoke, leaf: Leaf) -> CallFrame | None:
        """Enter a proc: bind its tapes and texts, set its value parameters."""
        values: list[tuple[c.Register, Value]] = []
        tapes: dict[str, int] = {}
        texts: dict[str, tuple[BoundPiece, ...]] = {}
        for (name, kind), arg in zip(node.proc.params, node.args, strict=True):
            if isinstance(arg, str):
                tapes[name] = frame.tapes[arg]
            elif isinstance(arg, tuple):
                texts[name] = tuple(bind(frame, arg))
            elif isinstance(kind, c.Register):
                value = leaf.value(frame, node.span, arg)
                if value is None:
                    return None
                require(value, kind.domain, name, node.span)
                values.append((kind, value))
        called = self.scratch.enter(frame, at, node, tapes, texts)
        for register, value in values:
            leaf.env[called.depth, register] = value
        return called

    def leave(
        self,
        frame: CallFrame,
        span: SourceRange,
        expression: c.Expression | None,
        leaf: Leaf,
    ) -> tuple[CallFrame, int] | None:
        """Return to the caller, with the value in its register."""
        assert frame.back is not None
        caller, at = frame.back
        invoke = caller.proc.code[at]
        assert isinstance(invoke, c.Invoke)
        value: Value | None = None
        if expression is not None:
            value = leaf.value(frame, span, expression)
            if value is None:
                return None
            if frame.proc.value is not None:
                require(value, frame.proc.value, frame.proc.name, span)
        for key in [k for k in leaf.env if k[0] == frame.depth]:
            del leaf.env[key]
        if invoke.result is not None and value is not None:
            require(value, invoke.result.domain, invoke.result.name, invoke.span)
            leaf.env[caller.depth, invoke.result] = value
        return caller, at + 1

    # -------------------------------------------------------------- speech

    def say(self, frame: CallFrame, node: c.Say, leaf: Leaf) -> bool:
        """Add an utterance; False when the leaf must end first."""
        step = node.step or frame.step
        if node.kind is UtteranceKind.CLOSE:
            self.utter(Utterance(node.kind, node.name, "", ()), leaf)
            return True
        if leaf.moved or leaf.wrote:
            return False
        if node.kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE) and not step:
            self.report.error(
                "TM050",
                f"`{node.kind}` outside of a step",
                node.span,
                "open a step around it",
                notes=chain(frame),
            )
            raise _Abort
        if node.kind is UtteranceKind.ANSWER and step:
            self.report.error(
                "TM050",
                "`answer` inside of a step",
                node.span,
                "say the answer after the last step has closed",
                notes=chain(frame),
            )
            raise _Abort
        key = self.spoken(frame, node.key, leaf)
        value = None if node.value is None else self.spoken(frame, node.value, leaf)
        if node.kind is UtteranceKind.OPEN:
            utterance = Utterance(node.kind, node.name, "", key)
        else:
            utterance = Utterance(node.kind, step, node.name, key, value)
        self.utter(utterance, leaf)
        return True

    def utter(self, utterance: Utterance, leaf: Leaf) -> None:
        leaf.says.append(self.utterances.setdefault(utterance, len(self.utterances)))

    def spoken(self, frame: CallFrame, template: c.LoweredTemplate, leaf: Leaf) -> Template:
        if not self.speech:
            return ()
        pieces = (
            p if isinstance(p, Piece) else Piece(p[0], _said(leaf.env[p[1]]))
            for p in bind(frame, template)
        )
        return _joined(pieces)


def _leaf_actions(tree: Tree) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    else:
        for _, subtree in tree.cases:
            yield from _leaf_actions(subtree)


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
            and not piece.placeholder
            and joined[-1].tape < 0
            and not joined[-1].placeholder
        ):
            joined[-1] = Piece("", joined[-1].text + piece.text)
        elif piece.text or piece.tape >= 0:
            joined.append(piece)
    return tuple(joined)
