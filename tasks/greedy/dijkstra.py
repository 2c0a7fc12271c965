"""Find all distances from one vertex by Dijkstra's algorithm (arXiv 2507.13332, Table C1).

A vertex is named by a capital letter, and so is the end of the vertices: this suffices for graphs
of 25 vertices. In graphs of up to 46, small letters follow, and a round has a name of two letters.
Smaller graphs do not show these names, so a training range up to 25 lacks them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from math import comb
from string import ascii_lowercase, ascii_uppercase

from tasks import INTEGERS, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, consecutive_names, draw_first_name

MAX_WEIGHT = 20
MAX_LIGHT_WEIGHT = 4
"""Greatest weight in the graphs that have light edges only."""

MAX_SMALL_GRAPH = 25
"""Greatest number of vertices for which there are enough capital letters."""
VERTEX_NAMES = ascii_uppercase + ascii_lowercase
"""Names of the vertices of greater graphs, in order."""

MAX_DRAWS = 100
"""Number of draws after which the paths with the fewest edges may be the shortest."""
EDGE_COST = 1000
"""More than any sum of weights: with this cost for each edge, the fewest edges are the shortest."""

_EDGE = re.compile(r"([A-Za-z])-([A-Za-z]) (\d+)")
_WORDS = re.compile(rf"{_EDGE.pattern}(?:, {_EDGE.pattern})*; [A-Za-z]")

Edge = tuple[int, int]
"""The two vertices of an edge."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph(Instance):
    """An undirected, connected graph with vertices numbered from 0, and names that the text uses.

    Attributes
    ----------
    edges
        The edges (a, b, weight) with a < b, in increasing order.
    first
        The capital letter of vertex 0; the other vertices have the next letters. If there are more
        than ``MAX_SMALL_GRAPH``, a comes after Z.
    round
        The letter of the first round, or two letters if there are more than ``MAX_SMALL_GRAPH``
        vertices; the other rounds have the next names.
    ones
        The letter of the ones of a distance; the higher places have the letters before it. It is
        beyond the names of the vertices, if these are small letters too.
    """

    vertices: int
    edges: tuple[tuple[int, int, int], ...]
    source: int
    first: str = field(default="A", compare=False)
    round: str = field(default="a", compare=False)
    ones: str = field(default="d", compare=False)

    def __post_init__(self) -> None:
        pairs = [(a, b) for a, b, _ in self.edges]
        numbers = {type(number) for edge in self.edges for number in edge}
        if numbers != {int} or pairs != sorted({*pairs}):
            raise ValueError(
                f"dijkstra takes distinct edges of integers in increasing order, not {self.edges}"
            )
        if any(not (0 <= a < b and 1 <= w <= MAX_WEIGHT) for a, b, w in self.edges):
            raise ValueError(
                "dijkstra takes edges (a, b, weight) with 0 ≤ a < b and "
                f"1 ≤ weight ≤ {MAX_WEIGHT}, not {self.edges}"
            )
        if type(self.vertices) is not int or not _is_connected(self.vertices, pairs):
            raise ValueError(f"dijkstra takes a connected graph, not {self.edges}")
        if type(self.source) is not int or not 0 <= self.source < self.vertices:
            raise ValueError(
                f"dijkstra takes a source vertex of 0 to {self.vertices - 1}, not {self.source!r}"
            )
        if len(self.first) != 1 or self.first not in ascii_uppercase:
            raise ValueError(f"dijkstra takes a capital letter as first name, not {self.first!r}")
        if len(self.round) != _round_letters(self.vertices) or len(self.ones) != 1:
            raise ValueError(
                f"dijkstra names the rounds of {self.vertices} vertices by "
                f"{_round_letters(self.vertices)} letters and a place of digits by one, not "
                f"{self.round!r} and {self.ones!r}"
            )
        # These raise an error if there are too few names; one more place is named at either end.
        _ = self.rounds
        places = consecutive_names(self.ones, 2, before=_place_count(self.vertices))
        if not {*self.names}.isdisjoint(places):
            raise ValueError(f"dijkstra takes other names of places than of vertices, not {places}")

    @property
    def names(self) -> tuple[str, ...]:
        """The letters of the vertices, and of one more vertex."""
        letters = ascii_uppercase if self.vertices <= MAX_SMALL_GRAPH else VERTEX_NAMES
        return tuple(consecutive_letters(self.first, self.vertices + 1, letters))

    @property
    def rounds(self) -> tuple[str, ...]:
        """The names of the rounds, and of one more round."""
        return consecutive_names(self.round, self.vertices + 1)


