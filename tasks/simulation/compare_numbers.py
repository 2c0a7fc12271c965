"""Compare two signed decimals (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import Draws, Instance, LengthRange, Task, choice, listed, paragraphs, ranges
from tasks.decimals import count_decimals, draw_digits, with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
MAGNITUDES = ("0", "1", "2", "10", "12", "0.1", "0.12", "1.0", "1.02", "1.2", "2.0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decimals(Instance):
    """Two decimals, and the name of the highest place that either has.

    The places below it have the names that follow, in the alphabet or among the pairs of letters;
    both numbers name them alike, so that a digit's key says what it is worth.
    """

    x: str
    y: str
    first: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not DECIMAL.fullmatch(number) or (number[0] == "-" and not number.strip("-0.")):
                raise ValueError(f"compare_numbers takes decimals such as -12.50, not {number!r}")
        consecutive_names(self.first, len(_columns(self.x, self.y)) + 1)


WORDINGS = paragraphs("""
Compare {x} with {y}, by place: {facts}. End with `answer: <`, `answer: >` or `answer: =`.

Which sign belongs between {x} and {y}? Place by place the two read {facts}. Conclude with a line
`answer: <`, `answer: >` or `answer: =`, so that the statement "x, sign, y" is true.

Let x be {x} and y be {y}; spelled out, {facts}. Is x less than y, greater, or equal to it? Write
`answer: ` followed by < for less, > for greater, = for equal.

Order check. The left number is {x}, the right one {y}. Both are lined up at the decimal point and
given digit by digit: {facts}. The last line must be `answer: ` and one of the signs < > =, which
says how the left compares with the right.

Two decimals are given with their digits named by place, from the highest place that either has
downwards: {facts}. They stand for x, which is {x}, and y, which is {y}. Decide their order in
value: `answer: <` if x is smaller, `answer: >` if y is, `answer: =` if zeros are all that differ.

Evaluate the comparison of {x} (x) and {y} (y). Reading aid: {facts}. Output exactly one of the
lines `answer: <`, `answer: =`, `answer: >` at the end, x being on the left of the sign.

On the number line, does the point x at {x} lie left of the point y at {y}, right of it, or on the
same spot? In places they are {facts}. Left is `answer: <`, right is `answer: >`, the same spot
`answer: =`.

Input: x and y, that is {x} and {y}, with the memory {facts}. Output: `answer: ` and the relation of
x to y in value, one character out of < > =.

Given {facts}, compare the values of x and y, a digit that is missing counting as none. In usual
notation x is {x} and y is {y}. Reply in the form `answer: >` when x has the greater value, `answer:
<` when y has, `answer: =` when neither.

Find out by looking at one place at a time, the highest first, how x and y compare: {facts}. Written
as one, x = {x} and y = {y}. Your final line begins with `answer: ` and ends in <, > or =, read from
x to y.

A pupil wonders whether trailing zeros or more digits make a number greater. Take x as {x} and y as
{y}, in places {facts}, and settle this case: finish with `answer: <`, `answer: >` or `answer: =`
for x against y.

Sign first, then digits. For x, {x}, and y, {y}, the table says {facts}. State the outcome as
`answer: ` and then "<" (x below y), ">" (x above y) or "=" (equal in value), without the quotes.

The sort routine asks for one comparison: x at {x} against y at {y}. Its view of the two is {facts}.
Return `answer: <` when x must come first, `answer: >` when y must, and `answer: =` when their
values tie.

Two thermometers hang on the same wall. Thermometer x shows {x} degrees and thermometer y shows {y};
the log spells the readings as {facts}. Does x show less, more or the same? Close the entry with
`answer: <`, `answer: >` or `answer: =`, in this order of cases.

Lena's boat floats at a height of {x} metres against the harbour mark, Omar's at {y}. In the harbour
book, with x for Lena and y for Omar, this is {facts}. Whose boat lies lower? Write `answer: <` if
Lena's does, `answer: >` if Omar's does, and `answer: =` if both lie equally high.

