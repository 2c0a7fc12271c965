"""The keywords of the language."""

from __future__ import annotations

DECLARATIONS = ("import", "class", "enum", "tape", "proc", "main", "style", "start", "rule")
"""Keywords that begin a declaration."""

STATEMENTS = (
    "left", "right", "let", "if", "while", "loop", "break", "return", "accept", "reject",
    "local", "mark", "unmark", "keep", "assume", "step", "fetch", "solve", "answer",
)  # fmt: skip
"""Keywords that begin a statement."""

KEYWORDS = frozenset(
    (
        *DECLARATIONS, *STATEMENTS, "word", "at", "elsif", "else", "like", "marked", "none", "in",
        "not", "and", "or",
    )
)  # fmt: skip
"""Words that cannot be names."""
