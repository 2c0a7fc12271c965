"""Outcomes of a run, the limits that may end it early, and the errors that it can raise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tm.table import CHECKS, Check


class Outcome(StrEnum):
    """The outcome of a run.

    Before each transition the engines test, in this order: the step limit, the space limit,
    whether there is a transition (otherwise ``stuck``), the text limit. A machine that halts with
    the last transition allowed has therefore halted.
    """

    ACCEPT = "accept"
    REJECT = "reject"
    STUCK = "stuck"
    STEP_LIMIT = "step_limit"
    SPACE_LIMIT = "space_limit"
    TEXT_LIMIT = "text_limit"


MAX_LIMIT = 2**62
"""The limits must be smaller, so that the compiled engine can count in 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits that end a run; both engines stop at the same transition.

    Attributes
    ----------
    steps
        Maximum number of transitions.
    cells
        Maximum distance from cell 0, on either side, of a head when a transition begins, and of
        the end of an input.
    letters
        Maximum number of utterances plus captured letters in the trace of a run; a transition that
        would exceed it is not made. It does not apply to runs without a trace.

    Raises
    ------
    ValueError
        If a limit is negative or not smaller than ``MAX_LIMIT``.
    """

    steps: int = 100_000_000
    cells: int = 10_000_000
    letters: int = 100_000_000

    def __post_init__(self) -> None:
        for name in ("steps", "cells", "letters"):
            if not 0 <= (value := getattr(self, name)) < MAX_LIMIT:
                raise ValueError(f"`{name}` must be from 0 to 2**62 - 1, not {value}")


DEFAULT_LIMITS = Limits()


class InputError(ValueError):
    """An input that the tapes of a table cannot hold.

    Attributes
    ----------
    tape
        The name of the tape as it was given.
    position
        The position of the character in the text, from 0; −1 if the tape does not exist.
    character
        The character; empty if the tape does not exist.
    item
        The index of the input in its batch.
    """

    def __init__(
        self, message: str, *, tape: str, position: int, character: str, item: int
    ) -> None:
        self.tape = tape
        self.position = position
        self.character = character
        self.item = item
        super().__init__(message)


class ContractBroken(RuntimeError):  # noqa: N818 (an error of the machine, not of its user)
    """A head contract of a machine that does not hold, which is a fault of the machine.

    Attributes
    ----------
    check
        The contract; ``check.place`` is its position in the source.
    tape
        The name of the tape.
    cells
        The cells around the head, the one under it in brackets: ``1 2 [3] _ _``.
    transition
        The number, from 0, of the transition that would have broken the contract.
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
