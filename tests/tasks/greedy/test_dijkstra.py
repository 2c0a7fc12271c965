from collections import Counter
from itertools import combinations, product

import networkx
import pytest

import tasks
from tasks.greedy.dijkstra import Graph
from tests.support.oracles.dijkstra import answer
from tests.support.task_samples import COUNT, SPREAD, drawn
from tm import run_batch

PATH = {"vertices": 3, "edges": ((0, 1, 5), (1, 2, 20)), "source": 1}


@pytest.mark.parametrize(
    "fields",
    [
        {"edges": ()},
        {"edges": ((0, 1, 5),)},
        {"edges": ((0, 1, 5), (0, 1, 6), (1, 2, 1))},
        {"edges": ((1, 2, 20), (0, 1, 5))},
        {"edges": ((1, 0, 5), (1, 2, 20))},
        {"edges": ((0, 0, 5), (0, 1, 5), (1, 2, 20))},
        {"edges": ((0, 1, 0), (1, 2, 20))},
        {"edges": ((0, 1, 5), (1, 2, 21))},
        {"edges": ((0, 1, 5), (1, 2, True))},
        {"edges": ((0, 1, 5), (1, 2, 1), (2, 3, 1))},
        {"vertices": 4},
        {"vertices": "3"},
        {"source": 3},
        {"source": -1},
        {"source": True},
        {"first": "b"},
        {"first": ""},
        {"first": "X"},
        {"round": "x"},
        {"round": "aa"},
        {"ones": "b"},
        {"ones": "z"},
    ],
    ids=str,
)
def test_graphs_that_are_no_instance(fields):
    for good in ({}, {"first": "W", "round": "w"}, {"ones": "c"}, {"ones": "y"}):
        Graph(**PATH | good)
    with pytest.raises(ValueError, match=r"dijkstra|places cannot begin"):
        Graph(**PATH | fields)


def test_every_small_graph():
    """Of three vertices, every graph with weights of 1 to 4, whence ties of all kinds."""
    task = tasks.get("dijkstra")
    pairs = list(combinations(range(3), 2))
    sample = [
        Graph(
            vertices=3,
            edges=tuple((a, b, w) for (a, b), w in zip(edges, weights, strict=True)),
            source=source,
        )
        for size in (2, 3)
        for edges in combinations(pairs, size)
        for weights in product(range(1, 5), repeat=size)
        for source in range(3)
    ]
    batch = run_batch(task.table, [task.tapes(instance) for instance in sample], trace=False)
    assert [batch.text("out", i) for i in range(len(sample))] == [*map(answer, sample)]


def test_longest_distances():
    """19 edges of 20 in a row: the sums need their third digit."""
    task = tasks.get("dijkstra")
    edges = tuple((a, a + 1, 20) for a in range(19))
    for source in (0, 19):
        instance = Graph(vertices=20, edges=edges, source=source)
        far = [str(20 * abs(vertex - source)) for vertex in range(20)]
        assert task.answer(instance) == ", ".join(far)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_problems_are_counted(n):
    pairs = list(combinations(range(n), 2))
    count = 0
    for size in range(min(3 * n // 2, len(pairs)) + 1):
        for edges in combinations(pairs, size):
            graph = networkx.Graph(edges)
            graph.add_nodes_from(range(n))
            count += networkx.is_connected(graph) * 20**size
    assert tasks.get("dijkstra").count(n) == count * n


def test_samples_are_spread():
    sample = drawn(tasks.get("dijkstra", ranges={"X": (4, 4)}), "X", COUNT)
    trees = Counter(tuple((a, b) for a, b, _ in i.edges) for i in sample if len(i.edges) == 3)
    total = trees.total()
    assert len(trees) == 16
    assert all(abs(n / total - 1 / 16) < 5 * (1 / 16 / total) ** 0.5 for n in trees.values())
    for counts in (Counter(len(i.edges) for i in sample), Counter(i.source for i in sample)):
        assert len(counts) == 4
        assert all(abs(n / COUNT - 1 / 4) < SPREAD for n in counts.values())


@pytest.mark.parametrize("where", ["S", "M", "L"])
def test_many_distances_are_equal(where):
    sample = drawn(tasks.get("dijkstra"), where, 1000)
    ties = sum(len({*answer(i).split(", ")}) < i.vertices for i in sample)
    assert ties > 150
