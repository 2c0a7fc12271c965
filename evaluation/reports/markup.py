"""Self-contained and inert HTML: no script, nothing to load, every text escaped.

A model's output is shown exactly: characters that are invisible, or that change the direction of
the text around them, are shown by their code points.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from tm.support.escaping import INVISIBLE, code_point

_STYLE = """
:root { color-scheme: light; --ink: #1f2937; --dim: #6b7280; --rule: #e5e7eb; --bad: #b91c1c }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 76rem;
       margin: 2.5rem auto 6rem; padding: 0 1.5rem }
h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .4rem }
h2 { font-size: 1.25rem; margin: 3rem 0 .3rem; padding-top: .8rem;
     border-top: 1px solid var(--rule) }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem }
p { max-width: 52rem; margin: .3rem 0 .8rem }
small, .dim { color: var(--dim); font-weight: normal }
dl { display: flex; flex-wrap: wrap; gap: .4rem 2rem; margin: 1rem 0 }
dt { color: var(--dim); font-size: .8rem }
dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 1rem 0 }
.wide { overflow-x: auto }
th { font-weight: normal; color: var(--dim); font-size: .85rem; vertical-align: bottom }
th, td { text-align: right; padding: .2rem .75rem; border-bottom: 1px solid var(--rule) }
th.name, td.name { text-align: left }
pre { font: 13px/1.6 ui-monospace, "DejaVu Sans Mono", monospace; white-space: pre-wrap;
      overflow-wrap: anywhere; background: #fafafa; border: 1px solid var(--rule);
      border-radius: 6px; padding: .8rem 1rem; margin: .3rem 0;
      direction: ltr; unicode-bidi: bidi-override }
summary { cursor: pointer; padding: .35rem 0 }
.beside { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; align-items: start }
.beside > * { min-width: 0 }
.expected { text-decoration: underline wavy #dc2626; text-underline-offset: 3px }
.got { background: #fee2e2; color: #991b1b }
.unseen { border: 1px solid currentcolor; border-radius: 3px; font-size: 10px; padding: 0 2px }
.legend span { white-space: nowrap; margin-right: 1.2em }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .4em }
img { display: block; width: 100%; height: auto }
@media (max-width: 50rem) {
  body { margin-top: 1rem; padding: 0 .8rem }
  .beside { grid-template-columns: 1fr }
  th, td { padding: .2rem .4rem; white-space: nowrap }
  th.name:first-child, td.name:first-child { position: sticky; left: 0; background: #fff }
}
@media print { details > * { display: block } }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Content policy under which a browser runs and loads nothing, even if escaping failed."""


def document(title: str, parts: Iterable[str], style: str = "") -> str:
    """Return a page with these parts, which must be markup already."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{shown(title)}</title><style>{_STYLE}{style}</style></head><body>",
            *parts,
            "</body></html>\n",
        ]
    )


def shown(text: str) -> str:
    """Return a text as markup, with each invisible character as its code point in a box."""
    parts = INVISIBLE.split(text)
    boxes = [f'<span class="unseen">{code_point(c)}</span>' for c in INVISIBLE.findall(text)]
    return escape(parts[0]) + "".join(
        box + escape(part) for box, part in zip(boxes, parts[1:], strict=True)
    )


def facts(values: Mapping[str, object]) -> str:
    """Return named values as a list; nested mappings are flattened, and None is left out."""
    pairs = (
        f"<div><dt>{shown(name)}</dt><dd>{shown(value)}</dd></div>" for name, value in _flat(values)
    )
    return f"<dl>{''.join(pairs)}</dl>"


def _flat(values: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{before}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}: ")
        elif isinstance(value, list | tuple):
            yield name, ", ".join(map(str, value)) or "none"
        elif value is not None:
            yield name, str(value)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], names: int = 1) -> str:
    """Return a table of texts; the first ``names`` columns are aligned to the left."""

    def line(cells: Sequence[str], tag: str) -> str:
        kinds = [' class="name"' if i < names else "" for i in range(len(cells))]
        filled = zip(kinds, cells, strict=True)
        return "".join(f"<{tag}{kind}>{shown(cell)}</{tag}>" for kind, cell in filled)

    body = "\n".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{line(header, "th")}</tr></thead>\n<tbody>\n'
        f"{body}\n</tbody></table></div>"
    )


def legend(colours: Mapping[str, str]) -> str:
    """Return a legend that explains colours, in one line."""
    keys = (
        f'<span><i class="key" style="background: {colour}"></i>{shown(name)}</span>'
        for name, colour in colours.items()
    )
    return f'<p class="dim legend">{"".join(keys)}</p>'
