"""Styles: the derived ``minimal`` one, the wordings that a table brings, and what can be wrong with
them.

``minimal`` needs no words. Each step is a line::

    NAME LABEL: KEY = VALUE KEY = VALUE ; KEY = VALUE ; VERDICT -> NAME LABEL

with fetched pairs before the first ``;`` and what the step solves behind one each. The last line
goes to ``end``, and ``answer: TEXT`` follows. A space stands before every label, key and value, and
a space or the end of the line behind, so that an operand is cut into the same tokens wherever it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from compiler.flow import surely_said
from tm.speech import Kind, Style, StylePiece, Utterance
from tm.table import Table

MINIMAL = "minimal"
GENERAL = ("next", "end", "answer")
"""The entries of a style that belong to no step."""


class Problem(StrEnum):
    """What can be wrong with a style."""

    MISSING = "missing"  # a step, an emission or a general entry has no wording
    UNKNOWN_ENTRY = "unknown entry"  # a wording for something that the machine does not say
    UNKNOWN_HOLE = "unknown hole"  # a hole that is no value of this utterance
    UNSAID = "unsaid"  # a hole for an operand that some path has not said yet


class Fault(NamedTuple):
    """One thing wrong with a style: the entry (``relax.s``), the hole (or empty), and a
    sentence.
    """

    problem: Problem
    entry: str
    hole: str
    message: str


class StyleError(ValueError):
    """A style that cannot be used; ``faults`` holds everything that is wrong with it."""

    def __init__(self, message: str, faults: tuple[Fault, ...] = ()) -> None:
        self.faults = faults
        super().__init__("\n".join([message, *(f"  {f.message}" for f in faults)]))


def entry(utterance: Utterance) -> str:
    """The name under which a style words an utterance: ``relax``, ``relax.s`` or ``answer``."""
    if utterance.kind is Kind.ANSWER:
        return "answer"
    if utterance.kind is Kind.OPEN:
        return utterance.step
    return f"{utterance.step}.{utterance.name}" if utterance.step else utterance.name


def has_key(utterance: Utterance) -> bool:
    """Whether it says a pair; a bare verdict and the answer are values without a key."""
    return utterance.kind in (Kind.FETCH, Kind.SOLVE) and utterance.value is not None


def minimal(utterance: Utterance) -> tuple[StylePiece, ...]:
    """The derived wording of one utterance."""
    text, hole = (lambda t: StylePiece("", t)), (lambda h: StylePiece(h, ""))
    match utterance.kind:
        case Kind.OPEN:
            return (*_named(utterance), text(":"))
        case Kind.FETCH | Kind.SOLVE:
            lead = " " if utterance.kind is Kind.FETCH else " ; "
            if has_key(utterance):
                return (text(lead), hole("key"), text(" = "), hole("value"))
            return (text(lead), hole("value"))
        case Kind.ANSWER:
            return (text("answer: "), hole("value"))
    return ()


def minimal_next(opening: Utterance) -> tuple[StylePiece, ...]:
    """The derived transition to the step that ``opening`` opens."""
    return (StylePiece("", " -> "), *_named(opening), StylePiece("", "\n"))


MINIMAL_END = (StylePiece("", " -> end\n"),)


def _named(opening: Utterance) -> tuple[StylePiece, ...]:
    if not opening.key:
        return (StylePiece("", opening.step),)
    return (StylePiece("", opening.step + " "), StylePiece("label", ""))


def find(table: Table, style: str) -> Style | None:
    """The wordings of a style of the table, ``None`` for the derived one.

    Raises
    ------
    StyleError
        When the table has no such style, or the style has faults; it lists all of them.
    """
    if style == MINIMAL:
        return None
    if style not in table.styles:
        names = [MINIMAL, *table.styles]
        raise StyleError(
            f"no style `{style}` in `{table.name}`{_meant(style, names)}; "
            f"there are {', '.join(names)}"
        )
    wordings = table.styles[style]
    if found := faults(table, wordings):
        raise StyleError(f"style `{style}` of `{table.name}` cannot be used:", tuple(found))
    return wordings


def faults(table: Table, style: Style) -> list[Fault]:
    """Everything wrong with a style for this table; an empty list when it can be used.

    A hole for an operand said earlier is a fault when some path through the table reaches the
    utterance without having said it, whether or not a run ever takes that path.
    """
    wanted = _wanted(table)
    found = [
        Fault(Problem.MISSING, name, "", f"`{name}` has no wording")
        for name in wanted
        if name not in style
    ]
    for name in style:
        if name not in wanted and name not in GENERAL:
            message = f"`{name}` is nothing that the machine says{_meant(name, wanted)}"
            found.append(Fault(Problem.UNKNOWN_ENTRY, name, "", message))
    sure = surely_said(table)
    for name, utterances in wanted.items():
        for hole in dict.fromkeys(p.hole for p in style.get(name, ()) if p.hole):
            found.extend(_hole_faults(table, name, hole, utterances, sure))
    return found


def _wanted(table: Table) -> dict[str, list[int]]:
    """Every entry that a style must have, and the utterances it words."""
    wanted: dict[str, list[int]] = {}
    for index, utterance in enumerate(table.utterances):
        if utterance.kind is not Kind.CLOSE:
            wanted.setdefault(entry(utterance), []).append(index)
            if utterance.kind is Kind.OPEN:
                wanted.setdefault("next", []).append(index)
    if "next" in wanted:
        wanted.setdefault("end", [])
    return wanted


def _hole_faults(
    table: Table, name: str, hole: str, utterances: list[int], sure: Mapping[int, frozenset[str]]
) -> Iterator[Fault]:
    if not utterances:
        message = f"`{{{hole}}}` in `{name}`: nothing is open there, so it can have no holes"
        yield Fault(Problem.UNKNOWN_HOLE, name, hole, message)
    for index in utterances:
        known = holes(table, index)
        if hole not in known:
            message = f"`{{{hole}}}` in `{name}` names no value{_meant(hole, known)}"
            yield Fault(Problem.UNKNOWN_HOLE, name, hole, message)
            return
        if known[hole] == OPERAND and hole not in sure.get(index, {hole}):
            message = f"`{{{hole}}}` in `{name}`: on some path the step has not said it yet"
            yield Fault(Problem.UNSAID, name, hole, message)
            return


OWN, OF_LABEL, OPERAND = "own", "of the label", "operand"


def holes(table: Table, utterance: int) -> dict[str, str]:
    """The holes that a wording of this utterance may use, and where each one's value comes from.

    An utterance's own holes go before those of the label, and these before operands of one name. A
    hole of the label counts when every opening of the step has it.
    """
    said = table.utterances[utterance]
    known = {OWN: {p.hole for p in said.key + (said.value or ()) if p.hole}}
    known[OWN] |= {"label"} if said.kind is Kind.OPEN else {"value"}
    if has_key(said):
        known[OWN].add("key")
    known[OF_LABEL] = set()
    known[OPERAND] = set()
    if said.kind in (Kind.FETCH, Kind.SOLVE) and said.step:
        same = [u for u in table.utterances if u.step == said.step]
        labels = [{p.hole for p in u.key if p.hole} for u in same if u.kind is Kind.OPEN]
        known[OF_LABEL] = {"label"} | (set.intersection(*labels) if labels else set())
        known[OPERAND] = {u.name for u in same if u.name}
    return {hole: where for where in (OPERAND, OF_LABEL, OWN) for hole in known[where]}


def _meant(name: str, names: object) -> str:
    close = get_close_matches(name, list(names), 1)  # type: ignore[call-overload]
    return f" (did you mean `{close[0]}`?)" if close else ""
