"""Elaborate lowered code: search the states reachable over (instruction, live registers).

From a state, instructions are executed symbolically until the transition must end: before a head is
used again after it moved, before an utterance that follows a write or a move, and before a further
tape is touched than ``MAX_TAPES_PER_TRANSITION`` allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import NoReturn

from tm.elaboration import instructions as c
from tm.elaboration.frames import (
    BoundPiece,
    CallFrame,
    Cell,
    RegisterKey,
    TapeAllocator,
    bind,
    call_notes,
    index_of,
)
from tm.elaboration.transition import BranchNeeded, LeafExecution, Trap, require
from tm.language.diagnostics import Reporter
from tm.language.source import SourceRange
from tm.language.values import Member, Value, show
from tm.speech import Piece, Print, Style, Template, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, REJECT, Action, State, Table, Tape, Undefined
from tm.trees import Branch, Tree, leaves, normalize

MAX_STATES = 100_000

MAX_ROWS = 1_000_000

MAX_INSTRUCTIONS = 20_000
"""Maximum number of instructions in one transition: more occur only in loops that touch no tape."""

MAX_TEXT_LENGTH = 10_000
"""Maximum length of a text, in characters and placeholders."""

MAX_TOTAL_TEXT = 5_000_000
"""Maximum number of pieces in the texts of all calls and utterances together."""

MAX_STATES_WITHOUT_WARNING = 5_000

MANY_STATES_HELP = "a counter over many values belongs on a tape"
NO_ANSWER_HELP = 'end with `answer "{t.all}"`, with the tape of the result; answers are scored'

StateKey = tuple[
    CallFrame, int, tuple[tuple[RegisterKey, Value], ...], tuple[tuple[int, frozenset[Cell]], ...]
]
"""A state: frame, instruction, values of the live registers, what is known about kept tapes."""


class _ElaborationAbortedError(Exception):
    """An error was reported and the search ends."""


class Elaborator:
    """Elaborates one machine.

    Attributes
    ----------
    speech
        Whether templates keep their content; without it the table is the same but for its texts.
    states
        The index of every state reached so far.
    queue
        The states in the order of their indices; those at its end are still to be explored.
    actions, undefined, utterances
        Indices in the table.
    bound
        The results of ``bounded``, by frame and ``id`` of the template.
    traps
        The source range of every undefined situation.
    rows
        The number of table rows so far.
    text_length
        The number of pieces in the texts of all calls and utterances so far.
    """

    def __init__(self, tapes: list[Tape], report: Reporter, speech: bool = True) -> None:
        self.allocator = TapeAllocator(tapes)
        self.report = report
        self.speech = speech
        self.states: dict[StateKey, int] = {}
        self.queue: list[StateKey] = []
        self.actions: dict[Action, int] = {}
        self.undefined: dict[Undefined, int] = {}
        self.utterances: dict[Utterance, int] = {}
        self.bound: dict[tuple[CallFrame, int], tuple[BoundPiece, ...]] = {}
        self.traps: dict[Undefined, SourceRange] = {}
        self.rows = 0
        self.text_length = 0

    def table(self, name: str, main: c.Proc, styles: dict[str, Style]) -> Table | None:
        """Return the table of a machine, or None if errors were reported."""
        tapes = dict(self.allocator.declared)
        for local in main.tapes:
            tapes[local.name] = self.allocator.scratch_tape(local, main, None, tapes)
        root = CallFrame(main, 0, tapes, {}, None, (), frozenset(), frozenset())
        self.state(root, 0, {}, {})
        states: list[State] = []
        try:
            states.extend(map(self.explore, self.queue))  # the queue grows during the iteration
        except _ElaborationAbortedError:
            return None
        if len(states) > MAX_STATES_WITHOUT_WARNING:
            self.report.warn("TM083", f"{len(states):,} states", main.location, MANY_STATES_HELP)
        kinds = {utterance.kind for utterance in self.utterances}
        if UtteranceKind.OPEN in kinds and UtteranceKind.ANSWER not in kinds:
            message = "the machine writes steps, but no answer"
            self.report.warn("TM085", message, main.location, NO_ANSWER_HELP)
        return Table(
            name=name,
            tapes=tuple(self.allocator.tapes),
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
        index: int,
        registers: dict[RegisterKey, Value],
        known: dict[int, frozenset[Cell]],
    ) -> int:
        """Return the state before instruction ``index``, which is queued if it is new.

        Of the registers only the live ones distinguish states, of what is known about the cells
        under the heads only what a ``keep`` block keeps.
        """
        live = frame.proc.live[index]
        values = tuple(
            sorted(
                (
                    (key, value)
                    for key, value in registers.items()
                    if (key[1] in live if key[0] == frame.depth else key in frame.outer_live)
                ),
                key=lambda item: (item[0][0], item[0][1].index),
            )
        )
        keeps = frame.keeps | {frame.tapes[t] for t in frame.proc.code[index].keeps}
        kept = tuple(
            sorted(
                (
                    (tape, cells)
                    for tape, cells in known.items()
                    if tape in keeps and len(cells) < len(self.allocator.alphabets[tape])
                ),
                key=lambda item: item[0],
            )
        )
        key = (frame, index, values, kept)
        state = self.states.get(key)
        if state is None:
            if len(self.states) >= MAX_STATES:
                self.abort(frame, index, "TM070", f"more than {MAX_STATES:,} states")
            state = self.states[key] = len(self.states)
            self.queue.append(key)
        return state

    def explore(self, key: StateKey) -> State:
        """Return a state with its decision tree."""
        frame, index, values, _ = key
        traps: list[Undefined] = []
        tree = self.tree(key, {}, traps)
        place = frame.proc.code[index].location.place
        shown = "".join(f" {register.name}={show(value)}" for (_, register), value in values)
        if not any(leaf >= 0 for leaf in leaves(tree)):
            self.report.error(
                "TM072",
                f"this can never be executed: {traps[0].reason}",
                self.traps[traps[0]],
                "every symbol that can stand under the heads leads here" + shown,
                notes=call_notes(frame),
            )
            raise _ElaborationAbortedError
        sizes = [tape.size for tape in self.allocator.tapes]
        return State(f"{frame.proc.name}:{place.line}{shown}", place, normalize(tree, sizes))

    def tree(self, key: StateKey, read: dict[int, frozenset[Cell]], traps: list[Undefined]) -> Tree:
        """Return the subtree of a state for what was read so far; add its traps to ``traps``."""
        frame, index, values, kept = key
        leaf = LeafExecution(self.allocator, {**dict(kept), **read}, dict(values))
        try:
            action = self.execute(frame, index, leaf)
        except Trap as trap:
            undefined = Undefined(trap.location.place, trap.reason)
            self.traps.setdefault(undefined, trap.location)
            traps.append(undefined)
            return ~self.undefined.setdefault(undefined, len(self.undefined))
        except BranchNeeded as needed:
            tape = self.allocator.tapes[needed.tape]
            return Branch(
                needed.tape,
                tuple(
                    (
                        frozenset(index_of(tape, cell) for cell in part),
                        self.tree(key, {**read, needed.tape: part}, traps),
                    )
                    for part in needed.parts
                ),
            )
        self.rows += 1
        if self.rows > MAX_ROWS:
            self.abort(frame, index, "TM070", f"more than {MAX_ROWS:,} rows")
        return self.actions.setdefault(action, len(self.actions))

    def abort(self, frame: CallFrame, index: int, code: str, message: str) -> NoReturn:
        """Report an error at an instruction and end the search."""
        help = MANY_STATES_HELP if code == "TM070" else ""
        location = frame.proc.code[index].location
        self.report.error(code, message, location, help, notes=call_notes(frame))
        raise _ElaborationAbortedError

    # -------------------------------------------------------------- one transition

    def execute(self, frame: CallFrame, index: int, leaf: LeafExecution) -> Action:
        """Execute instructions from ``index`` on until the transition ends."""
        budget = MAX_INSTRUCTIONS
        while True:
            instruction = frame.proc.code[index]
            budget -= 1
            if budget < 0:
                self.abort(frame, index, "TM071", "this loop never touches a tape")
            match instruction:
                case c.Jump(target=target):
                    index = target
                    continue
                case c.JumpUnless(test=test, target=target):
                    holds = leaf.test(frame, instruction.location, test)
                    if holds is None:
                        break
                    index = index + 1 if holds else target
                    continue
                case c.AssertTest(test=test, message=message):
                    holds = leaf.test(frame, instruction.location, test)
                    if holds is None:
                        break
                    if not holds:
                        reason = "the assumption does not hold"
                        raise Trap(instruction.location, ": ".join(filter(None, (reason, message))))
                case c.MoveHead(direction=direction, tape=name):
                    if not leaf.move(frame.tapes[name], direction):
                        break
                case c.WriteSymbol():
                    if not leaf.write(frame, instruction):
                        break
                case c.SetMark():
                    if not leaf.set_mark(frame, instruction):
                        break
                case c.SetRegister(register=register, value=expression):
                    value = leaf.value(frame, instruction.location, expression)
                    if value is None:
                        break
                    require(value, register.domain, register.name, instruction.location)
                    leaf.registers[frame.depth, register] = value
                case c.SayUtterance():
                    if not self.say(frame, instruction, leaf):
                        break
                case c.CheckContract():
                    leaf.check_contract(frame, instruction)
                case c.PrintText(text=template):
                    text = self.bound_template(frame, instruction, template, leaf)
                    place = instruction.location.place
                    shown = f"{place.file}:{place.line}"
                    leaf.prints.append(Print(shown, text, leaf.writes(), leaf.moves()))
                case c.HaltRun(accept=accept):
                    for step in reversed(frame.steps):
                        self.close_step(step, leaf)
                    return leaf.action(ACCEPT if accept else REJECT)
                case c.CallProc():
                    called = self.call(frame, index, instruction, leaf)
                    if called is None:
                        break
                    frame, index = called, 0
                    continue
                case c.LeaveProc(value=expression):
                    if frame.caller is None:
                        return leaf.action(ACCEPT)
                    returned = self.leave(frame, instruction.location, expression, leaf)
                    if returned is None:
                        break
                    frame, index = returned
                    continue
            index += 1
        return leaf.action(self.state(frame, index, leaf.registers, leaf.known))

    def call(
        self, frame: CallFrame, index: int, call: c.CallProc, leaf: LeafExecution
    ) -> CallFrame | None:
        """Enter a proc: bind its tapes and texts, set its value parameters.

        Returns
        -------
        The frame of the call, or None if the transition must end before it.
        """
        values: list[tuple[c.Register, Value]] = []
        tapes: dict[str, int] = {}
        texts: dict[str, tuple[BoundPiece, ...]] = {}
        for (name, kind), arg in zip(call.proc.params, call.args, strict=True):
            if isinstance(arg, str):
                tapes[name] = frame.tapes[arg]
            elif isinstance(arg, tuple):
                texts[name] = self.bounded(frame, call, arg)
            elif isinstance(kind, c.Register):
                value = leaf.value(frame, call.location, arg)
                if value is None:
                    return None
                require(value, kind.domain, name, call.location)
                values.append((kind, value))
        if call.proc.machine_tapes:
            self.check_aliases(frame, call, tapes)
        calls = len(self.allocator.frames)
        called = self.allocator.enter(frame, index, tapes, texts)
        if len(self.allocator.frames) > calls:
            self.count_text(frame, call, texts.values())
        for register, value in values:
            leaf.registers[called.depth, register] = value
        return called

    def check_aliases(self, frame: CallFrame, call: c.CallProc, args: dict[str, int]) -> None:
        """Report a tape that a proc gets as an argument and also uses by name."""
        for index in args.values():
            name = self.allocator.tapes[index].name
            if name in call.proc.machine_tapes:
                self.report.error(
                    "TM025",
                    f"`{call.proc.name}` gets tape `{name}` and also uses it by name",
                    call.location,
                    "two names cannot share a head: use one of them",
                    notes=call_notes(frame),
                )
                raise _ElaborationAbortedError

    def leave(
        self,
        frame: CallFrame,
        location: SourceRange,
        expression: c.Expression | None,
        leaf: LeafExecution,
    ) -> tuple[CallFrame, int] | None:
        """Leave a proc and set the register of its result.

        Returns
        -------
        The frame of the caller and the instruction after the call, or None if the transition must
        end before it.
        """
        assert frame.caller is not None
        caller, index = frame.caller
        call = caller.proc.code[index]
        assert isinstance(call, c.CallProc)
        value: Value | None = None
        if expression is not None:
            value = leaf.value(frame, location, expression)
            if value is None:
                return None
            if frame.proc.value is not None:
                require(value, frame.proc.value, frame.proc.name, location)
        for key in [k for k in leaf.registers if k[0] == frame.depth]:
            del leaf.registers[key]
        if call.result is not None and value is not None:
            require(value, call.result.domain, call.result.name, call.location)
            leaf.registers[caller.depth, call.result] = value
        return caller, index + 1

    # -------------------------------------------------------------- speech

    def say(self, frame: CallFrame, node: c.SayUtterance, leaf: LeafExecution) -> bool:
        """Add an utterance; return False if the transition must end before it."""
        steps = frame.steps + node.steps
        if node.kind is UtteranceKind.CLOSE:
            self.close_step(node.name, leaf)
            return True
        if leaf.moved or leaf.written:
            return False
        if node.kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE) and not steps:
            self.report.error(
                "TM050",
                f"`{node.kind}` outside of a step",
                node.location,
                "open a step around it",
                notes=call_notes(frame),
            )
            raise _ElaborationAbortedError
        if node.kind is UtteranceKind.ANSWER and steps:
            self.report.error(
                "TM050",
                "`answer` inside of a step",
                node.location,
                "move the answer behind the last step",
                notes=call_notes(frame),
            )
            raise _ElaborationAbortedError
        key = self.bound_template(frame, node, node.key, leaf)
        value = None if node.value is None else self.bound_template(frame, node, node.value, leaf)
        if node.kind is UtteranceKind.OPEN:
            utterance = Utterance(node.kind, node.name, "", key)
        else:
            utterance = Utterance(node.kind, steps[-1] if steps else "", node.name, key, value)
        if utterance not in self.utterances:
            self.count_text(frame, node, (key, value or ()))
        self.add_utterance(utterance, leaf)
        return True

    def close_step(self, step: str, leaf: LeafExecution) -> None:
        """Add the end of a step."""
        self.add_utterance(Utterance(UtteranceKind.CLOSE, step, "", ()), leaf)

    def add_utterance(self, utterance: Utterance, leaf: LeafExecution) -> None:
        leaf.utterances.append(self.utterances.setdefault(utterance, len(self.utterances)))

    def bound_template(
        self,
        frame: CallFrame,
        node: c.Instruction,
        template: c.LoweredTemplate,
        leaf: LeafExecution,
    ) -> Template:
        """Return a template with the values of its registers; empty without speech."""
        if not self.speech:
            return ()
        return _joined(
            piece
            if isinstance(piece, Piece)
            else Piece(piece[0], _register_text(leaf.registers[piece[1]]))
            for piece in self.bounded(frame, node, template)
        )

    def bounded(
        self, frame: CallFrame, node: c.Instruction, template: c.LoweredTemplate
    ) -> tuple[BoundPiece, ...]:
        """Return the pieces of a template in a call; report texts that grow too long."""
        # Instructions, and so their templates, are alive as long as the frames of their procs.
        key = (frame, id(template))
        pieces = self.bound.get(key)
        if pieces is None:
            length = 0
            resolved: list[BoundPiece] = []
            for piece in bind(frame, template):
                length += 1 + (len(piece.text) if isinstance(piece, Piece) else 0)
                if length > MAX_TEXT_LENGTH:
                    self.abort_text(frame, node, f"a text here has more than {MAX_TEXT_LENGTH:,}")
                resolved.append(piece)
            pieces = self.bound[key] = tuple(resolved)
        return pieces

    def count_text(self, frame: CallFrame, node: c.Instruction, texts: Iterable[Sized]) -> None:
        """Count the texts of a new call or utterance; report a machine with too many of them."""
        self.text_length += sum(map(len, texts))
        if self.text_length > MAX_TOTAL_TEXT:
            self.abort_text(frame, node, f"all texts together have more than {MAX_TOTAL_TEXT:,}")

    def abort_text(self, frame: CallFrame, node: c.Instruction, message: str) -> NoReturn:
        """Report texts that grow too long and end the search."""
        help = "a proc that passes its text on twice doubles it: pass it on once"
        notes = call_notes(frame)
        self.report.error(
            "TM070", f"{message} characters and placeholders", node.location, help, notes
        )
        raise _ElaborationAbortedError


def _register_text(value: Value) -> str:
    """Return the text of a register's value."""
    if isinstance(value, Member):
        return value.name
    return "" if value == BLANK else str(value)


def _joined(pieces: Iterator[Piece]) -> Template:
    """Return a template with adjacent literal texts joined and empty ones left out."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and _is_literal(piece) and _is_literal(joined[-1]):
            joined[-1] = Piece("", joined[-1].text + piece.text)
        elif piece.text or piece.tape >= 0:
            joined.append(piece)
    return tuple(joined)


def _is_literal(piece: Piece) -> bool:
    return piece.tape < 0 and not piece.placeholder
