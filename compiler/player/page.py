"""A run as a self-contained page on which every configuration can be visited."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, NamedTuple

from compiler.player.data import run_data
from compiler.player.texts import WrittenText
from tm.engine import Run
from tm.support.escaping import name_invisible

SCRIPTS = ("machine.js", "views.js", "page.js")
"""Scripts of a page, in their order; only the first one knows nothing of the page."""


class Fact(NamedTuple):
    """A named text above a comparison; ``piece`` is its source in the text, or None."""

    name: str
    text: str
    piece: int | None = None


class Comparison(NamedTuple):
    """A model's output beside the text of the machine.

    Attributes
    ----------
    rows
        Pairs of a piece of the machine's text (``compiler.player.texts.pieces``) and what the
        output has there; either may be None.
    first
        The row of the first divergence; None without a divergence.
    facts
        What is said about the output above the texts.
    """

    rows: tuple[tuple[int | None, str | None], ...]
    first: int | None
    facts: tuple[Fact, ...]


def run_page(
    run: Run,
    inputs: Mapping[str, str],
    *,
    title: str,
    summary: str,
    prompt: str = "",
    written: WrittenText | None = None,
    comparison: Comparison | None = None,
) -> str:
    """Return a page that simulates a run; it loads nothing, and its own script alone can run.

    Parameters
    ----------
    run, inputs
        A run and its texts by tape.
    title, summary
        The heading, and the line below it.
    prompt
        The prompt; empty without one.
    written
        The text of the run; None without one.
    comparison
        A model's output beside that text.
    """
    data = {
        **run_data(run, inputs, written),
        "summary": name_invisible(summary),
        "prompt": name_invisible(prompt),
        "comparison": comparison and _comparison_data(comparison),
    }
    style, script = _resource("page.css"), "\n".join(map(_resource, SCRIPTS))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(_resource("page.html")).substitute(
        policy=policy,
        title=escape(name_invisible(title)),
        style=style,
        script=script,
        data=_inert(json.dumps(data, separators=(",", ":"))),
    )


def _comparison_data(comparison: Comparison) -> dict[str, Any]:
    return {
        "rows": [
            (piece, output if output is None else name_invisible(output))
            for piece, output in comparison.rows
        ],
        "first": comparison.first,
        "facts": [
            (name_invisible(name), name_invisible(text), piece)
            for name, text, piece in comparison.facts
        ],
    }


@cache
def _resource(name: str) -> str:
    return (files("compiler.player") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the hash by which a content policy allows an inline style or script."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _inert(data: str) -> str:
    """Return JSON in which nothing can end the element that holds it."""
    return data.replace("<", "\\u003c")
