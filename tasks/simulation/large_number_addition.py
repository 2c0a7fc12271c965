"""Add two decimals of many digits, exactly (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import DECIMAL, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.decimals import count_decimals, draw_digits, with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")

SMALL = ("0", "1", "5", "9", "15", "0.0", "0.5", "0.05", "0.95", "5.5", "9.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Summands(Instance):
    """Two decimals, and the name of the lowest place that either has.

    The places above it, the point being one, have the names that follow, in the alphabet or among
    the pairs of letters; both numbers name them alike, so that digits of one key belong together.
    """

    x: str
    y: str
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not NUMBER.fullmatch(number):
                raise ValueError(f"large_number_addition takes such as 12.50, not {number!r}")
        _ = self.places  # which raises where there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all places, and of one more at either end, the lowest first."""
        return consecutive_names(self.first, len(_columns(self.x, self.y)) + 1, before=1)


WORDINGS = paragraphs("""
Add {x} and {y}, by place: {facts}. End with `answer: ` and the exact sum, with no zeros that lead
it or end its fraction.

What is {x} plus {y}? From the lowest place up the two read {facts}. Conclude with a line `answer: `
that holds every digit of the sum in plain notation; 7.50 is to be written 7.5, and 7.00 as 7.

Let x be {x} and y be {y}; spelled backwards, {facts}. Work out x + y digit by digit with a carry.
The last line is `answer: ` and the total, unrounded, zeros at the end of a fraction left out.

Long addition. Upper number: {x}. Lower number: {y}. They are lined up at the point, {facts}. Write
the bottom line after `answer: `, as short as its value allows: neither needless zeros nor a point
with nothing behind it.

Two decimals are given with their digits named by place: {facts}. In usual notation x is {x} and y
is {y}. Report `answer: ` followed by their sum as an exact decimal, in lowest form (3.1, never 3.10
or 03.1).

Evaluate {x} + {y}. Reading aid, rightmost column first: {facts}. Output the result alone on the
final line, `answer: 12.5` for instance, exact to the last digit and without superfluous zeros.

Walking x = {x} steps along the number line and y = {y} steps more, where does one stand? The digits
of both are {facts}. Say so after `answer: `, giving all decimals except zeros at the tail.

Input: x and y, that is {x} and {y}, with the memory {facts}. Output: `answer: ` and x + y, exact;
an integer is printed without a point, any other value without trailing zeros.

Given {facts}, find the total of both numbers; a digit that is missing counts as 0. Written out, x
reads {x}, y reads {y}. Reply in the form `answer: 40.07`, no digit rounded away, no zero too many.

Sum the columns one at a time, the lowest first, and carry: {facts}. As whole numerals, x = {x} and
y = {y}. Your closing line begins with `answer: ` and states the sum precisely, its fraction not
ending in 0.

A calculator shows only a few digits, which is too few for x, {x}, and y, {y}. Add them by hand from
{facts}, and finish with `answer: ` plus the complete result, normalised so that no 0 pads it on
either side.

Carry exercise. For x, {x}, and for y, {y}, the table says {facts}. Give their exact sum behind
`answer: `; drop zeros after the last other digit of a fraction, and the point too if all of it
goes.

The arithmetic library needs arbitrary precision: operand x is {x}, operand y is {y}, in its limbs
{facts}. Return `answer: ` and the string of x + y in canonical form, like 105 or 0.25, not 105.0 or
0.250.

Two tanks hold {x} and {y} litres of rain. The gauge of tank x and that of tank y print one figure
at a time, {facts}. How much water is it altogether? Close with `answer: ` and the exact amount,
without zeros that change nothing.

Nora's telescope moved by {x} arc seconds on Monday and by {y} on Tuesday. Her logbook, x for Monday
and y for Tuesday, has {facts}. By how much did it move on both days? Put every digit after `answer:
`, but no zeros behind the last that matters.

The old clerk adds two entries of the treasury, {x} and {y}, in columns from the right: {facts}.
What does he write under the line? Copy that as `answer: 310.4`, in his manner: nothing rounded, no
idle zeros, no lonely point.

On a ring road a courier first drove x, {x} kilometres, and then y, {y} kilometres. The odometer
turned its wheels as {facts}. Tell the whole distance in a last line `answer: `, exact, and cut off
zeros that stand at the end of the decimals.

A chemist pours {x} grams of salt onto {y} grams of sand. Her balance transmits both masses in
pieces, the finest first: {facts}. State what the mixture weighs, to the last decimal place, after
`answer: ` (so 2.30 would be 2.3, and 6.000 just 6).

"I counted {x} and you counted {y}," says the elder of two shepherds of the stars and scratches the
figures x and y into the rock, {facts}. "What have we counted together?" Answer him with `answer: `,
the true total and no empty zeros.

Two rivers meet. Per hour the first brings {x} cubic metres and the second {y}; the station notes x
and y as {facts}. Below the mouth both flow as one. The report ends `answer: ` and that flow, in
full precision and shortest spelling.

A game ends with {x} points for the north team and {y} points for the south team; the board lights
the digits up like this: {facts}. Which number of points was scored in all? It belongs after
`answer: `, neither rounded nor stretched by zeros.

Before the merger one firm owned {x} shares of a mine and its rival {y}. Lawyers list these
holdings, x the firm's and y the rival's, as {facts}. Name the joint holding in the contract's final
line, `answer: 8.125` or the like: exact, with a fraction only as long as it must be.
""")


