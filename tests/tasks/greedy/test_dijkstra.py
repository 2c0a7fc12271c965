from collections import Counter
from itertools import combinations, product
from typing import Any

import networkx
import pytest

import tasks
from tasks.greedy.dijkstra import Graph
from tasks.questions import read_question
from tests.support.oracles.greedy.dijkstra import answer
from tests.support.oracles.prompt_readers import read_instance
from tests.support.tasks.task_samples import (
    MAX_DEVIATION,
    SAMPLE_SIZE,
    draw_instances,
    machine_answers,
)

PATH: dict[str, Any] = {"vertices": 3, "edges": ((0, 1, 5), (1, 2, 20)), "source": 1}


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
def test_invalid_graphs_are_rejected(fields: dict[str, Any]) -> None:
    for good in ({}, {"first": "W", "round": "w"}, {"ones": "c"}, {"ones": "y"}):
        Graph(**PATH | good)
    with pytest.raises(ValueError, match=r"dijkstra|places cannot begin"):
        Graph(**PATH | fields)


def test_more_than_25_vertices_need_other_names() -> None:
    edges = tuple((a, a + 1, 20) for a in range(45))
    good: dict[str, Any] = PATH | {"vertices": 46, "edges": edges, "round": "wx", "ones": "y"}
    assert Graph(**good).names[25:28] == ("Z", "a", "b")
    Graph(**good | {"vertices": 26, "edges": edges[:25], "first": "U"})
    for fields in ({"first": "B"}, {"first": "a"}, {"round": "x"}, {"ones": "x"}, {"ones": "z"}):
        with pytest.raises(ValueError, match=r"dijkstra|places cannot begin"):
            Graph(**good | fields)


def test_graphs_of_more_than_25_vertices() -> None:
    """No vertex has the name of a place, and the prompt says which letters come first."""
    task = tasks.get("dijkstra", ranges={"X": (26, 46)})
    sample = draw_instances(task, "X", 20)
    assert machine_answers(task, sample) == [*map(answer, sample)]
    for instance in sample[:4]:
        prompt = task.prompt(instance)
        assert " Capital letters come before small ones. Labels start at " in prompt
        question = read_question(prompt, [task], tasks.Stream("asked").at(0))
        assert question is not None
        assert question.instance == instance
        assert question.prompt.split(" Labels ")[0] == prompt.split(" Labels ")[0]
        assert read_instance(task, prompt, instance) == instance
        facts = task.facts(instance)
        names = instance.names
        assert (facts["first"], facts[f"top {names[-1]}"]) == (names[0], "end")
        both = {(a, b): w for x, y, w in instance.edges for a, b in ((x, y), (y, x))}
        for (a, b), weight in both.items():
            assert facts[f"{names[a]} {names[b]}"] == str(weight)
    instance = task.draw(tasks.Stream("small").at(0), 25)
    assert "Capital" not in task.prompt(instance)


@pytest.mark.parametrize(
    "changed",
    [
        {"edges": "G-H 5, H-J 20"},
        {"edges": "H-G 5, H-I 20"},
        {"edges": "H-I 20, G-H 5"},
        {"edges": "G-H 5, H-I 21"},
        {"edges": "G-H 5,H-I 20"},
        {"edges": "g-h 5, h-i 20"},
        {"edges": "Y-Z 5", "source": "Y"},
        {"source": "F"},
        {"source": "K"},
        {"source": "GH"},
    ],
    ids=str,
)
def test_words_that_pose_no_problem_are_refused(changed: dict[str, str]) -> None:
    task, draws = tasks.get("dijkstra"), tasks.Stream("pose").at(0)
    words = {"edges": "G-H 5, H-I 20", "source": "H"}
    posed = task.pose(draws, words)
    assert posed == Graph(**PATH)
    assert task.words(posed) == words
    with pytest.raises(ValueError, match=r"dijkstra takes|places cannot begin"):
        task.pose(draws, words | changed)


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_the_reading_phase_gives_every_edge_both_ways(range_name: str) -> None:
    task = tasks.get("dijkstra")
    for instance in draw_instances(task, range_name, 50):
        names, first, last = instance.names, instance.names[0], instance.names[-2]
        facts = dict(task.facts(instance))
        assert (facts.pop("first"), facts.pop("last")) == (first, last)
        assert facts.pop(f"top {names[-1]}") == "end"
        assert (facts.pop("round"), facts.pop("ones")) == task.names(instance)
        assert facts.pop("source") == names[instance.source]
        assert facts.pop("edge") == task.words(instance)["edges"].split(", ")[-1]
        both = {(a, b): w for x, y, w in instance.edges for a, b in ((x, y), (y, x))}
        assert facts == {f"{names[a]} {names[b]}": str(w) for (a, b), w in both.items()}


def test_every_small_graph_is_solved() -> None:
    """All graphs of three vertices with weights of 1 to 4 have ties of all kinds."""
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
    assert machine_answers(task, sample) == [*map(answer, sample)]


def test_distances_of_three_digits() -> None:
    """A path of 19 edges with weight 20 needs the third digit of the sums."""
    task = tasks.get("dijkstra")
    edges = tuple((a, a + 1, 20) for a in range(19))
    for source in (0, 19):
        instance = Graph(vertices=20, edges=edges, source=source)
        distances = [str(20 * abs(vertex - source)) for vertex in range(20)]
        assert task.answer(instance) == ", ".join(distances)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_count_equals_an_enumeration(n: int) -> None:
    pairs = list(combinations(range(n), 2))
    count = 0
    for size in range(min(3 * n // 2, len(pairs)) + 1):
        for edges in combinations(pairs, size):
            graph = networkx.Graph(edges)
            graph.add_nodes_from(range(n))
            count += networkx.is_connected(graph) * 20**size
    assert tasks.get("dijkstra").count(n) == count * n


def test_trees_edges_and_sources_are_drawn_uniformly() -> None:
    sample = draw_instances(tasks.get("dijkstra", ranges={"X": (4, 4)}), "X", SAMPLE_SIZE)
    trees = Counter(tuple((a, b) for a, b, _ in i.edges) for i in sample if len(i.edges) == 3)
    total = trees.total()
    assert len(trees) == 16
    assert all(abs(n / total - 1 / 16) < 5 * (1 / 16 / total) ** 0.5 for n in trees.values())
    for counts in (Counter(len(i.edges) for i in sample), Counter(i.source for i in sample)):
        assert len(counts) == 4
        assert all(abs(n / SAMPLE_SIZE - 1 / 4) < MAX_DEVIATION for n in counts.values())


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_equal_distances_are_frequent(range_name: str) -> None:
    sample = draw_instances(tasks.get("dijkstra"), range_name, 1000)
    ties = sum(len({*answer(i).split(", ")}) < i.vertices for i in sample)
    assert ties > 150


@pytest.mark.parametrize(("range_name", "least"), [("S", 350), ("M", 500), ("L", 600)])
def test_paths_with_the_fewest_edges_are_often_not_the_shortest(
    range_name: str, least: int
) -> None:
    """In a tree they are, and half of the graphs of three vertices are trees."""
    task = tasks.get("dijkstra")
    sample = draw_instances(task, range_name, 1000)
    assert sum({*task.shortcuts(i).values()} != {answer(i)} for i in sample) > least
