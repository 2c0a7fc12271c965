"""Who writes the outputs that are scored: the machine itself, or a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from evaluation.items import Item


class End(StrEnum):
    """Why an output ended."""

    STOP = "stop"  # the model ended it
    LENGTH = "length"  # it was cut at the token limit
    NO_FIT = "no_fit"  # prompt and limit are more than the model's context: nothing was generated


class Output(NamedTuple):
    """What a backend wrote for one item, and how many tokens it took."""

    text: str
    end: End
    tokens: int


Advance = Callable[[int], None]
"""Told, now and then, how many more items are done."""


class Backend(Protocol):
    """A source of outputs."""

    @property
    def description(self) -> dict[str, str | int]:
        """What a reader needs to repeat the result: model, number type, batch size, versions."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each text, in the backend's tokens."""
        ...

    def generate(self, items: Sequence[Item], limit: int, advance: Advance) -> list[Output]:
        """An output for each item, in their order, of at most ``limit`` tokens with its end."""
        ...


class Reference:
    """The machine itself: what every score is measured against, and a test of the scorer."""

    @property
    def description(self) -> dict[str, str | int]:
        return {"backend": "reference"}

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def generate(self, items: Sequence[Item], limit: int, advance: Advance) -> list[Output]:
        advance(len(items))
        return [
            Output(item.reference.string, End.STOP, len(item.reference.string)) for item in items
        ]
