"""From a trace to a text: styles, ablations, generic formats, and lint rules for texts.

A name is imported when it is first used, so that ``import compiler`` stays fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tm.support.lazy import lazy_names

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
__getattr__ = lazy_names(__name__, _HOME)
