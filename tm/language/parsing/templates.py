"""Strings with placeholders and escapes."""

from __future__ import annotations

import re

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.source import Source, SourceRange

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)(?:\.([a-z_]+))?(?:\|([^{}]*))?\}")
_ESCAPES = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}
_PIECE = re.compile(r"\\.|\{\{|\}\}|\{[^{}]*\}|[{}]|[^\\{}]+", re.DOTALL)


def parse_template(
    source: Source, report: Reporter, text: str, start: int, location: SourceRange
) -> s.TemplateNode:
    """Parse the text of a template.

    Parameters
    ----------
    text
        The characters between the quotes, or a placeholder on its own.
    start
        The offset of ``text`` in the source.
    location
        The range of the whole template, quotes included.
    """
    parts: list[s.TextPart | s.PlaceholderPart] = []
    for match in _PIECE.finditer(text):
        piece = match.group()
        piece_location = source.location(start + match.start(), start + match.end())
        if piece.startswith("\\") or piece in ("{{", "}}"):
            literal = _ESCAPES.get(piece) if piece.startswith("\\") else piece[0]
            if literal is None:
                report.error(
                    "TM007",
                    f"unknown escape `{piece}`",
                    piece_location,
                    r"the escapes are \n, \" and \\",
                )
            parts.append(s.TextPart(piece_location, literal or ""))
        elif fields := _PLACEHOLDER.fullmatch(piece):
            name, capture, default = fields.groups(default="")
            parts.append(s.PlaceholderPart(piece_location, name, capture, default))
        elif piece[0] in "{}":
            report.error(
                "TM051",
                f"`{piece}` is not a placeholder",
                piece_location,
                "as in {t}, {t.cell}, {t.next}, {t|default}; a brace is written {{ or }}",
            )
        else:
            parts.append(s.TextPart(piece_location, piece))
    return s.TemplateNode(location, tuple(parts))
