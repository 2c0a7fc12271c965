"""Graphs of states and steps, compared with the table and with real runs."""

from __future__ import annotations

from itertools import pairwise

import pytest

import tasks
import tm
from compiler.steps import decode
from tasks.corpus import items
from tm.formats import parse_busy_beaver
from tm.pipeline import check_text
from tmtail.pictures.graphs import MAX_LABELS_PER_EDGE, state_graph, step_graph

STEPS = """
tape t: '0'..'9'
main {
    step first at "a" { solve "k" = {t.cell} }
    if t == 5 { reject }
    while t != _ { step inner at "b" { solve "k" = {t.cell}  right t } }
    answer "done"
}
"""


def test_the_states_of_a_table_with_their_rules() -> None:
    graph = state_graph(parse_busy_beaver("1RB1LB_1LA1RZ"))
    assert graph.nodes == ("A", "B", "accept")
    assert graph.first == (0,)
    assert graph.final == {2}
    assert graph.edges == {
        (0, 1): (
            "tape = _ → tape := '1'  right tape",
            "tape = '1' → tape := '1'  left tape",
        ),
        (1, 0): ("tape = _ → tape := '1'  left tape",),
        (1, 2): ("tape = '1' → tape := '1'  right tape",),
    }


def test_many_rules_between_two_states_are_counted() -> None:
    digits = " ".join(f"rule s ['{digit}'] -> ['{9 - digit}'] [R] s\n" for digit in range(10))
    graph = state_graph(check_text(f"tape t: '0'..'9'\nstart s\n{digits}").table)
    (labels,) = graph.edges.values()
    assert len(labels) == MAX_LABELS_PER_EDGE
    assert labels[0] == "t = '0' → t := '9'  right t"
    assert labels[-1] == "and 3 more rules"


def test_the_steps_of_a_machine_and_its_halts() -> None:
    graph = step_graph(check_text(STEPS).table)
    named = {(graph.nodes[a], graph.nodes[b]) for a, b in graph.edges}
    assert named == {
        ("first", "inner"), ("first", "accept"), ("first", "reject"),
        ("inner", "inner"), ("inner", "accept"),
    }  # fmt: skip
    assert [graph.nodes[node] for node in graph.first] == ["first"]
    assert {graph.nodes[node] for node in graph.final} == {"accept", "reject"}


def test_a_machine_without_steps_has_no_graph_of_steps() -> None:
    with pytest.raises(ValueError, match="has no steps; leave out --steps"):
        step_graph(parse_busy_beaver("1RB1LB_1LA1RZ"))


@pytest.mark.parametrize("name", ["bubble_sort", "lcs", "derangement", "binary_search"])
def test_every_text_of_a_task_follows_the_graph_of_its_steps(name: str) -> None:
    task = tasks.get(name)
    graph = step_graph(task.table)
    for item in items(task, "S", "train", 0, range(20)):
        run = tm.run(task.table, task.inputs(item.instance, item.wording), trace=True)
        assert run.trace is not None
        decoded = decode(task.table, run.trace)
        path = [graph.nodes.index(step.name) for step in decoded.walk(10**6)]
        assert path[0] in graph.first
        assert set(pairwise([*path, graph.nodes.index("accept")])) <= set(graph.edges)
