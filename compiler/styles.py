"""Styles of a text: the derived one, the worded ones of a table, and their faults.

The style ``minimal`` is derived from labels and pairs and needs no wording. Each step is a line::

    NAME LABEL: KEY = VALUE KEY = VALUE ; KEY = VALUE ; VERDICT -> NAME LABEL

Fetched pairs come first; a ``;`` comes before each pair or verdict that the step solves. The last
line ends in ``-> end``, and ``answer: TEXT`` follows. Every label, key and value has a space before
it, and a space or the end of the line after it, so that an operand consists of the same tokens
wherever it occurs.

A step named ``read`` reads from the prompt. It is written often, so its line is short: a piece of
the prompt that ends in what is read, then the pair that it solves. The label is not
written, and the transition to a read step is an arrow alone::

    read 4.32: x si = 2 ->
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import Enum

from compiler.flow import definite_operands
from tm.language.wordings import StyleFault, wording_faults
from tm.speech import READ, Style, StylePiece, Utterance, UtteranceKind
from tm.support.suggestions import did_you_mean
from tm.table import Table

MINIMAL = "minimal"
PLAIN = "plain"
"""Name of the style that serves as a plain chain of thought, in the tables that have one.

It describes the same steps in running prose, without keys, labels and transitions.
"""


class ValueSource(Enum):
    """Origin of the value of a placeholder in a wording."""

    UTTERANCE = "utterance"  # the utterance that is worded
    LABEL = "label"  # the label of its step
    OPERAND = "operand"  # an operand that its step has named before


class StyleError(ValueError):
    """A style that cannot be used.

    Attributes
    ----------
    faults
        Everything that is wrong with the style; empty if the table has no style of that name.
    """

    def __init__(self, message: str, faults: tuple[StyleFault, ...] = ()) -> None:
        self.faults = faults
        super().__init__(
            "\n".join([message, *(f"  {f.message} {f.help}".rstrip() for f in faults)])
        )


def wording_key(utterance: Utterance) -> str:
    """Return the key of an utterance's wording in a style: ``relax``, ``relax.s`` or ``answer``."""
    if utterance.kind is UtteranceKind.ANSWER:
        return "answer"
    if utterance.kind is UtteranceKind.OPEN:
        return utterance.step
    return f"{utterance.step}.{utterance.name}"


def minimal_wording(utterance: Utterance) -> tuple[StylePiece, ...]:
    """Return the derived wording of an utterance; a close has none."""
    if utterance.step == READ:
        return _reading(utterance)
    match utterance.kind:
        case UtteranceKind.OPEN:
            return (*_heading(utterance), _literal(":"))
        case UtteranceKind.FETCH | UtteranceKind.SOLVE:
            lead = " " if utterance.kind is UtteranceKind.FETCH else " ; "
            has_value = utterance.value is not None
            pair = (_literal(" = "), _placeholder("value")) if has_value else ()
            return (_literal(lead), _placeholder("key"), *pair)
        case UtteranceKind.ANSWER:
            return (_literal("answer: "), _placeholder("value"))
    return ()


def _reading(utterance: Utterance) -> tuple[StylePiece, ...]:
    """Return the derived wording of an utterance of a read step."""
    match utterance.kind:
        case UtteranceKind.OPEN:
            return (_literal(READ),)
        case UtteranceKind.FETCH if utterance.value is None:
            return (_literal(" "), _placeholder("key"), _literal(":"))
        case UtteranceKind.FETCH | UtteranceKind.SOLVE:
            return (_literal(" "), _placeholder("key"), _literal(" = "), _placeholder("value"))
    return ()


def minimal_end() -> tuple[StylePiece, ...]:
    """Return the derived transition to the answer."""
    return (_literal(" -> end\n"),)


def minimal_next(opening: Utterance) -> tuple[StylePiece, ...]:
    """Return the derived transition to the step that ``opening`` opens."""
    if opening.step == READ:
        return (_literal(" ->\n"),)
    return (_literal(" -> "), *_heading(opening), _literal("\n"))


def _literal(text: str) -> StylePiece:
    return StylePiece("", text)


def _placeholder(name: str) -> StylePiece:
    return StylePiece(name, "")


def _heading(opening: Utterance) -> tuple[StylePiece, ...]:
    if not opening.key:
        return (_literal(opening.step),)
    return (_literal(opening.step + " "), _placeholder("label"))


