"""``tmtail diagram``: graphs as DOT, Mermaid and SVG."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.support.cli import call_here, call_process
from tmtail.pictures import diagrams
from tmtail.pictures.graphs import Graph

HARD = r"""a "quoted" \N <b> &lt; #39; `x` {y} [z] |"""
"""A label that has a meaning in every format."""

GRAPH = Graph((HARD, "accept"), (0,), frozenset({1}), {(0, 1): (HARD, "2nd"), (0, 0): ()})


def svg_lines(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [(text.text or "").strip() for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_dot() -> None:
    assert diagrams.to_dot(Graph(("s", "accept"), (0,), frozenset({1}), {(0, 1): ("r",)})) == (
        "digraph {\n"
        '  graph [bgcolor=white, fontname="Helvetica"]\n'
        '  node [shape=box, style=rounded, fontname="Helvetica", fontsize=11]\n'
        '  edge [fontname="Helvetica", fontsize=9]\n'
        "  start [shape=point, width=0.12]\n"
        '  n0 [label="s"]\n'
        '  n1 [label="accept", peripheries=2]\n'
        "  start -> n0\n"
        '  n0 -> n1 [label=" r\\l"]\n'
        "}\n"
    )


def test_mermaid_interprets_no_character_of_a_label() -> None:
    assert diagrams.to_mermaid(Graph(("s|", "accept"), (0,), frozenset({1}), {(0, 1): ("'",)})) == (
        "flowchart TD\n"
        "  start(( ))\n"
        '  n0("s#124;")\n'
        '  n1(["accept"])\n'
        "  start --> n0\n"
        '  n0 -->|"#39;"| n1\n'
    )


def test_svg_shows_every_label_as_it_is(capfd: pytest.CaptureFixture[str]) -> None:
    assert svg_lines(diagrams.to_svg(GRAPH)) == [HARD, "accept", HARD, "2nd"]
    assert capfd.readouterr() == ("", "")


def test_svg_needs_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "accept" in svg_lines(diagrams.to_svg(GRAPH))


def test_a_graph_that_is_too_large_to_draw() -> None:
    edges = {(0, n): () for n in range(1, diagrams.MAX_DRAWN_EDGES + 2)}
    nodes = tuple(map(str, range(diagrams.MAX_DRAWN_EDGES + 2)))
    with pytest.raises(ValueError, match="1,001 edges, of which SVG shows at most 1,000; use"):
        diagrams.to_svg(Graph(nodes, (0,), frozenset(), edges))


@pytest.mark.parametrize(
    ("file", "options", "beginning"),
    [
        ("m.svg", (), "<?xml"),
        ("m.dot", (), "digraph {"),
        ("m.gv", ("--steps",), "digraph {"),
        ("m.mmd", (), "flowchart TD"),
        ("m.txt", ("--as", "mermaid"), "flowchart TD"),
    ],
)
def test_the_suffix_names_the_format(
    tmp_path: Path, file: str, options: tuple[str, ...], beginning: str
) -> None:
    answer = call_here("diagram", "bubble_sort", "--out", tmp_path / file, *options)
    assert answer == (0, "", "")
    assert (tmp_path / file).read_text(encoding="utf-8").startswith(beginning)


def test_without_a_file_the_picture_is_printed() -> None:
    answer = call_process("diagram", "bubble_sort", "--steps")
    assert (answer.code, answer.err) == (0, "")
    assert svg_lines(answer.out) == ["read", "begin", "compare", "list", "accept"]


def test_an_unknown_suffix(tmp_path: Path) -> None:
    answer = call_here("diagram", "bubble_sort", "--out", tmp_path / "m.png")
    assert answer.code == 2
    assert "`.png` names no format" in answer.err


def test_a_machine_without_steps() -> None:
    answer = call_here("diagram", "1RB1LB_1LA1RZ", "--steps")
    assert answer.code == 1
    assert "has no steps; leave out --steps" in answer.err
