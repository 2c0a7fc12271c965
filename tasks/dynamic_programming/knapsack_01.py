"""The 0/1 knapsack problem: the greatest total value that fits (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MAX_WEIGHT = 9
MAX_VALUE = 20
ROOM_NAMES = ascii_uppercase[:16]
"""Names of the free capacities 0, 1, 2 and so on in the text."""
MAX_CAPACITY = len(ROOM_NAMES) - 1


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
        """The letters of the items, and of one more item at either end."""
        return consecutive_names(self.first, len(self.weights) + 1, before=1)


@dataclass(frozen=True, kw_only=True)
class Knapsack01(Task[Knapsack]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 3), M=(4, 5), L=(6, 8))

    paradigm = "dynamic_programming"
    instance = Knapsack
    kind = INTEGER
    complexity = "n · capacity"
    budget = 16_384
    far = frozenset({"add", "ask", "compare", "store", "total"})

    def sample(self, draws: Draws, *lengths: int) -> Knapsack:
        """Return weights, values and a capacity, each drawn uniformly from its possible values.

        One sample in ten has light items and a small capacity, and one in five has values with the
        same tens, so that small capacities and close comparisons occur with few items too.
        """
        light = draws.chance(1, 10)
        heaviest = draws.between(1, 3) if light else MAX_WEIGHT
        weights = tuple(draws.between(1, heaviest) for _ in range(lengths[0]))
        least, most = draws.choice(((1, 9), (10, 19))) if draws.chance(1, 5) else (1, MAX_VALUE)
        values = tuple(draws.between(least, most) for _ in weights)
        spare = draws.between(1, 3 if light else MAX_CAPACITY - min(weights))
        capacity = min(weights) + spare
        return Knapsack(
            weights=weights,
            values=values,
            capacity=capacity,
            first=draw_first_name(draws, len(weights) + 1, before=1, names=PLACE_NAMES[1]),
        )

    def tiny(self, draws: Draws) -> Knapsack:
        weights = tuple(draws.between(1, 2) for _ in range(draws.between(1, 3)))
        return Knapsack(
            weights=weights,
            values=tuple(draws.choice((1, 9, 11)) for _ in weights),
            capacity=draws.between(min(weights) + 1, 4),
            first=draws.choice("bcdefgh"),
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

    def words(self, instance: Knapsack) -> dict[str, str]:
        facts = self.facts(instance)
        ends = {key: facts.pop(key) for key in ("first", "capacity")}
        return {
            "limit": str(instance.capacity),
            "items": format_facts(facts),
            "ends": format_facts(ends),
        }

    def facts(self, instance: Knapsack) -> dict[str, str]:
        facts = {"first": instance.first, "capacity": ROOM_NAMES[instance.capacity]}
        for item, weight, value in zip(
            instance.items[1:-1], instance.weights, instance.values, strict=True
        ):
            digits = f"{value:03d}"
            facts[f"weight {item}"] = str(weight)
            for place, digit in zip(("hundreds", "tens", "ones"), digits, strict=True):
                facts[f"{place} {item}"] = digit
        return facts

    def tapes(self, instance: Knapsack) -> dict[str, str]:
        items = "".join(instance.items)
        rooms = ROOM_NAMES[: instance.capacity + 1]
        return {
            "item": items,
            "weight": "".join(map(str, instance.weights)),
            "own": "".join(f"{value:03d}"[::-1] for value in instance.values),
            "room": rooms[::-1],
            "rest": rooms[::-1],
            "place": 2 * rooms[-1] + rooms * (len(instance.weights) - 1),
        }
