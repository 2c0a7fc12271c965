"""How a run can end, what may end it early, and the two errors a run can raise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tm.table import CHECKS, Check


class Outcome(StrEnum):
    """How a run ended.

    Before each transition the engines look, in this order, at: the step limit, the space limit,
    the transition itself (none: ``stuck``), the text limit. So a machine that halts with its last
    permitted transition has halted.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    STUCK = "stuck"
    STEP_LIMIT = "step_limit"
    SPACE_LIMIT = "space_limit"
    TEXT_LIMIT = "text_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What ends a run that does not end by itself; both engines count alike, to the transition.

    Attributes
    ----------
    steps
        Transitions that a run may make.
    cells
        How far from cell 0, to either side, a head may stand when a transition begins and an input
        may reach.
    letters
        Utterances plus captured letters that the trace of a run may hold: the transition that
        would say more is not made. Without a trace nothing is said, and this limit is idle.
    """

    steps: int = 100_000_000
    cells: int = 10_000_000
    letters: int = 100_000_000

    def __post_init__(self) -> None:
        for name in ("steps", "cells", "letters"):
            if not 0 <= (value := getattr(self, name)) < 2**62:
                raise ValueError(f"the limit `{name}` is {value}; it must lie in 0 … 2**62")


DEFAULT_LIMITS = Limits()


class InputError(ValueError):
    """An input that a table's tapes cannot hold.

    Attributes
    ----------
    tape
        The name given for the tape.
    position
        Where in the text the character stands, from 0; −1 when there is no such tape.
    character
        The character, empty when there is no such tape.
    item
        Which input of a batch it is, from 0.
    """

    def __init__(
        self, message: str, *, tape: str, position: int, character: str, item: int
    ) -> None:
        self.tape = tape
        self.position = position
        self.character = character
        self.item = item
        super().__init__(message)


class ContractBroken(RuntimeError):  # noqa: N818 (it is the machine's error)
    """A contract that a machine's author stated does not hold: a bug of the machine.

    Attributes
    ----------
    check
        The contract; ``check.place`` is where the source states it.
    tape
        The tape's name.
    cells
        The cells around the head, the head's in brackets: ``1 2 [3] _ _``.
    transition
        The transition, from 0, that would have broken it.
    """

    def __init__(self, check: Check, tape: str, cells: str, transition: int) -> None:
        self.check = check
        self.tape = tape
        self.cells = cells
        self.transition = transition
        super().__init__(
            f"{check.place}: contract `{tape} at {check.kind}` is broken at transition "
            f"{transition}: {CHECKS[check.kind]}, but tape `{tape}` is {cells}"
        )
