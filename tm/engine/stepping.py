"""Run a machine one transition at a time, with names of states, tapes and symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tm.display import configuration_html
from tm.engine.outcome import DEFAULT_LIMITS, Limits, Outcome
from tm.engine.reference import Stepper
from tm.engine.result import Contents, Run
from tm.speech import Template
from tm.table import ACCEPT, REJECT, Place, Table
from tm.trees import descend


class NamedTransition(NamedTuple):
    """One transition of a run, by names.

    Attributes
    ----------
    number
        The number of the transition within the run, from 0.
    state, next_state
        Names of the states before and after the transition; ``accept`` or ``reject`` after a halt.
    place
        The position in the source of the state before the transition.
    reads, writes
        Symbols by tape, as ``Tape.show`` writes them: ``_`` is the blank.
    moves
        −1 or +1 by tape; a head that stays has no entry.
    utterances
        The utterances as texts, such as ``fetch d4 = 12``.
    """

    number: int
    state: str
    place: Place
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    moves: Mapping[str, int]
    utterances: tuple[str, ...]
    next_state: str

    def __str__(self) -> str:
        changes = [
            "reads " + ", ".join(f"{tape} {symbol}" for tape, symbol in self.reads.items()),
            "writes " + ", ".join(f"{tape} {symbol}" for tape, symbol in self.writes.items()),
            "moves " + ", ".join(f"{tape} {move:+d}" for tape, move in self.moves.items()),
        ]
        parts = zip(changes, (self.reads, self.writes, self.moves), strict=True)
        shown = "; ".join(text for text, symbols in parts if symbols)
        utterances = "".join(f"\n    {text}" for text in self.utterances)
        return f"{self.number}: {self.state} -> {self.next_state}: {shown or 'nothing'}{utterances}"


class NamedStepper:
    """A run in progress; iterating over it makes the transitions.

    Like the reference engine it tests head contracts; ``tm.run`` lists the errors.

    Parameters
    ----------
    inputs
        Texts by tape name.
    limits
        Limits that end the run.
    """

    def __init__(
        self, table: Table, inputs: Mapping[str, str], *, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        self.table = table
        self._stepper = Stepper(table, inputs, limits=limits)

    def __repr__(self) -> str:
        return f"<NamedStepper {self._title}>"

    def _repr_html_(self) -> str:
        return configuration_html(f"Run {self._title}", self._stepper.tapes)

    @property
    def outcome(self) -> Outcome | None:
        """The outcome; None until the run has ended."""
        return self._stepper.outcome

    @property
    def transitions(self) -> int:
        """Number of transitions made so far."""
        return self._stepper.transitions

    @property
    def state(self) -> str:
        """The name of the current state; ``accept`` or ``reject`` after a halt."""
        return self._state_name(self._stepper.state)

    @property
    def tapes(self) -> dict[str, Contents]:
        """The contents of the tapes at this point, by name."""
        return {contents.tape.name: contents for contents in self._stepper.tapes}

    @property
    def heads(self) -> dict[str, int]:
        """The number of the cell under each head, by tape."""
        return dict(zip(self._names, self._stepper.heads, strict=True))

    def step(self) -> NamedTransition | None:
        """Make one transition and return it; return None once the run has ended.

        Raises
        ------
        ContractBroken
            If the transition would break a head contract; it is not made.
        """
        stepper, before = self._stepper, self._stepper.transitions
        if stepper.outcome is not None:
            return None
        state, name = self.table.states[stepper.state], self.state
        index = stepper.choose()
        if index is None:
            stepper.step()
            return None
        action = self.table.actions[index]
        reads = self._reads()
        utterances = tuple(map(self._utterance_text, action.utterances))
        stepper.step()
        if stepper.transitions == before:  # a limit was reached
            return None
        return NamedTransition(
            number=before,
            state=name,
            place=state.place,
            reads=reads,
            writes={
                self._names[tape]: self.table.tapes[tape].show(symbol)
                for tape, symbol in action.writes
            },
            moves={self._names[tape]: move for tape, move in action.moves},
            utterances=utterances,
            next_state=self._state_name(action.next),
        )

    def __iter__(self) -> Iterator[NamedTransition]:
        while (transition := self.step()) is not None:
            yield transition

    def finish(self) -> Run:
        """Make the remaining transitions and return the run, with its trace."""
        return self._stepper.finish()

    @property
    def _title(self) -> str:
        now = self.outcome or f"in state {self.state}"
        return f"of {self.table.name}: {now} after {self.transitions:,} transitions"

    @property
    def _names(self) -> list[str]:
        return [tape.name for tape in self.table.tapes]

    def _state_name(self, state: int) -> str:
        halted = {ACCEPT: "accept", REJECT: "reject"}
        return halted[state] if state in halted else self.table.state_names[state]

    def _reads(self) -> dict[str, str]:
        """Return the symbols that select the next transition, by tape."""
        reads: dict[str, str] = {}

        def read(index: int) -> int:
            tape, symbol = self.table.tapes[index], self._stepper.read(index)
            reads[tape.name] = tape.show(symbol)
            return symbol

        descend(self.table.states[self._stepper.state].tree, read)
        return reads

    def _utterance_text(self, index: int) -> str:
        """Return an utterance as text, with captures from the tapes at this point."""
        utterance = self.table.utterances[index]
        captures = iter(self._stepper.captures(index))
        key, value = (
            _filled(template, captures) for template in (utterance.key, utterance.value or ())
        )
        subject = utterance.step if utterance.kind in ("open", "close") else ""
        pair = f"{key} = {value}" if utterance.value is not None else key
        return " ".join(filter(None, (utterance.kind, subject, pair)))


def _filled(template: Template, captures: Iterator[bytes]) -> str:
    """Return a template as text; each capture takes the next of ``captures``."""
    return "".join(
        piece.text if piece.tape < 0 else next(captures).decode("ascii") or piece.text
        for piece in template
    )


def step(
    table: Table, inputs: Mapping[str, str], *, limits: Limits = DEFAULT_LIMITS
) -> NamedStepper:
    """Begin a run whose transitions are made one at a time; see ``NamedStepper``."""
    return NamedStepper(table, inputs, limits=limits)
