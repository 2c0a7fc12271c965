"""Shortest paths from one vertex to all, by Dijkstra's algorithm (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from math import comb
from string import ascii_uppercase

from tasks import INTEGERS, Draws, Instance, LengthRange, Task, listed, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, consecutive_names, draw_first_name

HEAVIEST = 20
LIGHT = 4

Edge = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph(Instance):
    """An undirected, connected graph, its vertices numbered from 0, and the names of the text.

    Attributes
    ----------
    edges
        (a, b, weight) with a < b, in increasing order.
    first
        The capital letter of vertex 0; the others follow, and one more.
    round
        The letter of the first round; the others follow.
    ones
        The letter of the ones of a distance; those of the higher places are before it.
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
            raise ValueError(f"dijkstra takes edges of increasing ends, each once: {self.edges}")
        if any(not (0 <= a < b and 1 <= w <= HEAVIEST) for a, b, w in self.edges):
            raise ValueError(f"dijkstra: weights of 1 to {HEAVIEST}, the lower end first")
        if type(self.vertices) is not int or not _connected(self.vertices, pairs):
            raise ValueError(f"dijkstra takes a connected graph, not {self.edges}")
        if type(self.source) is not int or not 0 <= self.source < self.vertices:
            raise ValueError(f"dijkstra: {self.source!r} is no vertex")
        if len(self.first) != 1 or self.first not in ascii_uppercase:
            raise ValueError(f"dijkstra names vertices by capital letters, not {self.first!r}")
        if len(self.round) != 1 or len(self.ones) != 1:
            raise ValueError("dijkstra names rounds and places of digits by a letter")
        _ = self.names, self.rounds, self.places  # which raise where there are too few

    @property
    def names(self) -> tuple[str, ...]:
        """The letters of the vertices, and the one behind them."""
        return tuple(consecutive_letters(self.first.lower(), self.vertices + 1).upper())

    @property
    def rounds(self) -> tuple[str, ...]:
        """The letters of the rounds, and of one more."""
        return consecutive_names(self.round, self.vertices + 1)

    @property
    def places(self) -> tuple[str, ...]:
        """The letters of the places of digits, from one more than needed to the one behind."""
        return consecutive_names(self.ones, 2, before=_places(self.vertices))

    @property
    def weights(self) -> dict[Edge, int]:
        """The weight from each vertex to each that has an edge with it."""
        return {ends: w for a, b, w in self.edges for ends in ((a, b), (b, a))}


