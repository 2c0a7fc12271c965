"""Colours of sources: one table of token classes, and what Pygments and TextMate make of it."""

from tm.language.highlighting.lexer import TuringMachineLexer

__all__ = ["TuringMachineLexer"]
