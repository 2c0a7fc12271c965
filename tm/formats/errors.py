"""The error that reading a table from text raises."""

from __future__ import annotations


class FormatError(ValueError):
    """A text that is not a table in its format.

    Attributes
    ----------
    location
        The place of the fault: ``line 3``, ``character 12``, or a path into JSON such as
        ``states[3]``.
    """

    def __init__(self, message: str, location: str) -> None:
        self.location = location
        super().__init__(f"{location}: {message}")