Two banks send statements of the same account. The first says {x}, the second {y}, debts with a
minus. The auditor copies them column by column as x and y: {facts}. She ends her note with `answer:
<` if the first balance is smaller, `answer: >` if it is larger, and `answer: =` if the banks agree
in value.

At the end of a long hike the two watches disagree about the climb: x counted {x} and y counted {y}
kilometres, downhill negative. Digit for digit: {facts}. Is the figure of x below, above or equal to
that of y? The verdict goes after `answer: ` as <, > or =.

A locksmith keeps two keys whose numbers look much alike, {x} on key x and {y} on key y. He lays the
numbers under each other, {facts}, and asks which has the smaller value. Tell him `answer: <` for
key x, `answer: >` for key y, or `answer: =` if the values are the same.

In a quiz the hosts announce two estimates: x says {x}, y says {y}. On the board the places are lit
one after another: {facts}. Which estimate is higher? Show the board's last line, `answer: >` for x,
`answer: <` for y, `answer: =` for a draw.

Two probes fell into a crater lake and report their depth as a height, {x} from probe x and {y} from
probe y. The transmission arrives in pieces, {facts}. Mission control needs one sign between the
heights of x and y, < or > or =, in a final line such as `answer: <`.

"My number is {x}, call it x, and yours is {y}, call it y," says Ida and writes both down by
columns: {facts}. "So which of us has more?" Answer her with `answer: >` if Ida has, `answer: <` if
the other has and `answer: =` if it is the same amount.

