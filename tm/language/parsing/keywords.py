"""The keywords of the language."""

from __future__ import annotations

DECLARATIONS = (
    "import", "class", "enum", "tape", "group", "proc", "main", "style", "start", "rule"
)  # fmt: skip
"""Keywords that begin a declaration."""

STATEMENTS = (
    "left", "right", "let", "if", "while", "loop", "repeat", "for", "each", "break", "continue",
    "return", "accept", "reject", "local", "mark", "unmark", "keep", "assume", "print", "step",
    "fetch", "solve", "answer",
)  # fmt: skip
"""Keywords that begin a statement."""

SOFT_KEYWORDS = frozenset(("group", "write", "until", "by", "end", "body", "all"))
"""Words with a meaning in one place of a form, which can be names elsewhere."""

KEYWORDS = frozenset(
    (
        *DECLARATIONS, *STATEMENTS, "word", "uses", "at", "elsif", "else", "like", "marked", "none",
        "in", "not", "and", "or",
    )
)  # fmt: skip
KEYWORDS -= SOFT_KEYWORDS
"""Words that cannot be names."""
