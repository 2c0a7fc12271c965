"""The 0/1 knapsack: the greatest value that fits (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

HEAVIEST = 9
DEAREST = 20
ROOMS = ascii_uppercase[:16]
"""What the text calls rooms of 0, 1, 2 and so on."""
LARGEST = len(ROOMS) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Knapsack(Instance):
    """Items, each with a weight and a value, and what they may weigh together.

    Attributes
    ----------
    first
        The letter of the first item; the others follow, and one more on either side.
    """

    weights: tuple[int, ...]
    values: tuple[int, ...]
    capacity: int
    first: str = field(default="b", compare=False)

    def __post_init__(self) -> None:
        if not self.weights or len(self.weights) != len(self.values):
            raise ValueError("knapsack_01 takes one weight and one value for each item")
        for what, numbers, most in (
            ("weights", self.weights, HEAVIEST),
            ("values", self.values, DEAREST),
        ):
            if {*map(type, numbers)} != {int} or not 1 <= min(numbers) <= max(numbers) <= most:
                raise ValueError(f"knapsack_01 takes {what} of 1 to {most}, not {numbers}")
        least = min(self.weights)
        if type(self.capacity) is not int or not least < self.capacity <= LARGEST:
            raise ValueError(
                f"knapsack_01: a capacity above {least}, the least weight, and up to {LARGEST}, "
                f"not {self.capacity!r}"
            )
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"knapsack_01 names items by a letter, not {self.first!r}")
        _ = self.items  # which raises where there are too few letters

    @property
    def items(self) -> tuple[str, ...]:
        """The letters of the items, and of one more at either end."""
        return consecutive_names(self.first, len(self.weights) + 1, before=1)


WORDINGS = paragraphs("""
Some items fit into a knapsack of capacity {limit}: {items}. Ones, tens and hundreds are the digits
of an item's value. Search with {ends}. What is the greatest total value of items whose weights sum
to {limit} or less, each used at most once? End with a line `answer: ` and that value.

Solve the 0/1 knapsack problem from the top down with a memo: {items}, where three digits make up
each value. The weight limit is {limit}; in letters, {ends}. The last line is `answer: ` followed by
the optimum.

Let w be the weights and v the values in {items}, v being written by its digits. Maximise the sum of
v over a subset for which the sum of w stays within {limit}. Names to begin with: {ends}. State the
maximum as `answer: 25`, one integer.

A bag bears {limit} units of weight. No object may be put in twice or in part. The objects are
{items}, and the search opens with {ends}. How valuable can the content of the bag be? Reply
`answer: ` and the largest possible worth.

Choose or leave every element of this table: {items}. The chosen weights together must not exceed
{limit}. Rooms are lettered from A for 0, so {ends}. Which sum of the chosen values (ones, tens,
hundreds) is the best to be had? Write it after `answer: ` at the very end.

Dynamic programming exercise. f(i, c) denotes the highest value among the items up to i with a room
of c. Data: {items}. Compute f for the last item and the room {limit}, starting from {ends}, and
close with `answer: ` and f.

Input: {items}; {ends}; the bound {limit} on the weight. Output: a line `answer: ` with the value of
an optimal packing, where any item is packed whole or not at all.

Given {items}, find how much value can be carried if at most {limit} may be lifted. For each thing
there is one copy. The memory holds {ends}. Your final line must be `answer: ` with a plain number.

Pick a subset, no repeats. Its weight may reach {limit} but not pass it, its value should be as high
as can be. The candidates have {items}, with the bookkeeping {ends}. Report only the value, in the
form `answer: 40`.

Take it or skip it: for {items} decide so as to gain the most under a load of {limit}. Letters used
are {ends}. The gain, an integer, stands behind `answer: ` in the last line of the reply.

An optimiser receives a capacity of {limit} and the records {items}; digits of a value are given
apart. Its recursion is called with {ends}. What does it return? Print `answer: ` plus the returned
maximum of total value.

Among all selections from {items} that weigh no more than {limit}, one has the top value. Please
work that value out recursively from {ends} and finish on `answer: ` and the figure itself; a
selection holds an item once at most.

A hiker packs for the mountains. Her rucksack takes {limit} kilograms. On the floor lie pieces of
gear with weights in kilograms and a usefulness noted digit by digit: {items}. She writes {ends} in
her notebook. How useful can one rucksack of gear be? Tell her in a line like `answer: 31`.

