"""Graphs as text for Graphviz and Mermaid, and drawn by Graphviz as SVG."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tmtail.pictures.graphs import Graph

MAX_DRAWN_EDGES = 1_000
"""Most edges of a graph that is drawn; Graphviz took 16 s to place 612."""


def to_dot(graph: Graph) -> str:
    """Return a graph in the language of Graphviz."""
    lines = [
        "digraph {",
        '  graph [bgcolor=white, fontname="Helvetica"]',
        '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]',
        '  edge [fontname="Helvetica", fontsize=9]',
        "  start [shape=point, width=0.12]",
    ]
    for index, name in enumerate(graph.nodes):
        ending = ", peripheries=2" if index in graph.final else ""
        lines.append(f"  n{index} [label={_dot_string(name)}{ending}]")
    lines += [f"  start -> n{index}" for index in graph.first]
    for (before, after), labels in graph.edges.items():
        label = "".join(_dot_line(text) for text in labels)
        attributes = f' [label="{label}"]' if label else ""
        lines.append(f"  n{before} -> n{after}{attributes}")
    return "\n".join(lines) + "\n}\n"


def _dot_string(text: str) -> str:
    # Graphviz reads entities such as &lt; in every text.
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _dot_line(text: str) -> str:
    """Return a line of a label, aligned to the left."""
    return f" {_dot_string(text)[1:-1]}\\l"


def to_mermaid(graph: Graph) -> str:
    """Return a graph as a flowchart of Mermaid, which GitHub and many editors draw."""
    lines = ["flowchart TD", "  start(( ))"]
    for index, name in enumerate(graph.nodes):
        left, right = ("([", "])") if index in graph.final else ("(", ")")
        lines.append(f'  n{index}{left}"{_mermaid_text(name)}"{right}')
    lines += [f"  start --> n{index}" for index in graph.first]
    for (before, after), labels in graph.edges.items():
        text = "<br/>".join(map(_mermaid_text, labels))
        lines.append(f'  n{before} -->|"{text}"| n{after}' if text else f"  n{before} --> n{after}")
    return "\n".join(lines) + "\n"


def _mermaid_text(text: str) -> str:
    """Return a text with every character that Mermaid could interpret as ``#`` and its number."""
    return re.sub(r"[^\w ,.=:→-]", lambda match: f"#{ord(match[0])};", text)


def to_svg(graph: Graph) -> str:
    """Return a graph as an SVG that Graphviz draws; the extra ``diagram`` brings it.

    Raises
    ------
    ValueError
        If the graph has more edges than ``MAX_DRAWN_EDGES``.
    """
    if len(graph.edges) > MAX_DRAWN_EDGES:
        raise ValueError(
            f"the graph has {len(graph.edges):,} edges, of which SVG shows at most "
            f"{MAX_DRAWN_EDGES:,}; use --steps, or another format"
        )
    from pygraphviz import AGraph

    with _without_stderr():
        drawn: bytes = AGraph(string=to_dot(graph)).draw(format="svg", prog="dot")
    return drawn.decode()


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Discard what C code writes to stderr: Graphviz's fontconfig warns of newer configurations."""
    sys.stderr.flush()
    stderr = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)


FORMATS = {"svg": to_svg, "dot": to_dot, "mermaid": to_mermaid}
"""Functions that write a graph, by the name of the format."""

FORMAT_OF_SUFFIX = {".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}
"""Formats of graphs by the suffixes of their files."""
