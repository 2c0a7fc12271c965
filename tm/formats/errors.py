"""The one error of reading a table from text."""

from __future__ import annotations


class FormatError(ValueError):
    """A text that is no table of its format.

    Attributes
    ----------
    where
        Where the fault stands: ``character 12`` or a path into JSON, ``states[3][4]``.
    """

    def __init__(self, message: str, where: str) -> None:
        self.where = where
        super().__init__(f"{where}: {message}")