The thief has a sack that tears above {limit} pounds. In the museum he sees {items}; a statue cannot
be cut in two, and every statue exists once. He plans with {ends}. For how much, at most, can he
sell what he carries off? The confession ends `answer: ` and the sum.

A small rocket lifts {limit} tonnes to the space station. Research teams offer experiments, heavy
and valuable as follows: {items}. Mission control tabulates {ends}. Which scientific value can a
single launch bring up, all of it? Announce `answer: ` and the greatest one.

The baker's van has {limit} crates of space left, and each order is delivered completely or not
today: {items}, the weight counting crates, the digits making up euros. Her list says {ends}. Find
the most euros that she can earn today and put them after `answer: `.

With {limit} hours before the exam a student lists chapters, hours to learn as weight and points to
win as digits: {items}. Half a chapter wins nothing. He reasons from {ends}. What is the largest
number of points within reach? The last words are `answer: ` and this number.

On a desert island the raft floats with up to {limit} stones' weight. The castaways own {items},
where three digits say how dear a thing is to them. Its log begins {ends}. What worth in all can
they save with one crossing? They scratch `answer: ` and the answer into the mast.

An editor fills {limit} columns of a page. Articles on her desk have lengths, called weights, and
numbers of expected readers, one digit at a time: {items}. No article runs twice or shortened.
Layout starts at {ends}. How many readers does the best page expect? She types `answer: ` and the
total.

"My boat sinks with more than {limit} barrels," the smuggler says, "and here is what I could load:
{items}." He marks {ends} on the chart. Every lot goes aboard entire or stays. What profit is the
best that the trip allows? Whisper `answer: ` and the amount.

A museum wall is {limit} metres wide. Paintings with their widths (the weights) and with the votes
of visitors in digits are {items}. The curator hangs each no more than once, uncropped, and begins
at {ends}. Determine the highest count of votes on the wall, written `answer: 18` or so.

For a charity auction {limit} tokens are left to spend. The lots cost tokens, here named weight, and
are worth to the bidder what their digits tell: {items}. Notes: {ends}. What can the bidder win in
value without overspending, buying no lot a second time? Conclude with `answer: ` and the maximum.
""")


@dataclass(frozen=True, kw_only=True)
class Knapsack01(Task[Knapsack]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 3), M=(4, 5), L=(6, 8))

    paradigm = "dynamic_programming"
    instance = Knapsack
    kind = INTEGER
    wordings = WORDINGS
    complexity = "n · capacity"
    budget = 16_384
    far = frozenset({"add", "ask", "compare", "store", "total"})

    def sample(self, draws: Draws, *lengths: int) -> Knapsack:
        """Weights, values and the capacity, each drawn uniformly from all that it can be.

        One in ten has light items and little room, and one in five has values of one ten, so that
        the smallest rooms and the closest calls come up, however few the items.
        """
        light = draws.chance(1, 10)
        heaviest = draws.between(1, 3) if light else HEAVIEST
        weights = tuple(draws.between(1, heaviest) for _ in range(lengths[0]))
        least, most = draws.choice(((1, 9), (10, 19))) if draws.chance(1, 5) else (1, DEAREST)
        values = tuple(draws.between(least, most) for _ in weights)
        spare = draws.between(1, 3 if light else LARGEST - min(weights))
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
        for least in range(HEAVIEST, 0, -1):
            upwards: int = (HEAVIEST - least + 1) ** n  # choices of weights from the least on
            total += (upwards - heavier) * (LARGEST - least)
            heavier = upwards
        values: int = DEAREST**n
        return total * values

    def length(self, instance: Knapsack) -> int:
        return len(instance.weights)

    def words(self, instance: Knapsack) -> dict[str, str]:
        facts = self.facts(instance)
        ends = {key: facts.pop(key) for key in ("first", "capacity")}
        return {"limit": str(instance.capacity), "items": listed(facts), "ends": listed(ends)}

    def facts(self, instance: Knapsack) -> dict[str, str]:
        facts = {"first": instance.first, "capacity": ROOMS[instance.capacity]}
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
        rooms = ROOMS[: instance.capacity + 1]
        return {
            "item": items[1:],
            "below": items,
            "weight": "".join(map(str, instance.weights)),
            "own": "".join(f"{value:03d}"[::-1] for value in instance.values),
            "room": rooms[::-1],
            "rest": rooms[::-1],
            "place": 2 * rooms[-1] + rooms * (len(instance.weights) - 1),
        }
