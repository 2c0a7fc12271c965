"""One HTML page of scored outputs, coloured by module: no script, nothing to load, all inert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain

from compiler import Role, Span
from evaluation.scoring import Score

COLOURS = {
    Role.CONTROL: "#1f5fbf",
    Role.FETCH: "#0b7a75",
    Role.SOLVE: "#2e7d32",
    Role.NEXT: "#6b7280",
    Role.ANSWER: "#a21caf",
}
"""How the modules of a chain of thought are shown, dark on white."""

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
pre { font: 14px/1.6 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
      background: #fafafa; border: 1px solid #e5e7eb; border-radius: 6px; padding: 1rem }
.prompt { color: #374151 }
.expected { text-decoration: underline wavy #dc2626 }
.got { background: #fee2e2; color: #991b1b }
h2 small { font-weight: normal; color: #6b7280 }
"""

_LONGEST = 4_000
"""Characters that are shown of what a model wrote from its first wrong one on."""


def page(title: str, introduction: str, scores: Iterable[Score]) -> str:
    """A self-contained HTML page.

    Each score gets its prompt and the machine's text, every span in the colour of its module, with
    its step, label and operand as a tooltip. Where the model's output first differs, the span is
    underlined and what the model wrote instead follows.
    """
    colours = "".join(f".{role} {{ color: {colour} }}\n" for role, colour in COLOURS.items())
    legend = " ".join(f'<b class="{role}">{role}</b>' for role in Role)
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f"<title>{escape(title)}</title><style>{_STYLE}{colours}</style></head><body>",
        f"<h1>{escape(title)}</h1><p>{escape(introduction)}</p><p>{legend}</p>",
        *chain.from_iterable(map(_section, scores)),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _section(score: Score) -> Iterator[str]:
    item, found = score.item, score.divergence
    verdict = score.verdict.replace("_", " ") + (", exact chain" if score.exact else "")
    heading = f"{item.task.name} {item.range} <small>{escape(item.id)}: {escape(verdict)}</small>"
    yield f"<h2>{heading}</h2>"
    yield f'<pre class="prompt">{escape(item.prompt)}</pre>'
    yield f"<pre>{_coloured(item.reference.string, item.reference.spans, found and found.at)}</pre>"
    if found:
        where = f"{found.role}, step {found.step or 'answer'} {found.label}".rstrip()
        wrote = score.output.text[found.at : found.at + _LONGEST]
        yield f"<p>The first wrong character stands in <b>{escape(where)}</b>. From there on:</p>"
        yield f'<pre class="got">{escape(wrote) or "(the model ended here)"}</pre>'


def _coloured(text: str, spans: Sequence[Span], wrong: int | None) -> str:
    """The text as HTML; the span that holds character ``wrong`` is marked."""
    parts = []
    for span in spans:
        marked = wrong is not None and span.start <= wrong < span.end
        names = " · ".join(filter(None, (span.role, span.step, span.label, span.name)))
        parts.append(
            f'<span class="{span.role}{" expected" if marked else ""}" title="{escape(names)}">'
            f"{escape(text[span.start : span.end])}</span>"
        )
    return "".join(parts)
