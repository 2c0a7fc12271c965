"""Distances at which a model sees far tokens; ``evaluation.models.far_positions`` computes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class FarPositions:
    """Distances at which a model sees far tokens when it writes.

    Attributes
    ----------
    kind
        ``clamp``: all far tokens are as far as the window; ``group``: distances grow by one for
        each ``group`` of tokens (Self-Extend, arXiv 2401.01325).
    window
        Least distance of a far token, in tokens; nearer ones keep their distances.
    group
        Number of tokens of a group; without effect for ``clamp``.
    """

    kind: Literal["clamp", "group"]
    window: int
    group: int = 4

    def __post_init__(self) -> None:
        if self.window < 1 or self.group < 2:
            raise ValueError(
                f"`window` must be at least 1, and `group` at least 2, not {self.window} and "
                f"{self.group}"
            )


def read_far_positions(text: str) -> FarPositions:
    """Read ``clamp:WINDOW`` or ``group:WINDOW:SIZE``.

    Raises
    ------
    ValueError
        If the text has another form, or a number is too small.
    """
    match = re.fullmatch(r"clamp:(\d{1,9})|group:(\d{1,9}):(\d{1,9})", text)
    if match is None:
        raise ValueError(f"must be clamp:WINDOW or group:WINDOW:SIZE, not {text!r}")
    clamp, window, size = match.groups()
    if clamp is not None:
        return FarPositions(kind="clamp", window=int(clamp))
    return FarPositions(kind="group", window=int(window), group=int(size))