@dataclass(frozen=True, kw_only=True)
class Dijkstra(Task[Graph]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 5), M=(6, 10), L=(11, 20))

    paradigm = "greedy"
    instance = Graph
    kind = INTEGERS
    complexity = "n²"
    budget = 16_384
    partly = frozenset({"L"})  # 20 vertices, most of which are reached long before they are settled
    far = frozenset({"add", "edge", "pass", "write"})

    def sample(self, draws: Draws, *lengths: int) -> Graph:
        """Return a random tree with random additional edges, up to 1.5 n edges in all.

        If there are such edges, half of the samples get other weights until some path with the
        fewest edges is not the shortest.
        """
        n = lengths[0]
        edges = _draw_tree(draws, n)
        unused_pairs = sorted({*combinations(range(n), 2)}.difference(edges))
        extra = draws.between(0, _max_edges(n) - len(edges))
        if extra:
            places = draws.distinct(extra, 0, len(unused_pairs) - 1)
            edges += [unused_pairs[place] for place in places]
        edges.sort()
        source = draws.below(n)
        weighted = _draw_weighted(draws, edges)
        if extra and draws.chance(1, 2):
            for _ in range(MAX_DRAWS):
                if _distances(n, weighted, source, EDGE_COST) != _distances(n, weighted, source):
                    break
                weighted = _draw_weighted(draws, edges)
        return _with_random_names(draws, n, weighted, source)

    def tiny(self, draws: Draws) -> Graph:
        n = draws.between(2, 3)
        edges = draws.choice(_all_graphs(n))
        weighted = tuple((a, b, draws.between(1, 2)) for a, b in edges)
        return _with_random_names(draws, n, weighted, draws.below(n), PLACE_NAMES[1][:4])

    def count(self, *lengths: int) -> int:
        n = lengths[0]
        graphs = _count_connected(n)
        count: int = n * sum(graphs[m] * MAX_WEIGHT**m for m in range(n - 1, _max_edges(n) + 1))
        return count

    def length(self, instance: Graph) -> int:
        return instance.vertices

    def shortcuts(self, instance: Graph) -> dict[str, str]:
        """Return the guess that a path with the fewest edges is the shortest."""
        distances = _distances(instance.vertices, instance.edges, instance.source, EDGE_COST)
        return {"the fewest edges": ", ".join(map(str, distances))}

    def words(self, instance: Graph) -> dict[str, str]:
        names = instance.names
        edges = ", ".join(f"{names[a]}-{names[b]} {weight}" for a, b, weight in instance.edges)
        return {"edges": edges, "source": names[instance.source]}

    def names(self, instance: Graph) -> tuple[str, ...]:
        return instance.round, instance.ones

    def has_both_cases(self, instance: Graph) -> bool:
        return instance.vertices > MAX_SMALL_GRAPH

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Graph:
        if not _WORDS.fullmatch("; ".join([words["edges"], words["source"]])):
            raise ValueError(
                f"dijkstra takes edges and a source as in `A-B 18, A-C 7` and `A`, not {words}"
            )
        edges = [(a, b, int(weight)) for a, b, weight in _EDGE.findall(words["edges"])]
        letters = [letter for a, b, _ in edges for letter in (a, b)]
        first = VERTEX_NAMES.index(min(letters))
        number = {letter: index for index, letter in enumerate(VERTEX_NAMES, -first)}
        return _with_random_names(
            draws,
            number[max(letters)] + 1,
            tuple((number[a], number[b], weight) for a, b, weight in edges),
            number[words["source"]],
            first=min(letters),
        )

    def tapes(self, instance: Graph) -> dict[str, str]:
        return {
            **self.words(instance),
            "round": " ".join(instance.rounds),
            "ones": instance.ones,
        }


def _place_count(n: int) -> int:
    """Return the greatest number of digits of a distance in a graph of n vertices."""
    return len(str(MAX_WEIGHT * (n - 1)))


