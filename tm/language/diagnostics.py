"""Errors and warnings about sources, in the form that people and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tm.language.source import SourceRange
from tm.support.escaping import replace_unprintable

MAX_EXCERPT_COLUMNS = 160
"""Width of the part of a source line that an excerpt shows, in columns."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning about a range of a source.

    Attributes
    ----------
    code
        ``TM0xx``; ``tm.language.codes.CODES`` explains each.
    help
        What to do about it, or the empty string.
    notes
        Related ranges, each with a sentence.
    """

    code: str
    message: str
    location: SourceRange
    help: str = ""
    notes: tuple[tuple[SourceRange, str], ...] = ()
    warning: bool = False

    @property
    def severity(self) -> str:
        return "warning" if self.warning else "error"

    def __str__(self) -> str:
        """``file:line:col: error[TM0xx]: …``, the source line, carets, notes and help."""
        lines = [f"{self.location.place}: {self.severity}[{self.code}]: {self.message}"]
        lines += _excerpt(self.location)
        for location, sentence in self.notes:
            lines.append(f"{location.place}: note: {sentence}")
            lines += _excerpt(location)
        if self.help:
            lines.append(f"help: {self.help}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for editors: lines and columns from 1, the end exclusive."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            **_range_as_json(self.location),
            "notes": [
                {"message": sentence, **_range_as_json(location)}
                for location, sentence in self.notes
            ],
        }


def _range_as_json(location: SourceRange) -> dict[str, Any]:
    line, column = location.source.position(location.end)
    return {
        "file": location.source.name,
        "line": location.place.line,
        "column": location.place.column,
        "end_line": line,
        "end_column": column,
    }


def _excerpt(location: SourceRange) -> list[str]:
    """Return the line where a range starts, and carets under the part of it in that line."""
    if not location.source.text:  # the file is empty or could not be read
        return []
    line, column = location.place.line, location.place.column
    text = replace_unprintable(location.source.line(line).replace("\t", " "))
    length = max(1, min(location.end - location.start, len(text) - column + 1))
    width = MAX_EXCERPT_COLUMNS
    first = max(0, column - 1 - width // 2) if len(text) > width else 0
    indent = column - 1 - first
    carets = "^" * max(1, min(length, width - indent))
    gutter = f"{line:5} | "
    return [gutter + text[first : first + width], f"{'| ':>{len(gutter)}}{' ' * indent}{carets}"]


class SourceError(ValueError):
    """A source that cannot become a table; ``diagnostics`` holds all its errors and warnings."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n\n".join(str(d) for d in self.diagnostics))


class Reporter:
    """Collects diagnostics, so that one run reports as many faults as possible."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._known: set[Diagnostic] = set()

    def error(
        self,
        code: str,
        message: str,
        location: SourceRange,
        help: str = "",
        notes: Iterable[tuple[SourceRange, str]] = (),
    ) -> None:
        self.add(Diagnostic(code, message, location, help, tuple(notes)))

    def warn(self, code: str, message: str, location: SourceRange, help: str = "") -> None:
        self.add(Diagnostic(code, message, location, help, warning=True))

    def add(self, diagnostic: Diagnostic) -> None:
        # A proc is checked once and elaborated many times: its faults are listed once.
        if diagnostic not in self._known:
            self._known.add(diagnostic)
            self.diagnostics.append(diagnostic)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.warning)

    @property
    def has_errors(self) -> bool:
        return not all(d.warning for d in self.diagnostics)

    def raise_errors(self) -> None:
        """Raise ``SourceError`` if any error was reported."""
        if self.has_errors:
            raise SourceError(sorted(self.diagnostics, key=lambda d: (d.warning, d.location.place)))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Add the diagnostics of a ``SourceError`` raised in the block, instead of raising it."""
        try:
            yield
        except SourceError as error:
            for diagnostic in error.diagnostics:
                self.add(diagnostic)
