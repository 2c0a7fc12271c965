"""Inert HTML for notebooks: fragments with inline styles, without scripts, links or images.

Every text is escaped unless it is ``Markup``. Colours are chosen for light and dark backgrounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from tm.support.escaping import name_invisible

_CELL = "padding:.1em .6em;border-bottom:1px solid rgba(128,128,128,.35);text-align:left"
_MUTED = "opacity:.7"
_MONOSPACE = "font-family:ui-monospace,monospace"


class Markup(str):
    """A string that is HTML already."""

    __slots__ = ()


def escape_html(text: str) -> Markup:
    """Return a text as HTML, with invisible characters as code points in brackets."""
    return text if isinstance(text, Markup) else Markup(escape(name_invisible(text)))


def styled(text: str, style: str) -> Markup:
    """Return a text in a ``span`` with an inline style."""
    return Markup(f'<span style="{style}">{escape_html(text)}</span>')


def joined(parts: Iterable[str]) -> Markup:
    """Return parts one after the other, as one piece of HTML."""
    return Markup("".join(map(escape_html, parts)))


def preformatted(text: str) -> Markup:
    """Return a text that keeps its line breaks, in a monospace font."""
    return Markup(
        f'<pre style="{_MONOSPACE};white-space:pre-wrap;direction:ltr;'
        f'unicode-bidi:bidi-override">{escape_html(text)}</pre>'
    )


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """Return a table of texts in a monospace font."""

    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(f'<{tag} style="{_CELL}">{escape_html(cell)}</{tag}>' for cell in cells)

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return Markup(
        f'<table style="{_MONOSPACE};border-collapse:collapse">'
        f"<thead><tr>{line(header, 'th')}</tr></thead><tbody>{body}</tbody></table>"
    )


def fragment(title: str, *parts: Markup, note: str = "") -> Markup:
    """Return the HTML of an object: its title in bold, its parts, and a note in muted type."""
    shown = f'<div style="{_MUTED}">{escape_html(note)}</div>' if note else ""
    return Markup(f"<div><div><b>{escape_html(title)}</b></div>{''.join(parts)}{shown}</div>")
