"""All natural solutions of x·a + y·b = n (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from tasks import PAIRS, Draws, Instance, LengthRange, Task, listed, or_none, paragraphs, ranges

LEAST, GREATEST = 2, 20
"""The coefficients."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation(Instance):
    """x·a + y·b = n, to be solved by numbers a, b ≥ 0.

    In the text a number is a letter for its tens and a digit, as L7 is 17 where K is none.

    Attributes
    ----------
    zero
        The letter for no tens; those for more follow in the alphabet.
    """

    x: int
    y: int
    n: int
    zero: str = field(default="A", compare=False)

    def __post_init__(self) -> None:
        if {type(self.x), type(self.y), type(self.n)} != {int}:
            raise ValueError(f"diophantine_equation takes integers, not {self}")
        if not LEAST <= min(self.x, self.y) <= max(self.x, self.y) <= GREATEST:
            raise ValueError(f"diophantine_equation has coefficients of 2 to 20, not {self}")
        if self.zero not in _zeros(self.n):
            raise ValueError(f"diophantine_equation: no letters for {self.n} from {self.zero!r} on")

    @property
    def letters(self) -> str:
        """The letters for no tens, for one, and on to those of n."""
        start = ascii_uppercase.index(self.zero)
        return ascii_uppercase[start : start + self.n // 10 + 1]


WORDINGS = paragraphs("""
Find every pair of integers a, b of 0 or more with {x} * a + {y} * b = {n}. In short, and with
letters for tens: {facts}. End with `answer: ` and the pairs in order of a, such as `answer: (1, 5),
(6, 2)`, or with `answer: none`.

Which natural numbers a and b, zero allowed, satisfy {x}a + {y}b = {n}? Work from {facts}, where
each letter names a count of tens. The last line is `answer: ` followed by all solutions (a, b),
smallest a first, a comma and a space between two, or by the word none.

Linear Diophantine equation. Coefficients, right-hand side and notation: {facts}. As usually written
it reads {n} = {x}a + {y}b. Solve it over the integers from 0 upwards and conclude `answer: (a, b),
(a, b)` and so on by increasing a; `answer: none` when nothing fits.

Enumerate a = 0, 1, 2, … and keep those for which {n} - {x}a is a multiple of {y}, the multiple b
not being negative. Memory: {facts}. Report what was kept as `answer: ` plus pairs (a, b) from the
least a on; if it is empty, report `answer: none`.

Given {facts}, with {n} in tens and ones, list all ways of writing {n} as {x} times a plus {y} times
b, both factors whole and nonnegative. Close with a line like `answer: (0, 4), (5, 1)`, ascending in
the first entry. No way at all is `answer: none`.

Let x be {x}, y be {y} and n be {n}; the text calls tens by letter, {facts}. The set of all (a, b)
in non-negative integers such that xa + yb equals n is wanted, sorted by a. Say `answer: ` and its
members, or `answer: none` for the empty set.

Input: two steps and a target, {facts}. Output: one line, `answer: ` with each (a, b) where a steps
of {x} and b steps of {y} add up to exactly {n}; a rising, entries parted by a comma and a space;
the line is `answer: none` if the target cannot be hit.

Where does the line {x}u + {y}v = {n} pass through lattice points of the first quadrant, axes
included? Its data are {facts}. Name the points (u, v) from left to right after `answer: `, joined
by ", "; write none in their place if it misses them all.

How can {n} be split into parts of size {x} and parts of size {y} only? Let a count the former and b
the latter; either may be 0. Facts: {facts}. The reply closes with `answer: ` and all (a, b), fewest
of the former first. Should it be impossible, the reply closes with `answer: none`.

A solver prints nonnegative integer solutions of one equation in two unknowns. It was called with
{facts}, meaning {x} and {y} before the unknowns a and b and {n} after the equals sign. It prints
`answer: (2, 3)` for a single solution, several by growing a with commas, `answer: none` for zero
solutions. What does it print?

Try each possible number of times that {x} goes into {n}, and see whether the remainder of the sum
can be made of {y}s. Notes: {facts}. Every success is a pair (times of the first, times of the
second). Put them, in the order tried from 0 on, behind `answer: `, or put none there.

Complete search exercise. Unknowns: a ≥ 0, b ≥ 0, integers. Condition: {n} is the sum of {x}·a and
{y}·b. Aids: {facts}. Give the full solution list by a in the form `answer: (3, 7), (10, 2)`. Give
`answer: none` if the condition can never hold.

For a homework problem a number, {n}, has to be expressed through {x} and {y} with whole
coefficients that are not negative: {facts}. Present all coefficient pairs, that of {x} leading and
determining the order upwards, in a final line `answer: `; or the final line `answer: none`.

At the fair, red tickets cost {x} coins and blue tickets {y}. Ida wants to spend precisely {n}
coins. Her purse book, letters standing for tens, says {facts}. With how many red and how many blue
tickets, as (red, blue), does it work out? All of them, fewest red first, go into `answer: (1, 2),
(3, 1)` at the end; if she cannot, it ends `answer: none`.

A carpenter lays a shelf of {n} hands from boards of {x} and of {y} hands without sawing. The list
on his wall is {facts}. He chalks up each choice as (boards of the first kind, boards of the
second), beginning with the least use of the first. Copy the chalk after `answer: `, choices divided
by ", ", or write `answer: none` should no choice fill the shelf.

The frog jumps {x} metres and the toad {y}; together their jumps shall cover {n} metres, neither
less nor more. A heron keeps score: {facts}. For which (frog's jumps, toad's jumps) does this
happen? Tell the heron all, sorted by the frog's, with `answer: ` in front, or `answer: none`.

On a spaceship, cargo comes in crates of {x} tons and in drums of {y} tons, and the hold takes {n}
tons and must be exactly full. The loading computer holds {facts}. It shows the loads (crates,
drums) with crates going up, like `answer: (0, 9), (4, 2)`. An impossible load shows as `answer:
none`. Predict the display.

Two kinds of stamps lie in grandmother's drawer, worth {x} and {y}. The letter needs {n} of postage
on the dot; stamps of each kind are plentiful. She mutters {facts}. Count out every combination as
(stamps of the one, stamps of the other), ordered by the one. The note you leave ends `answer: ` and
the combinations, or else none.

A choir of {n} singers stands in rows, some of {x} people, the others of {y}. Nobody is left over.
Which (rows of one sort, rows of the other) are possible? The conductor's card reads {facts}. Answer
below it in a line `answer: ` that begins with the fewest rows of the one sort and lists everything,
or that says none.

"My herd has {n} legs," says the keeper of odd beasts, "for a grumple has {x} and a snorf {y}." The
visitor opens a pocket calculator with {facts}. How many grumples and snorfs might there be? State
each possibility (grumples, snorfs) by the number of grumples: `answer: (2, 6), (5, 1)`; where the
keeper must be lying, `answer: none`.

The baker fills trays of {x} and trays of {y} buns, no tray partly, until {n} buns are gone. His
slate, in tens and ones, has {facts}. Work out all tray counts (former, latter), former increasing.
They follow `answer: ` on the bottom line, a comma and a space after each but the last; that line is
`answer: none` if the buns never come out even.
""")


@dataclass(frozen=True, kw_only=True)
class DiophantineEquation(Task[Equation]):
    """The task; the length of an equation is its n.

    Where there are very many solutions, their digits alone are too long for the budget: in L, that
    is so for x = y = 2 from about n = 110 on, for x = y = 3 from 160, for 2 and 4 from 175.
    """

    ranges: Mapping[str, LengthRange] = ranges(S=(10, 50), M=(51, 100), L=(101, 200))

    paradigm = "enumeration"
    instance = Equation
    kind = or_none(PAIRS)
    wordings = WORDINGS
    complexity = "n"
    partly = frozenset({"L"})

    def sample(self, draws: Draws, *lengths: int) -> Equation:
        return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)

    def tiny(self, draws: Draws) -> Equation:
        x, y = (draws.between(3, 5) for _ in range(2))
        return Equation(x=x, y=y, n=draws.between(10, 21), zero=draws.choice("AB"))

    def length(self, instance: Equation) -> int:
        return instance.n

    def count(self, *lengths: int) -> int:
        return (GREATEST - LEAST + 1) ** 2

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Equation:
        x, y = divmod(index, GREATEST - LEAST + 1)
        zero = draws.choice(_zeros(lengths[0]))
        return Equation(x=LEAST + x, y=LEAST + y, n=lengths[0], zero=zero)

    def words(self, instance: Equation) -> dict[str, str]:
        facts = listed(self.facts(instance))
        return {"x": str(instance.x), "y": str(instance.y), "n": str(instance.n), "facts": facts}

    def facts(self, instance: Equation) -> dict[str, str]:
        tens = {letter: str(worth) for worth, letter in enumerate(instance.letters) if worth}
        number = {"n tens": instance.letters[-1], "n ones": str(instance.n % 10)}
        return {"x": str(instance.x), "y": str(instance.y), "zero": instance.zero} | tens | number

    def tapes(self, instance: Equation) -> dict[str, str]:
        letters = instance.letters
        worth = " ".join(map(str, range(len(letters))))
        counters = dict.fromkeys(("tens", "a", "b"), letters)
        return counters | {
            "x": str(instance.x),
            "y": str(instance.y),
            "ten": "10",
            "zero": letters[0],
            "last": letters[-1],
            "a_worth": worth,
            "b_worth": worth,
            "rest": str(instance.n % 10),
        }


def _zeros(n: int) -> Sequence[str]:
    """The letters that can stand for no tens where there are as many as in n."""
    if not 10 <= n < 10 * len(ascii_uppercase):
        raise ValueError(f"diophantine_equation takes numbers of 10 to 259, not {n}")
    return tuple(ascii_uppercase)[: len(ascii_uppercase) - n // 10]