@dataclass(frozen=True, kw_only=True)
class LargeNumberAddition(Task[Summands]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 30), M=(31, 40), L=(41, 50))

    paradigm = "simulation"
    instance = Summands
    kind = DECIMAL
    wordings = WORDINGS
    complexity = "n"
    lengths = 2

    def sample(self, draws: Draws, *lengths: int) -> Summands:
        """Decimals of so many digits; half of them have a point, at any inner place alike.

        In one of five the points are at one place and some last digits add up to zeros, so that the
        carry runs through them and the fraction loses its end, or all of it.
        """
        n, m = lengths
        if draws.chance(1, 5):
            fraction = draws.below(min(n, m))
            x, y = (draw_digits(draws, k, k - fraction) for k in lengths)
            zeros = draws.below(min(n + 1, m))
            if zeros:
                y = y[:-zeros] + f"{-int(x[-zeros:]) % 10**zeros:0{zeros}d}"
            x, y = with_point(x, n - fraction), with_point(y, m - fraction)
        else:
            x, y = (_decimal(draws, k) for k in lengths)
        return _named(draws, x, y, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Summands:
        return _named(draws, draws.choice(SMALL), draws.choice(SMALL), PLACE_NAMES[1][:9])

    def count(self, *lengths: int) -> int:
        n, m = map(count_decimals, lengths)
        return n * m

    def length(self, instance: Summands) -> int:
        return max(len(number.replace(".", "")) for number in (instance.x, instance.y))

    def words(self, instance: Summands) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y, "facts": listed(self.facts(instance))}

    def facts(self, instance: Summands) -> dict[str, str]:
        columns = zip(instance.places[1:], _columns(instance.x, instance.y), strict=False)
        digits = {
            f"{number} {place}": "point" if digit == "." else digit
            for place, column in columns
            for number, digit in zip("xy", column, strict=True)
            if digit != " "
        }
        return {"first": instance.first} | digits

    def tapes(self, instance: Summands) -> dict[str, str]:
        x, y = map(_open, (instance.x, instance.y))
        return {"x": x, "y": y, "place": " ".join(instance.places)}


def _open(number: str) -> str:
    """The number with a point, behind it if there is none."""
    return number if "." in number else number + "."


def _columns(x: str, y: str) -> list[tuple[str, str]]:
    """The places of both from the lowest up, the point being one; a space for no digit."""
    (a, _, c), (b, _, d) = (_open(number).partition(".") for number in (x, y))
    whole, fraction = max(len(a), len(b)), max(len(c), len(d))
    rows = (i.rjust(whole) + "." + f.ljust(fraction) for i, f in ((a, c), (b, d)))
    return list(zip(*rows, strict=True))[::-1]


def _named(draws: Draws, x: str, y: str, names: tuple[str, ...]) -> Summands:
    """The instance, its lowest place named at random; one more has a name at either end."""
    first = draw_first_name(draws, len(_columns(x, y)) + 1, before=1, names=names)
    return Summands(x=x, y=y, first=first)


def _decimal(draws: Draws, count: int) -> str:
    whole = draws.between(1, count - 1) if count > 1 and draws.chance(1, 2) else count
    return with_point(draw_digits(draws, count, whole), whole)
