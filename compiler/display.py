"""Texts in a notebook: spans on the colour of their role, and a legend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tm.support.html import Markup, fragment, joined, preformatted, styled

if TYPE_CHECKING:
    from compiler.text import Text

ROLE_COLOURS = {
    "control": "#4338ca",
    "fetch": "#0e7490",
    "solve": "#4d7c0f",
    "next": "#6b7280",
    "answer": "#a21caf",
}
"""Colour of each module of a chain of thought, by its role."""

MAX_CHARACTERS = 20_000
"""Characters of a text that a notebook shows."""

_OPACITY = "40"
"""Opacity of a background, in hexadecimal: the text on it is readable in light and dark themes."""


def text_html(text: Text) -> Markup:
    """Return the beginning of a text with its roles in colours, and a legend."""
    spans = ((span.start, span.end, span.role) for span in text.spans)
    return coloured_html(repr(text)[1:-1], text.string, spans)


def coloured_html(title: str, string: str, spans: Iterable[tuple[int, int, str]]) -> Markup:
    """Return the beginning of a string with its spans in the colours of their roles, and a legend.

    Parameters
    ----------
    spans
        Start, end and role of each span, in order.
    """
    legend = joined(
        part for role in ROLE_COLOURS for part in (styled(f" {role} ", _background(role)), " ")
    )
    note = "" if len(string) <= MAX_CHARACTERS else f"… {len(string) - MAX_CHARACTERS:,} more"
    body = preformatted(joined(_pieces(string[:MAX_CHARACTERS], spans)))
    return fragment(title, Markup(f"<div>{legend}</div>"), body, note=note)


def _pieces(string: str, spans: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    position = 0
    for start, end, role in spans:
        if start >= len(string):
            break
        yield string[position:start]
        yield styled(string[start:end], _background(role))
        position = end
    yield string[position:]


def _background(role: str) -> str:
    return f"background:{ROLE_COLOURS[role]}{_OPACITY}" if role in ROLE_COLOURS else ""
