"""Three machines that use most of the language, against independent answers for many instances."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import networkx as nx
import pytest

import tm
from tm.table import Table

MACHINES = Path(__file__).parent / "machines"


def machine(name: str) -> Table:
    checked = tm.check(MACHINES / f"{name}.tm")
    assert checked.warnings == ()
    return checked.table


def answers(table: Table, instances: list[dict[str, str]], tape: str) -> list[str]:
    """Return the final texts of a tape; the first instances run on the reference engine, too."""
    batch = tm.run_batch(table, instances, outputs=(tape,), trace=False)
    assert set(batch.outcome) == {"accept"}
    for index, instance in enumerate(instances[:5]):
        run = tm.run(table, instance, engine="reference")
        assert run.text(tape) == batch.text(tape, index)
        assert run.transitions == batch.transitions[index]
    return [batch.text(tape, index) for index in range(len(instances))]


# ------------------------------------------------------------------ Dijkstra


def connected_graph(rng: random.Random, vertices: int, edges: int) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(1, vertices + 1))
    for v in range(2, vertices + 1):
        graph.add_edge(rng.randrange(1, v), v)
    possible = vertices * (vertices - 1) // 2
    while graph.number_of_edges() < min(edges, possible):
        graph.add_edge(*rng.sample(range(1, vertices + 1), 2))
    for u, v in graph.edges:
        graph.edges[u, v]["weight"] = rng.randint(1, 20)
    return graph


def adjacency(graph: nx.Graph) -> str:
    rows = (
        ",".join(f"{v}:{data['weight']}" for v, data in graph.adj[u].items()) for u in graph.nodes
    )
    return "".join(f"{u}={row};" for u, row in zip(graph.nodes, rows, strict=True))


@pytest.mark.parametrize("shape", [(2, 1), (3, 3), (5, 6), (10, 15), (20, 24), (20, 40)])
def test_dijkstra(shape: tuple[int, int]) -> None:
    rng = random.Random(f"dijkstra {shape}")
    graphs = [connected_graph(rng, *shape) for _ in range(60)]
    sources = [rng.choice(list(graph.nodes)) for graph in graphs]
    instances = [
        {"edges": adjacency(graph), "source": str(source)}
        for graph, source in zip(graphs, sources, strict=True)
    ]
    texts = answers(machine("dijkstra"), instances, "dist")
    for graph, source, text in zip(graphs, sources, texts, strict=True):
        lengths = nx.single_source_dijkstra_path_length(graph, source)
        assert text == "".join(f"{v}={lengths[v]};" for v in graph.nodes)


# ------------------------------------------------------------------ knapsack


def greatest_value(items: list[tuple[int, int]], capacity: int) -> int:
    """Return the greatest value within the capacity, by trying every choice of items."""
    best = 0
    for choice in range(1 << len(items)):
        chosen = [item for bit, item in enumerate(items) if choice >> bit & 1]
        if sum(w for w, _ in chosen) <= capacity:
            best = max(best, sum(v for _, v in chosen))
    return best


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8])
def test_knapsack(count: int) -> None:
    rng = random.Random(f"knapsack {count}")
    bags = [
        ([(rng.randint(1, 9), rng.randint(1, 20)) for _ in range(count)], rng.randint(0, 15))
        for _ in range(60)
    ]
    instances = [
        {"items": "".join(f"{w},{v};" for w, v in items), "capacity": str(capacity)}
        for items, capacity in bags
    ]
    values = answers(machine("knapsack"), instances, "value")
    assert values == [str(greatest_value(items, capacity)) for items, capacity in bags]


# ------------------------------------------------------------------ division


def decimal(rng: random.Random, digits: int) -> str:
    """Return a number without leading zeros and with at most one zero after ``0.``."""
    text = str(rng.randint(10 ** (digits - 1), 10**digits - 1))
    if digits > 1 and rng.random() < 0.5:
        point = rng.randrange(1, digits)
        return f"{text[:point]}.{text[point:]}"
    if digits > 2 and rng.random() < 0.3:
        return f"0.{rng.choice(['', '0'])}{text[2:]}"
    return text


def quotient(x: str, y: str, places: int) -> str:
    """Return ``x / y`` truncated to this number of decimal places."""
    digits = str(int(Fraction(x) * 10**places / Fraction(y))).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"


@pytest.mark.parametrize("digits", [(1, 2), (2, 5), (6, 10), (11, 20)])
def test_division(digits: tuple[int, int]) -> None:
    rng = random.Random(f"division {digits}")
    problems: list[tuple[str, str, int]] = []
    while len(problems) < 200:
        x, y = (decimal(rng, rng.randint(*digits)) for _ in range(2))
        if Fraction(y) != 0:
            problems.append((x, y, rng.randint(1, 5)))
    instances = [{"x": x, "y": y, "k": str(k)} for x, y, k in problems]
    quotients = answers(machine("division"), instances, "out")
    assert quotients == [quotient(x, y, k) for x, y, k in problems]


# ------------------------------------------------------------------ tables


@pytest.mark.parametrize("name", ["dijkstra", "knapsack", "division"])
def test_emptying_every_template_does_not_change_the_machine(name: str) -> None:
    path = MACHINES / f"{name}.tm"
    speaking, mute = tm.check(path).table, tm.check(path, speech=False).table
    assert speaking.without_speech() == mute.without_speech()


@pytest.mark.parametrize("name", ["dijkstra", "knapsack", "division"])
def test_machines_have_less_than_300_states(name: str) -> None:
    assert len(machine(name).states) < 300
