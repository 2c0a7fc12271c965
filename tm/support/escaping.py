"""Characters that a reader cannot see or that act on a terminal, made visible."""

from __future__ import annotations

import re

TERMINAL_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Characters that move a terminal's cursor, colour its text or reverse the text's direction."""

INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls except the line feed, format characters, fillers, line separators, lone surrogates."""


def code_point(character: str) -> str:
    """Return the code point of a character as ``U+202E``."""
    return f"U+{ord(character):04X}"


def escape_controls(text: str) -> str:
    r"""Return the text with terminal controls as Python writes them, such as ``\x1b``."""
    return TERMINAL_CONTROLS.sub(lambda match: ascii(match[0])[1:-1], text)


def escape_name(text: str) -> str:
    r"""Return the text with every unprintable character as Python writes it, such as ``\t``.

    A line of a table can hold a name that is escaped so.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def name_invisible(text: str) -> str:
    """Return the text with invisible characters as code points in brackets, ``[U+202E]``."""
    return INVISIBLE.sub(lambda match: f"[{code_point(match[0])}]", text)


def replace_unprintable(text: str) -> str:
    """Return the text, of the same length, with U+FFFD for each unprintable character."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