def _max_edges(n: int) -> int:
    """Return the greatest number of edges of a sampled graph of n vertices."""
    return min(3 * n // 2, comb(n, 2))


def _round_letters(n: int) -> int:
    """Return the number of letters of the name of a round in a graph of n vertices."""
    return 1 if n <= MAX_SMALL_GRAPH else 2


def _with_random_names(
    draws: Draws,
    n: int,
    edges: tuple[tuple[int, int, int], ...],
    source: int,
    letters: tuple[str, ...] = PLACE_NAMES[1],
    first: str = "",
) -> Graph:
    """Return the instance with random names of rounds and places, by default of vertices.

    Parameters
    ----------
    letters
        The names of places, and in small graphs of rounds and, as capital letters, of vertices.
    first
        The first name of a vertex, if it is known.
    """
    places = _place_count(n)
    if n <= MAX_SMALL_GRAPH:
        round = draw_first_name(draws, n + 1, names=letters)
        first = first or draw_first_name(draws, n + 1, names=letters).upper()
        ones = draws.choice([name for name in letters[places:-1] if name != round])
    else:
        round = draw_first_name(draws, n + 1)
        first = first or draw_first_name(draws, n + places + 3, names=VERTEX_NAMES)
        end = VERTEX_NAMES.index(first) + n
        ones = draws.choice(VERTEX_NAMES[end + places + 1 : -1])
    return Graph(vertices=n, edges=edges, source=source, first=first, round=round, ones=ones)


def _is_connected(n: int, edges: list[Edge]) -> bool:
    """Return whether the edges connect exactly the vertices 0 … n − 1."""
    if {*range(n)} != {end for edge in edges for end in edge}:
        return False
    group = list(range(n))
    for a, b in edges:
        old, new = group[a], group[b]
        group = [new if label == old else label for label in group]
    return len({*group}) == 1


def _draw_tree(draws: Draws, n: int) -> list[Edge]:
    """Return a uniformly random tree, decoded from a random Prüfer code."""
    code = [draws.below(n) for _ in range(n - 2)]
    edges = []
    remaining = set(range(n))
    for place, inner in enumerate(code):
        leaf = min(remaining - {*code[place:]})
        remaining.remove(leaf)
        edges.append((min(leaf, inner), max(leaf, inner)))
    a, b = sorted(remaining)
    return [*edges, (a, b)]


def _draw_weighted(draws: Draws, edges: list[Edge]) -> tuple[tuple[int, int, int], ...]:
    weights = _draw_weights(draws, len(edges))
    return tuple((a, b, w) for (a, b), w in zip(edges, weights, strict=True))


def _distances(
    n: int, edges: Sequence[tuple[int, int, int]], source: int, edge_cost: int = 0
) -> list[int]:
    """Return the weights of shortest paths, where each edge costs ``edge_cost`` more."""
    distances = [0 if vertex == source else n * (EDGE_COST + MAX_WEIGHT) for vertex in range(n)]
    previous: list[int] = []
    while distances != previous:
        previous = distances.copy()
        for a, b, weight in edges:
            cost = weight + edge_cost
            distances[a] = min(distances[a], distances[b] + cost)
            distances[b] = min(distances[b], distances[a] + cost)
    return [distance % EDGE_COST for distance in distances]


def _draw_weights(draws: Draws, count: int) -> list[int]:
    """Return random weights, so that graphs of three to five vertices show what larger ones need.

    30 % of the graphs have only two different weights, which makes distances often equal; in a
    third of these, one weight is the greatest possible. 5 % have light edges only. In half of all
    graphs each weight is the greater of two draws, so that distant vertices are not rare.
    """
    case = draws.below(20)
    values: Sequence[int] = range(1, MAX_WEIGHT + 1)
    if case < 2:
        values = draws.between(1, MAX_WEIGHT - 1), MAX_WEIGHT
    elif case < 6:
        values = draws.distinct(2, 1, MAX_WEIGHT)
    elif case == 6:
        values = range(1, MAX_LIGHT_WEIGHT + 1)
    weights = [draws.choice(values) for _ in range(count)]
    if draws.chance(1, 2):
        weights = [max(weight, draws.choice(values)) for weight in weights]
    return weights


@cache
def _all_graphs(n: int) -> tuple[tuple[Edge, ...], ...]:
    """Return all connected graphs of n vertices with at most ``_max_edges(n)`` edges."""
    pairs = list(combinations(range(n), 2))
    sizes = range(n - 1, _max_edges(n) + 1)
    graphs = (edges for size in sizes for edges in combinations(pairs, size))
    return tuple(edges for edges in graphs if _is_connected(n, list(edges)))


@cache
def _count_connected(n: int) -> tuple[int, ...]:
    """Return the numbers of connected graphs on n numbered vertices, by the number of edges.

    They are all graphs except those in which the component of vertex 0 has k < n vertices.
    """
    pairs = comb(n, 2)
    counts = [comb(pairs, m) for m in range(pairs + 1)]
    for k in range(1, n):
        other_pairs = comb(n - k, 2)
        for m, components in enumerate(_count_connected(k)):
            for other in range(other_pairs + 1):
                counts[m + other] -= comb(n - 1, k - 1) * components * comb(other_pairs, other)
    return tuple(counts)
