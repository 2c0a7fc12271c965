r"""The lenient reader: final answers of models that were never taught the line ``answer: …``.

The strict rule (``tasks.answers``) decides every verdict. This one is reported beside it, so that
the form of an answer is not taken for its content. The answer is what follows the last mark, that
is, ``answer:``, ``answer is``, ``answer =``, a heading ``Answer`` or ``\boxed{``; without a mark it
is the last line. Around it, bold, code ticks, dollars, quotes, one pair of brackets and a full stop
are removed, and a Unicode minus is read as ``-``. What is left must be the right answer as a whole:
no text gets credit for containing it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks import Instance
from tasks.base import AnyTask

MAX_LAYERS = 8
"""Layers of decoration that are removed from an answer."""

_MARK = re.compile(
    r"(?:(?<!`)\b|^`)answer\b[*_`\s]*(?:\bis\b[*_`]*[ \t]*:?|[:=])"
    r"|^[#*_` \t]*(?:final )?answer[*_`:]*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A mark of an answer; one in code ticks within a line quotes the question's own words."""
_BOX = "\\boxed{"
_DECORATION = " \t\r*_`$"
_PAIRS = (
    ("\\(", "\\)"), ("\\[", "\\]"), ("\\text{", "}"), ("\\mathrm{", "}"),
    ("[", "]"), ("(", ")"), ("{", "}"), ('"', '"'), ("'", "'"), ("“", "”"),
)  # fmt: skip
_MINUS = str.maketrans({"−": "-", "–": "-", "\u2011": "-", "\u2010": "-"})


def is_leniently_right(task: AnyTask, instance: Instance, text: str, gold: str) -> bool:
    """Return whether the answer that the lenient reader finds is right; no text raises.

    Parameters
    ----------
    gold
        The machine's answer.
    """
    for spelling in spellings(text):
        answer = task.kind.read(spelling)
        if answer is not None and task.right(instance, answer, gold):
            return True
    return False


def spellings(text: str) -> Iterator[str]:
    """Yield the answer of a text with fewer and fewer decorations, and each in lower case."""
    spelling = _marked(text)
    for _ in range(MAX_LAYERS):
        yield spelling
        if spelling != (lower := spelling.lower()):
            yield lower
        inner = _without_layer(spelling)
        if inner == spelling:
            return
        spelling = inner


def _marked(text: str) -> str:
    """Return the line after the last mark, or the last line, with ASCII minus signs."""
    start = 0
    for match in _MARK.finditer(text):
        start = match.end()
    box = text.rfind(_BOX)
    if box >= start:
        return _boxed(text[box + len(_BOX) :]).translate(_MINUS)
    lines = [line for line in text[start:].split("\n") if line.strip(_DECORATION)]
    if not lines:
        return ""
    return lines[0 if start else -1].strip().translate(_MINUS)


def _boxed(text: str) -> str:
    """Return what is before the brace that closes a box; empty if none does."""
    depth = 1
    for brace in re.finditer("[{}]", text):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return text[: brace.start()].strip()
    return ""


def _without_layer(spelling: str) -> str:
    """Return a spelling without its outermost decoration."""
    stripped = spelling.strip(_DECORATION)
    if stripped != spelling:
        return stripped
    for opening, closing in _PAIRS:
        has_both = spelling.startswith(opening) and spelling.endswith(closing)
        if has_both and len(spelling) >= len(opening) + len(closing):
            return spelling[len(opening) : -len(closing)]
    return spelling.removesuffix(".")
