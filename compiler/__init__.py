"""Trace → text: styles, ablations, generic formats, and the rules that a chain of thought must keep."""

from compiler.render import render, render_batch
from compiler.styles import StyleError
from compiler.text import Part, Role, Span, Spans, Text, Texts

__all__ = [
    "Part",
    "Role",
    "Span",
    "Spans",
    "StyleError",
    "Text",
    "Texts",
    "render",
    "render_batch",
]