@dataclass(frozen=True, kw_only=True)
class Dijkstra(Task[Graph]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 5), M=(6, 10), L=(11, 20))

    paradigm = "greedy"
    instance = Graph
    kind = INTEGERS
    complexity = "n²"
    budget = 16_384
    partly = frozenset({"L"})  # 20 vertices, most of them reached long before they are settled
    far = frozenset({"add", "edge", "pass", "write"})

    def sample(self, draws: Draws, *lengths: int) -> Graph:
        """A random tree and random edges more, any number of them up to 1.5 n in all."""
        n = lengths[0]
        edges = _tree(draws, n)
        free = sorted({*combinations(range(n), 2)}.difference(edges))
        more = draws.between(0, _most(n) - len(edges))
        edges += [free[i] for i in draws.distinct(more, 0, len(free) - 1)] if more else []
        weights = _weights(draws, len(edges))
        weighted = tuple((a, b, w) for (a, b), w in zip(sorted(edges), weights, strict=True))
        return _named(draws, n, weighted, draws.below(n), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Graph:
        n = draws.between(2, 3)
        edges = draws.choice(_graphs(n))
        weighted = tuple((a, b, draws.between(1, 2)) for a, b in edges)
        return _named(draws, n, weighted, draws.below(n), PLACE_NAMES[1][:4])

    def count(self, *lengths: int) -> int:
        n = lengths[0]
        graphs = _connected_graphs(n)
        count: int = n * sum(graphs[m] * HEAVIEST**m for m in range(n - 1, _most(n) + 1))
        return count

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Graph:
        """For the lengths of S; past them there are too many to be shared out by number."""
        n = lengths[0]
        index, source = divmod(index, n)
        for edges in _graphs(n):
            if index < HEAVIEST ** len(edges):
                break
            index -= HEAVIEST ** len(edges)
        weighted = []
        for a, b in edges:
            index, less = divmod(index, HEAVIEST)
            weighted.append((a, b, less + 1))
        return _named(draws, n, tuple(weighted), source, PLACE_NAMES[1])

    def length(self, instance: Graph) -> int:
        return instance.vertices

    def words(self, instance: Graph) -> dict[str, str]:
        edges = self._edges(instance)
        names = self._names(instance)
        source = listed({"source": names.pop("source")})
        return {"edges": listed(edges), "source": source, "names": listed(names)}

    def facts(self, instance: Graph) -> dict[str, str]:
        return self._edges(instance) | self._names(instance)

    def _edges(self, instance: Graph) -> dict[str, str]:
        names = instance.names
        weights = sorted(instance.weights.items())
        return {f"{names[a]} {names[b]}": str(weight) for (a, b), weight in weights}

    def _names(self, instance: Graph) -> dict[str, str]:
        return {
            "source": instance.names[instance.source],
            "first": instance.first,
            f"top {instance.names[-1]}": "end",
            "round": instance.round,
            "ones": instance.ones,
        }

    def tapes(self, instance: Graph) -> dict[str, str]:
        names, rounds = "".join(instance.names), "".join(instance.rounds)
        rows = [""] * instance.vertices
        for a, b, weight in instance.edges:  # in increasing order, hence each row as well
            rows[a] += f"{names[b]}{weight}"
            rows[b] += f"{names[a]}{weight}"
        return {
            "vertex": names,
            "top": "?" * instance.vertices,
            "edges": ";".join(["", *rows]),
            "round": rounds,
            "later": rounds[1:],
            "place": "".join(instance.places),
            "lead": names[instance.source],
        }


def _places(n: int) -> int:
    """The most digits that a distance among n vertices has."""
    return len(str(HEAVIEST * (n - 1)))


def _most(n: int) -> int:
    """The greatest number of edges that a graph of n vertices is given."""
    return min(3 * n // 2, comb(n, 2))


def _named(
    draws: Draws,
    n: int,
    edges: tuple[tuple[int, int, int], ...],
    source: int,
    names: tuple[str, ...],
) -> Graph:
    round = draw_first_name(draws, n + 1, names=names)
    return Graph(
        vertices=n,
        edges=edges,
        source=source,
        first=draw_first_name(draws, n + 1, names=names).upper(),
        round=round,
        ones=draws.choice([name for name in names[_places(n) : -1] if name != round]),
    )


def _connected(n: int, edges: list[Edge]) -> bool:
    """Whether edges join all of 0 … n − 1, and no others."""
    if {*range(n)} != {end for edge in edges for end in edge}:
        return False
    group = list(range(n))
    for a, b in edges:
        old, new = group[a], group[b]
        group = [new if one == old else one for one in group]
    return len({*group}) == 1


def _tree(draws: Draws, n: int) -> list[Edge]:
    """A random tree, every one equally likely, from its Prüfer code."""
    code = [draws.below(n) for _ in range(n - 2)]
    edges = []
    open = set(range(n))
    for place, inner in enumerate(code):
        leaf = min(open - {*code[place:]})
        open.remove(leaf)
        edges.append((min(leaf, inner), max(leaf, inner)))
    a, b = sorted(open)
    return [*edges, (a, b)]


def _weights(draws: Draws, count: int) -> list[int]:
    """Random weights, so drawn that graphs of three to five vertices show what larger ones do.

    In three of ten there are two weights only, so that distances are often equal, and in a third of
    those one is the heaviest; in one of twenty all are light. In half of all, each is the greater
    of two draws, so that far vertices are not rare.
    """
    case = draws.below(20)
    values: Sequence[int] = range(1, HEAVIEST + 1)
    if case < 2:
        values = draws.between(1, HEAVIEST - 1), HEAVIEST
    elif case < 6:
        values = draws.distinct(2, 1, HEAVIEST)
    elif case == 6:
        values = range(1, LIGHT + 1)
    weights = [draws.choice(values) for _ in range(count)]
    if draws.chance(1, 2):
        weights = [max(weight, draws.choice(values)) for weight in weights]
    return weights


@cache
def _graphs(n: int) -> tuple[tuple[Edge, ...], ...]:
    """All connected graphs of n vertices that have at most as many edges as they may."""
    pairs = list(combinations(range(n), 2))
    sizes = range(n - 1, _most(n) + 1)
    graphs = (edges for size in sizes for edges in combinations(pairs, size))
    return tuple(edges for edges in graphs if _connected(n, list(edges)))


@cache
def _connected_graphs(n: int) -> tuple[int, ...]:
    """How many connected graphs there are on n numbered vertices, by their number of edges.

    Of all graphs those are taken off in which vertex 0 is joined to k − 1 others only.
    """
    most = comb(n, 2)
    counts = [comb(most, m) for m in range(most + 1)]
    for k in range(1, n):
        rest = comb(n - k, 2)
        for m, part in enumerate(_connected_graphs(k)):
            for other in range(rest + 1):
                counts[m + other] -= comb(n - 1, k - 1) * part * comb(rest, other)
    return tuple(counts)
