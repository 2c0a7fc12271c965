"""The 0/1 knapsack problem: the greatest total value that fits (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import INTEGER, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MAX_WEIGHT = 9
MAX_VALUE = 20
MAX_CAPACITY = 15
MAX_DRAWS = 200
"""Number of draws after which a sample may be solved by a greedy rule."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Knapsack(Instance):
    """Items, each with a weight and a value, and the maximum total weight.

    Attributes
    ----------
    first
        The letter of the first item; the other items have the next letters.
    """

    weights: tuple[int, ...]
    values: tuple[int, ...]
    capacity: int
    first: str = field(default="b", compare=False)

    def __post_init__(self) -> None:
        if not self.weights or len(self.weights) != len(self.values):
            raise ValueError("knapsack_01 takes a weight and a value for each of one or more items")
        for field_name, numbers, most in (
            ("weights", self.weights, MAX_WEIGHT),
            ("values", self.values, MAX_VALUE),
        ):
            if {*map(type, numbers)} != {int} or not 1 <= min(numbers) <= max(numbers) <= most:
                raise ValueError(f"knapsack_01 takes {field_name} of 1 to {most}, not {numbers}")
        least = min(self.weights)
        if type(self.capacity) is not int or not least < self.capacity <= MAX_CAPACITY:
            raise ValueError(
                f"knapsack_01 takes a capacity above the least weight ({least}) and up to "
                f"{MAX_CAPACITY}, not {self.capacity!r}"
            )
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"knapsack_01 names items by one letter, not {self.first!r}")
        _ = self.items  # raises an error if there are too few letters

    @property
    def items(self) -> tuple[str, ...]:
        """The letters of the items, of one before them, and of the end of the lists."""
        return consecutive_names(self.first, len(self.weights) + 1, before=1)


@dataclass(frozen=True, kw_only=True)
class Knapsack01(Task[Knapsack]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 3), M=(4, 5), L=(6, 8))

    paradigm = "dynamic_programming"
    instance = Knapsack
    kind = INTEGER
    complexity = "n · capacity"
    budget = 16_384
    partly = frozenset({"L"})
    far = frozenset({"add", "ask", "weigh", "back", "compare", "store", "total"})

    def sample(self, draws: Draws, *lengths: int) -> Knapsack:
        """Return random weights, values and a capacity.

        One sample in ten has light items and a small capacity, and one in five has values with the
        same tens, so that small capacities and close comparisons occur with few items too. Half of
        the samples are drawn again until taking the most valuable item first is not optimal, nor
        taking the one with the most value for its weight first. With two items the former is
        always optimal, so only the latter must fail.
        """
        n = lengths[0]
        instance = _draw(draws, n)
        if n > 1 and draws.chance(1, 2):
            for _ in range(MAX_DRAWS):
                if _is_deceptive(instance):
                    break
                instance = _draw_three(draws) if n == 3 else _draw(draws, n)
        return instance

    def tiny(self, draws: Draws) -> Knapsack:
        weights = tuple(draws.between(1, 2) for _ in range(draws.between(1, 3)))
        return Knapsack(
            weights=weights,
            values=tuple(draws.choice((9, 11)) for _ in weights),
            capacity=draws.between(min(weights) + 1, 4),
            first="b",
        )

    def count(self, *lengths: int) -> int:
        n, total, heavier = lengths[0], 0, 0
        for least in range(MAX_WEIGHT, 0, -1):
            upwards: int = (MAX_WEIGHT - least + 1) ** n  # choices of weights of at least `least`
            total += (upwards - heavier) * (MAX_CAPACITY - least)
            heavier = upwards
        values: int = MAX_VALUE**n
        return total * values

    def length(self, instance: Knapsack) -> int:
        return len(instance.weights)

    def shortcuts(self, instance: Knapsack) -> dict[str, str]:
        """Return the greedy guesses: the most value first, and the most value for its weight."""
        by_value, by_density = _greedy_orders(instance)
        return {
            "the most valuable first": str(_take_in_order(by_value, instance.capacity)),
            "the most value for its weight first": str(
                _take_in_order(by_density, instance.capacity)
            ),
        }

    def words(self, instance: Knapsack) -> dict[str, str]:
        return {
            "weights": ", ".join(map(str, instance.weights)),
            "values": ", ".join(map(str, instance.values)),
            "capacity": str(instance.capacity),
        }

    def names(self, instance: Knapsack) -> tuple[str, ...]:
        return (instance.first,)

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Knapsack:
        weights, values = (tuple(map(int, words[n].split(", "))) for n in ("weights", "values"))
        return _with_random_name(draws, weights, values, int(words["capacity"]))

    def tapes(self, instance: Knapsack) -> dict[str, str]:
        return self.words(instance) | {"item": " ".join(instance.items)}


def _draw(draws: Draws, n: int) -> Knapsack:
    """Return a random instance of n items."""
    light = draws.chance(1, 10)
    heaviest = draws.between(1, 3) if light else MAX_WEIGHT
    weights = tuple(draws.between(1, heaviest) for _ in range(n))
    least, most = draws.choice(((1, 9), (10, 19))) if draws.chance(1, 5) else (1, MAX_VALUE)
    values = tuple(draws.between(least, most) for _ in weights)
    spare = draws.between(1, 3 if light else MAX_CAPACITY - min(weights))
    capacity = min(weights) + spare
    return _with_random_name(draws, weights, values, capacity)


def _draw_three(draws: Draws) -> Knapsack:
    """Return three items of which two fit together, but none of them with the third one.

    The third one is the heaviest and the most valuable one.
    """
    light = draws.between(1, MAX_CAPACITY // 2)
    capacity = draws.between(2 * light, min(MAX_CAPACITY, MAX_WEIGHT - 1 + light))
    heavier = draws.between(light, capacity - light)
    heaviest = draws.between(capacity - light + 1, MAX_WEIGHT)
    most = draws.between(2, MAX_VALUE)
    items = [(heaviest, most)]
    for weight in (light, heavier):
        items.insert(draws.below(len(items) + 1), (weight, draws.between(1, most)))
    weights, values = zip(*items, strict=True)
    return _with_random_name(draws, weights, values, capacity)


def _with_random_name(
    draws: Draws, weights: tuple[int, ...], values: tuple[int, ...], capacity: int
) -> Knapsack:
    """Return the instance; its first item has a random name."""
    first = draw_first_name(draws, len(weights) + 1, before=1, names=PLACE_NAMES[1])
    return Knapsack(weights=weights, values=values, capacity=capacity, first=first)


def _is_deceptive(instance: Knapsack) -> bool:
    """Return whether greedy rules fail: the most value first, and the most value for its weight."""
    items = list(zip(instance.weights, instance.values, strict=True))
    best = [0] * (instance.capacity + 1)
    for weight, value in items:
        for room in range(instance.capacity, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    orders = _greedy_orders(instance)[len(items) == 2 :]
    return all(_take_in_order(order, instance.capacity) < best[-1] for order in orders)


def _greedy_orders(instance: Knapsack) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the items, the most valuable first, and the one with the most value for its weight."""
    items = list(zip(instance.weights, instance.values, strict=True))
    by_value = sorted(items, key=lambda item: -item[1])
    by_density = sorted(items, key=lambda item: -item[1] / item[0])
    return by_value, by_density


def _take_in_order(items: list[tuple[int, int]], room: int) -> int:
    """Return the value of taking each item that still fits."""
    total = 0
    for weight, value in items:
        if weight <= room:
            room, total = room - weight, total + value
    return total