Before a trade the ledger program compares the asked price x, {x}, with the bid y, {y}, in its own
notation {facts}. It prints `answer: <` when the asked price is below the bid, `answer: >` when it
is above and `answer: =` when they meet, as its last line.
""")


@dataclass(frozen=True, kw_only=True)
class CompareNumbers(Task[Decimals]):
    """The task; ``plain`` leaves out signs and points, and names places by one letter."""

    ranges: Mapping[str, LengthRange] = ranges(S=(5, 10), M=(11, 20), L=(21, 50))
    plain: bool = False

    paradigm = "simulation"
    instance = Decimals
    kind = choice("<", ">", "=")
    wordings = WORDINGS
    complexity = "n"
    lengths = 2
    far = frozenset({"place"})  # the prompt gives all digits, and all may be alike

    def sample(self, draws: Draws, *lengths: int) -> Decimals:
        """Decimals of so many digits.

        15 % are equal in value and 10 % differ in sign. Of the rest, the place that decides is
        uniform over the places, and the one with more digits is the greater half of the time.
        """
        n, m = lengths
        case = draws.below(100)
        if self.plain:
            x, y = _equal(draws, n, n, n) if case < 15 else _unequal_integers(draws, n, m)
            return _named(draws, x, y, PLACE_NAMES[1])
        if case < 15:
            x, y = _equal(draws, n, m, draws.between(1, min(n, m)))
        elif case < 25:
            x, y = (with_point(draw_digits(draws, k, k), draws.between(1, k)) for k in (n, m))
        else:
            x, y = _unequal(draws, n, m)
        minus = draws.chance(1, 2)
        opposed = 15 <= case < 25
        return _named(draws, _signed(x, minus), _signed(y, minus != opposed), PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Decimals:
        minus = not self.plain and draws.chance(1, 2)
        x, y = (_signed(draws.choice(MAGNITUDES), minus) for _ in range(2))
        return _named(draws, x, y, PLACE_NAMES[1][:10])

    def count(self, *lengths: int) -> int | None:
        if self.plain:
            return None  # lengths are not kept to
        n, m = (2 * count_decimals(k) - 1 for k in lengths)  # 0 has no minus
        return n * m

    def length(self, instance: Decimals) -> int:
        return max(len(number.replace(".", "").lstrip("-")) for number in (instance.x, instance.y))

    def words(self, instance: Decimals) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y, "facts": listed(self.facts(instance))}

    def facts(self, instance: Decimals) -> dict[str, str]:
        columns = _columns(instance.x, instance.y)
        places = consecutive_names(instance.first, len(columns))
        digits = {
            f"{number} {place}": digit
            for place, column in zip(places, columns, strict=True)
            for number, digit in zip("xy", column, strict=True)
            if digit != " "
        }
        return {
            "x sign": _sign(instance.x),
            "y sign": _sign(instance.y),
            "first": instance.first,
        } | digits

    def tapes(self, instance: Decimals) -> dict[str, str]:
        places = consecutive_names(instance.first, len(_columns(instance.x, instance.y)) + 1)
        return {"x": instance.x, "y": instance.y, "place": " ".join(places)}


def _sign(number: str) -> str:
    return "minus" if number[0] == "-" else "plus"


def _columns(x: str, y: str) -> list[tuple[str, str]]:
    """The digits of both, lined up at the point, from the highest place down; a space for none."""
    (a, _, c), (b, _, d) = (number.lstrip("-").partition(".") for number in (x, y))
    whole, fraction = max(len(a), len(b)), max(len(c), len(d))
    rows = (i.rjust(whole) + f.ljust(fraction) for i, f in ((a, c), (b, d)))
    return list(zip(*rows, strict=True))


def _named(draws: Draws, x: str, y: str, names: tuple[str, ...]) -> Decimals:
    """The instance, its first place named at random; the place after the last needs a name too."""
    return Decimals(x=x, y=y, first=draw_first_name(draws, len(_columns(x, y)) + 1, names=names))


def _signed(magnitude: str, minus: bool) -> str:
    return "-" + magnitude if minus and magnitude.strip("0.") else magnitude


def _equal(draws: Draws, n: int, m: int, whole: int) -> tuple[str, str]:
    """Two decimals of n and m digits that differ in trailing zeros at most."""
    digits = draw_digits(draws, min(n, m), whole)
    return with_point(digits.ljust(n, "0"), whole), with_point(digits.ljust(m, "0"), whole)


def _unequal(draws: Draws, n: int, m: int) -> tuple[str, str]:
    """Two magnitudes of n and m digits; every place is equally likely to decide.

    Where the shorter has run out of digits, the longer is greater; as often as that happens, the
    shorter is made greater elsewhere, if it can be.
    """
    long, short = max(n, m), min(n, m)
    place = draws.below(long)
    if place >= short or draws.chance(max(0, 2 * short - long), 2 * short):
        more, less = long, short
    else:
        more, less = short, long
    if place == 0 and more > 1 and draws.chance(1, 2):
        greater, lesser = _by_size(draws, more, less)
    else:
        greater, lesser = _by_digit(draws, more, less, draws.between(1, short), place)
    swap = draws.chance(1, 2) if n == m else more != n
    return (lesser, greater) if swap else (greater, lesser)


def _unequal_integers(draws: Draws, n: int, m: int) -> tuple[str, str]:
    """Two integers of n digits, or of n and m ones; every place is equally likely to decide."""
    place = draws.below(n)
    if place == 0 and n != m and draws.chance(1, 2):
        return draw_digits(draws, n, n), draw_digits(draws, m, m)
    greater, lesser = _by_digit(draws, n, n, n, place)
    return (lesser, greater) if draws.chance(1, 2) else (greater, lesser)


def _by_size(draws: Draws, more: int, less: int) -> tuple[str, str]:
    """A decimal of ``more`` > 1 digits and one of ``less`` with fewer of them before the point."""
    whole = draws.between(2, more)
    fewer = draws.between(1, min(less, whole - 1))
    return (
        with_point(draw_digits(draws, more, whole), whole),
        with_point(draw_digits(draws, less, fewer), fewer),
    )


def _by_digit(draws: Draws, more: int, less: int, whole: int, place: int) -> tuple[str, str]:
    """A decimal of ``more`` digits and a lesser one of ``less``, alike above ``place``."""
    alike = draw_digits(draws, min(place, less), whole).ljust(place, "0")
    low = 1 if place == 0 and whole > 1 else 0
    if place >= less:
        lesser, digit = alike[:less], draws.between(1, 9)
    else:
        below, digit = sorted(draws.distinct(2, low, 9))
        lesser = alike + str(below) + draws.digits(less - place - 1)
    greater = alike + str(digit) + draws.digits(more - place - 1)
    return with_point(greater, whole), with_point(lesser, whole)
