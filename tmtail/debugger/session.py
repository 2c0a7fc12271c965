"""A run that can be stepped on and back, with breakpoints; it knows nothing of the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tm.engine import ContractBroken, Limits, Stepper
from tm.support.suggestions import did_you_mean
from tm.table import OUTCOME_NAMES, Row, Table
from tm.trees import Branch

MAX_CHECKPOINTS = 128
TRANSITIONS_PER_CHECKPOINT = 512
"""Transitions between two checkpoints, doubled whenever there would be too many."""

USAGE = """\
break STATE       stop in a state
break LINE        stop in a state that begins at a line of the source on display
break TAPE = X    stop where the head of a tape is on a symbol; _ is the blank
watch TAPE        stop after a transition that writes on a tape
go N              go to the configuration after N transitions
list              list the breakpoints
delete N          delete a breakpoint by its number
quit              leave the debugger"""


class Breakpoint(NamedTuple):
    """A condition that ends a command such as `continue`.

    Attributes
    ----------
    label
        The command that set it.
    test
        Whether a run is at the breakpoint, given the table's action that led there.
    """

    label: str
    test: Callable[[Stepper, int], bool]


class Session:
    """A run at some point, its checkpoints and its breakpoints.

    Attributes
    ----------
    stepper
        The run at this point; moving it elsewhere is the task of the methods below.
    breakpoints
        By their numbers.
    fault
        The contract that the next transition would break, in words; empty without one.
    printed
        The lines of ``print`` statements by the number of transitions after which they appear, for
        all transitions that were made before; see ``lines``.
    """

    def __init__(self, table: Table, inputs: Mapping[str, str], limits: Limits) -> None:
        self.table = table
        self.stepper = Stepper(table, inputs, limits=limits, trace=False)
        self.breakpoints: dict[int, Breakpoint] = {}
        self.fault = ""
        self.printed: dict[int, tuple[str, ...]] = {}
        self._next_number = 1
        self._interval = TRANSITIONS_PER_CHECKPOINT
        self._checkpoints = [self.stepper.copy()]

    @property
    def time(self) -> int:
        """Number of transitions made so far."""
        return self.stepper.transitions

    @property
    def state(self) -> str:
        """The name of the state, or ``accept`` or ``reject`` after a halt."""
        state = self.stepper.state
        return OUTCOME_NAMES[~state] if state < 0 else self.table.state_names[state]

    @property
    def row(self) -> Row | None:
        """The row of the table that applies next; None at the end of the run."""
        if self.stepper.outcome is not None or (action := self.stepper.choose()) is None:
            return None
        reads: dict[int, frozenset[int]] = {}
        tree = self.table.states[self.stepper.state].tree
        while isinstance(tree, Branch):
            tape, symbol = tree.tape, self.stepper.read(tree.tape)
            reads[tape], tree = next(case for case in tree.cases if symbol in case[0])
        return Row(self.stepper.state, tuple(sorted(reads.items())), action)

    @property
    def lines(self) -> list[str]:
        """The lines that ``print`` statements have printed so far."""
        printed = sorted(self.printed.items())
        return [line for time, lines in printed if time <= self.time for line in lines]

    # Movement

    def step(self) -> bool:
        """Make one transition; return False if the run has ended or a contract would be broken."""
        before = self.time
        try:
            self.stepper.step()
        except ContractBroken as error:
            self.fault = str(error)
        if self.time > before and self.stepper.printed:
            self.printed[self.time] = self.stepper.printed
        if self.time > before and self.time % self._interval == 0:
            self._remember()
        return self.time > before

    def go_to(self, time: int) -> None:
        """Go to a configuration, or as far as the run comes."""
        self.fault = ""
        if time < self.time:
            self._rewind(max(0, time))
        while self.time < time and self.step():
            pass

    def run_on(self, transitions: int) -> bool:
        """Make transitions until a breakpoint; return whether it, or the end, was reached.

        Parameters
        ----------
        transitions
            The largest number of them.
        """
        for _ in range(transitions):
            action = self.stepper.choose() if self.stepper.outcome is None else None
            if not self.step() or action is None or self._is_at_breakpoint(action):
                return True
        return False

    def run_back(self) -> None:
        """Go back to the nearest configuration before this one that is at a breakpoint, or to 0."""
        self.fault = ""
        end = self.time
        while end > 0:
            # Begin before the checkpoint that `end - 1` may be, to see the transition to it.
            self._rewind(max(0, end - 2))
            start, latest = self.time, 0
            while self.time < end - 1:
                action = self.stepper.choose()
                self.step()
                if action is not None and self._is_at_breakpoint(action):
                    latest = self.time
            if latest:
                self.go_to(latest)
                return
            end = start + 1 if start else 0
        self.go_to(0)

    # Commands

    def command(self, line: str) -> str:
        """Carry out a command of the line at the bottom, and return what to show.

        Raises
        ------
        ValueError
            If it is not a command, or names something that does not exist.
        """
        name, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        match name:
            case "break" | "b" if rest:
                return self._add(Breakpoint(f"break {rest}", self._break_test(rest)))
            case "watch" | "w" if rest:
                return self._add(Breakpoint(f"watch {rest}", self._watch_test(rest)))
            case "go" if rest.isdecimal():
                self.go_to(int(rest))
                return ""
            case "list" if not rest:
                lines = [f"{number}: {b.label}" for number, b in self.breakpoints.items()]
                return "\n".join(lines) or "no breakpoints"
            case "delete" if rest.isdecimal():
                if self.breakpoints.pop(int(rest), None) is None:
                    raise ValueError(f"there is no breakpoint {rest}; `list` shows them")
                return f"deleted {rest}"
        raise ValueError(f"`{line}` is not a command; `help` shows them")

    def _add(self, breakpoint: Breakpoint) -> str:
        number = self._next_number
        self._next_number += 1
        self.breakpoints[number] = breakpoint
        return f"{number}: {breakpoint.label}"

    def _break_test(self, condition: str) -> Callable[[Stepper, int], bool]:
        tape_name, equals, shown = condition.partition("=")
        if equals:
            tape = self._tape(tape_name.strip())
            symbol = self.table.tapes[tape].parse_symbol(shown.strip() or " ")
            return lambda stepper, _: stepper.read(tape) == symbol
        if condition.isdecimal():
            return self._line_test(int(condition))
        names = self.table.state_names
        if condition not in names:
            help = did_you_mean(condition, names) or "the panel Table shows names of states"
            raise ValueError(f"there is no state `{condition}`; {help}")
        state = names.index(condition)
        return lambda stepper, _: stepper.state == state

    def _line_test(self, line: int) -> Callable[[Stepper, int], bool]:
        file = self.table.states[max(0, self.stepper.state)].place.file
        places = [state.place for state in self.table.states]
        at_line = {i for i, place in enumerate(places) if (place.file, place.line) == (file, line)}
        if not at_line:
            lines = sorted({place.line for place in places if place.file == file})
            raise ValueError(
                f"no state begins at line {line} of {file}; states begin at lines "
                f"{', '.join(map(str, lines))}"
            )
        return lambda stepper, _: stepper.state in at_line

    def _watch_test(self, name: str) -> Callable[[Stepper, int], bool]:
        tape = self._tape(name)
        writing = {
            index
            for index, action in enumerate(self.table.actions)
            if any(written == tape for written, _ in action.writes)
        }
        return lambda _, action: action in writing

    def _tape(self, name: str) -> int:
        try:
            return self.table.tape(name)
        except KeyError as error:
            raise ValueError(error.args[0]) from None

    # Checkpoints

    def _is_at_breakpoint(self, action: int) -> bool:
        return any(b.test(self.stepper, action) for b in self.breakpoints.values())

    def _rewind(self, time: int) -> None:
        """Go to the latest checkpoint at or before a configuration."""
        latest = next(c for c in reversed(self._checkpoints) if c.transitions <= time)
        self.stepper = latest.copy()

    def _remember(self) -> None:
        if self._checkpoints[-1].transitions >= self.time:
            return
        self._checkpoints.append(self.stepper.copy())
        if len(self._checkpoints) > MAX_CHECKPOINTS:
            self._interval *= 2
            kept = [c for c in self._checkpoints if c.transitions % self._interval == 0]
            self._checkpoints = kept