def find_style(table: Table, style: str) -> Style | None:
    """Return the wordings of a style, or None for ``minimal``, which is derived.

    Raises
    ------
    StyleError
        If the table has no such style, or if the style has faults; the error lists all of them.
    """
    if style == MINIMAL:
        return None
    if style not in table.styles:
        names = (MINIMAL, *table.styles)
        help = did_you_mean(style, names) or f"its styles are {', '.join(names)}"
        raise StyleError(f"`{table.name}` has no style `{style}`; {help}")
    wordings = table.styles[style]
    if faults := style_faults(table, wordings):
        raise StyleError(f"style `{style}` of `{table.name}` cannot be used:", tuple(faults))
    return wordings


def check_results(table: Table, style: str, without: Collection[str]) -> None:
    """Check that every result remains in a text of this style without some modules.

    Raises
    ------
    StyleError
        If a wording says a result by an operand or a label, which is left out, alone.
    """
    dropped = set()
    if {"fetch", "atomic"} & set(without):
        dropped.add(ValueSource.OPERAND)
    if "linear" in without:
        dropped.add(ValueSource.LABEL)
    wordings = find_style(table, style) or {}
    for index, utterance in enumerate(table.utterances if dropped else ()):
        if utterance.kind is not UtteranceKind.SOLVE or utterance.step == READ:
            continue
        result = utterance.key if utterance.value is None else utterance.value
        key = wording_key(utterance)
        sources = placeholder_sources(table, index)
        names = [p.placeholder for p in wordings.get(key, ()) if p.placeholder]
        used = {sources[name] for name in names}
        if any(p.placeholder for p in result) and used and used <= dropped:
            raise StyleError(
                f"style `{style}` of `{table.name}` cannot be used without "
                f"{', '.join(sorted(without))}: `{key}` says its result by `{{{names[0]}}}` alone, "
                f"which is left out; use `{MINIMAL}`"
            )


def style_faults(table: Table, style: Style) -> list[StyleFault]:
    """Return everything that is wrong with a style for this table; an empty list if it can be used.

    If ``tm.language.wordings`` finds no fault, placeholders are checked whose value may be missing:
    an operand that its step does not name on every path through the table, whether or not a run
    takes that path, and a placeholder that only some openings of the step have in their label.
    """
    faults = list(wording_faults(table.utterances, style))
    return faults or list(_missing_values(table, style))


def _missing_values(table: Table, style: Style) -> Iterator[StyleFault]:
    definite = definite_operands(table)
    reported: set[tuple[str, str]] = set()
    for index, utterance in enumerate(table.utterances):
        if utterance.kind is UtteranceKind.CLOSE:
            continue
        key = wording_key(utterance)
        sources = placeholder_sources(table, index)
        for name in dict.fromkeys(p.placeholder for p in style.get(key, ()) if p.placeholder):
            if (key, name) in reported:
                continue
            if name not in sources:
                reason = "some opening of the step does not have it in its label"
            elif sources[name] is ValueSource.OPERAND and name not in definite.get(index, {name}):
                reason = "on some path the step does not name it before"
            else:
                continue
            reported.add((key, name))
            yield StyleFault(key, f"`{{{name}}}` in `{key}` may have no value: {reason}")


def placeholder_sources(table: Table, utterance: int) -> dict[str, ValueSource]:
    """Return the placeholders that a wording of an utterance may use, with their sources.

    Placeholders of the utterance itself take precedence over those of its step's label, and these
    over operands of the same name. A placeholder of the label counts if every opening of the step
    has it.

    Parameters
    ----------
    table
        The machine.
    utterance
        Index of the utterance in the table.
    """
    u = table.utterances[utterance]
    own = {p.placeholder for p in u.key + (u.value or ()) if p.placeholder}
    own.add({UtteranceKind.OPEN: "label", UtteranceKind.ANSWER: "value"}.get(u.kind, "key"))
    if u.value is not None:
        own.add("value")
    if u.kind is UtteranceKind.OPEN:
        own.add("heading")
    of_label: set[str] = set()
    operands: set[str] = set()
    if u.kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE) and u.step:
        siblings = [other for other in table.utterances if other.step == u.step]
        labels = [
            {p.placeholder for p in other.key if p.placeholder}
            for other in siblings
            if other.kind is UtteranceKind.OPEN
        ]
        of_label = {"label"} | (set.intersection(*labels) if labels else set())
        operands = {other.name for other in siblings if other.name}
    return {
        **dict.fromkeys(operands, ValueSource.OPERAND),
        **dict.fromkeys(of_label, ValueSource.LABEL),
        **dict.fromkeys(own, ValueSource.UTTERANCE),
    }
