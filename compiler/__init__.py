"""Trace → text: styles, ablations, generic formats, the rules that a chain of thought must keep.

Names are imported when they are first used, so that ``import compiler`` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compiler.formats import configurations, transitions
    from compiler.rendering import render, render_batch
    from compiler.styles import StyleError
    from compiler.text import Part, Role, Span, Spans, Text, Texts

__all__ = [
    "Part", "Role", "Span", "Spans", "StyleError", "Text", "Texts", "configurations", "render",
    "render_batch", "transitions",
]  # fmt: skip

_HOME = {
    "compiler.formats": ("configurations", "transitions"),
    "compiler.rendering": ("render", "render_batch"),
    "compiler.styles": ("StyleError",),
    "compiler.text": ("Part", "Role", "Span", "Spans", "Text", "Texts"),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _MODULE:
        return getattr(import_module(_MODULE[name]), name)
    raise AttributeError(f"module 'compiler' has no attribute {name!r}")
