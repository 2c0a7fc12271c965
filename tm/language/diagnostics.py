"""Errors and warnings about sources, as people and editors are shown them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tm.language.source import SourceRange
from tm.support.escaping import replace_unprintable


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One error or warning, with its place.

    Attributes
    ----------
    code
        ``TM0xx``; ``tm.language.codes.CODES`` explains each.
    help
        The way out, or the empty string.
    notes
        Other places that belong to it, each with a sentence.
    """

    code: str
    message: str
    span: SourceRange
    help: str = ""
    notes: tuple[tuple[SourceRange, str], ...] = ()
    warning: bool = False

    @property
    def severity(self) -> str:
        return "warning" if self.warning else "error"

    def __str__(self) -> str:
        """``file:line:col: error[TM0xx]: …``, the source line, carets, notes and help."""
        lines = [f"{self.span.place}: {self.severity}[{self.code}]: {self.message}"]
        lines += _excerpt(self.span)
        for span, sentence in self.notes:
            lines.append(f"{span.place}: note: {sentence}")
            lines += _excerpt(span)
        if self.help:
            lines.append(f"help: {self.help}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """For editors: plain values, lines and columns from 1, ``end`` exclusive."""

        def where(span: SourceRange) -> dict[str, Any]:
            line, column = span.source.position(span.end)
            return {
                "file": span.source.name,
                "line": span.place.line,
                "column": span.place.column,
                "end_line": line,
                "end_column": column,
            }

        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "help": self.help,
            **where(self.span),
            "notes": [{"message": sentence, **where(span)} for span, sentence in self.notes],
        }


WIDTH = 160
"""Columns of a source line that an excerpt shows at the most."""


def _excerpt(span: SourceRange) -> list[str]:
    if not span.source.text:  # it could not be read, or is empty
        return []
    line, column = span.place.line, span.place.column
    raw = span.source.line(line).replace("\t", " ")
    text = replace_unprintable(raw)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    first = max(0, column - 1 - WIDTH // 2) if len(text) > WIDTH else 0
    shown = text[first : first + WIDTH]
    carets = "^" * max(1, min(length, WIDTH - (column - 1 - first)))
    gutter = f"{line:5} | "
    return [gutter + shown, " " * (len(gutter) - 2) + "| " + " " * (column - 1 - first) + carets]


class SourceError(ValueError):
    """A source that cannot become a table; ``diagnostics`` holds every error and warning found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n\n".join(str(d) for d in self.diagnostics))


class Reporter:
    """Collects diagnostics, so that one run names many faults."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def error(
        self,
        code: str,
        message: str,
        span: SourceRange,
        help: str = "",
        notes: Iterable[tuple[SourceRange, str]] = (),
    ) -> None:
        self.add(Diagnostic(code, message, span, help, tuple(notes)))

    def warn(self, code: str, message: str, span: SourceRange, help: str = "") -> None:
        self.add(Diagnostic(code, message, span, help, warning=True))

    def add(self, diagnostic: Diagnostic) -> None:
        # A proc is checked once and elaborated often: one place says one thing once.
        if diagnostic not in self.found:
            self.found.append(diagnostic)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.found if d.warning)

    def raise_errors(self) -> None:
        """Raise ``SourceError`` if any error was found."""
        if len(self.warnings) < len(self.found):
            raise SourceError(sorted(self.found, key=lambda d: (d.warning, d.span.place)))

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Take over the diagnostics of a ``SourceError`` raised inside."""
        try:
            yield
        except SourceError as error:
            for diagnostic in error.diagnostics:
                self.add(diagnostic)
