"""The keywords of the language."""

from __future__ import annotations

DECLARATIONS = ("import", "class", "enum", "tape", "proc", "main", "style", "start", "rule")
"""Keywords that begin a declaration."""

KEYWORDS = frozenset(
    (
        *DECLARATIONS, "word", "at", "left", "right", "let", "if", "elsif", "else", "while",
        "loop", "break", "return", "accept", "reject", "local", "like", "mark", "unmark", "marked",
        "keep", "assume", "step", "fetch", "solve", "answer", "none", "in", "not", "and", "or",
    )
)  # fmt: skip
"""Words that cannot be names."""
