"""Styles: the derived one and the worded ones of a table, and what can be wrong there.

``minimal`` needs no words: it is derived. Each step is a line::

    NAME LABEL: KEY = VALUE KEY = VALUE ; KEY = VALUE ; VERDICT -> NAME LABEL

with fetched pairs before the first ``;`` and what the step solves behind one each. The last line
goes to ``end``, and ``answer: TEXT`` follows. A space stands before every label, key and value, and
a space or the end of the line behind, so that an operand is cut into the same tokens wherever it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.flow import definite_operands
from tm.language.wordings import StyleFault, wording_faults
from tm.speech import Style, StylePiece, Utterance, UtteranceKind
from tm.support.suggestions import did_you_mean
from tm.table import Table

MINIMAL = "minimal"
PLAIN = "plain"
"""The style, of the tables that have one, which a chain of thought is compared with: the same steps
as a person would tell them, in running prose without keys, labels and transitions."""


class StyleError(ValueError):
    """A style that cannot be used; ``faults`` holds everything that is wrong with it."""

    def __init__(self, message: str, faults: tuple[StyleFault, ...] = ()) -> None:
        self.faults = faults
        super().__init__(
            "\n".join([message, *(f"  {f.message} {f.help}".rstrip() for f in faults)])
        )


def entry(utterance: Utterance) -> str:
    """The name under which a style words an utterance: ``relax``, ``relax.s`` or ``answer``."""
    if utterance.kind is UtteranceKind.ANSWER:
        return "answer"
    if utterance.kind is UtteranceKind.OPEN:
        return utterance.step
    return f"{utterance.step}.{utterance.name}"


def minimal(utterance: Utterance) -> tuple[StylePiece, ...]:
    """The derived wording of one utterance."""
    match utterance.kind:
        case UtteranceKind.OPEN:
            return (*_named(utterance), _text(":"))
        case UtteranceKind.FETCH | UtteranceKind.SOLVE:
            lead = " " if utterance.kind is UtteranceKind.FETCH else " ; "
            pair = (_text(" = "), _hole("value")) if utterance.value is not None else ()
            return (_text(lead), _hole("key"), *pair)
        case UtteranceKind.ANSWER:
            return (_text("answer: "), _hole("value"))
    return ()


def minimal_end() -> tuple[StylePiece, ...]:
    """The derived transition to the answer."""
    return (_text(" -> end\n"),)


def minimal_next(opening: Utterance) -> tuple[StylePiece, ...]:
    """The derived transition to the step that ``opening`` opens."""
    return (_text(" -> "), *_named(opening), _text("\n"))


def _text(text: str) -> StylePiece:
    return StylePiece("", text)


def _hole(hole: str) -> StylePiece:
    return StylePiece(hole, "")


def _named(opening: Utterance) -> tuple[StylePiece, ...]:
    if not opening.key:
        return (_text(opening.step),)
    return (_text(opening.step + " "), _hole("label"))


def find_style(table: Table, style: str) -> Style | None:
    """The wordings of a style; none for ``minimal``, which is derived.

    Raises
    ------
    StyleError
        When the table has no such style, or the style has faults; it lists all of them.
    """
    if style == MINIMAL:
        return None
    if style not in table.styles:
        names = (MINIMAL, *table.styles)
        help = did_you_mean(style, names) or f"there are {', '.join(names)}"
        raise StyleError(f"`{table.name}` has no style `{style}`: {help}")
    wordings = table.styles[style]
    if found := style_faults(table, wordings):
        raise StyleError(f"style `{style}` of `{table.name}` cannot be used:", tuple(found))
    return wordings


def style_faults(table: Table, style: Style) -> list[StyleFault]:
    """Everything wrong with a style for this table; an empty list when it can be used.

    To what ``tm.language.wordings`` finds it adds, once that is settled, holes whose value may be
    missing: an operand that some path through the table has not said when its step gets there
    (whether or not a run ever takes that path), and a hole of a label that another opening of the
    step has not.
    """
    found = list(wording_faults(table.utterances, style))
    return found or list(_missing_values(table, style))


def _missing_values(table: Table, style: Style) -> Iterator[StyleFault]:
    sure = definite_operands(table)
    told: set[tuple[str, str]] = set()
    for index, utterance in enumerate(table.utterances):
        if utterance.kind is UtteranceKind.CLOSE:
            continue
        name = entry(utterance)
        known = holes(table, index)
        for hole in dict.fromkeys(p.placeholder for p in style[name] if p.placeholder):
            if (name, hole) in told:
                continue
            if hole not in known:
                problem = "not every opening of the step has it in its label"
            elif known[hole] == OPERAND and hole not in sure.get(index, {hole}):
                problem = "on some path the step has not said it yet"
            else:
                continue
            told.add((name, hole))
            yield StyleFault(name, f"`{{{hole}}}` in `{name}` may have no value: {problem}")


OWN, OF_LABEL, OPERAND = "own", "of the label", "operand"


def holes(table: Table, utterance: int) -> dict[str, str]:
    """The holes that a wording of this utterance may use, and where each one's value comes from.

    An utterance's own holes go before those of the label, and these before operands of one name. A
    hole of the label counts when every opening of the step has it.
    """
    said = table.utterances[utterance]
    known = {OWN: {p.placeholder for p in said.key + (said.value or ()) if p.placeholder}}
    known[OWN].add(
        {UtteranceKind.OPEN: "label", UtteranceKind.ANSWER: "value"}.get(said.kind, "key")
    )
    if said.value is not None:
        known[OWN].add("value")
    known[OF_LABEL] = set()
    known[OPERAND] = set()
    if said.kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE) and said.step:
        same = [u for u in table.utterances if u.step == said.step]
        labels = [
            {p.placeholder for p in u.key if p.placeholder}
            for u in same
            if u.kind is UtteranceKind.OPEN
        ]
        known[OF_LABEL] = {"label"} | (set.intersection(*labels) if labels else set())
        known[OPERAND] = {u.name for u in same if u.name}
    return {hole: where for where in (OPERAND, OF_LABEL, OWN) for hole in known[where]}
