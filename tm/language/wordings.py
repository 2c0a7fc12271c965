"""Styles as a source declares them, and whether a style fits the utterances of a machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.speech import READ, Style, StylePiece, Utterance, UtteranceKind, placeholder_name
from tm.support.suggestions import did_you_mean


class StyleFault(NamedTuple):
    """A fault of a style; ``key`` is the wording it is in, empty if a wording is missing."""

    key: str
    message: str
    help: str = ""


def wording_faults(utterances: Iterable[Utterance], style: Style) -> Iterator[StyleFault]:
    """Yield every fault of a style for a machine with these utterances.

    A style needs a wording for each step, each emission (``step.emission``), ``next``, ``end`` and
    ``answer``; steps named ``read`` have the derived one by default. Its placeholders are
    ``label``, ``key``, ``value``, placeholders of the utterance or of its step's label, and the
    names of the step's operands; ``next`` may use ``heading``, the next step with its label.
    """
    placeholders: dict[str, set[str]] = {
        "next": {"label", "heading"},
        "end": set(),
        "answer": {"value"},
    }
    operands: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for u in utterances:
        names = {p.placeholder for p in u.key + (u.value or ()) if p.placeholder}
        if u.kind is UtteranceKind.OPEN:
            labels.setdefault(u.step, set()).update(names)
            placeholders.setdefault(u.step, {"label"}).update(names)
        elif u.kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE):
            own = {"label", "key"} | ({"value"} if u.value is not None else set())
            placeholders.setdefault(f"{u.step}.{u.name}", set()).update(names | own)
            operands.setdefault(u.step, set()).add(u.name)
        elif u.kind is UtteranceKind.ANSWER:
            placeholders["answer"] |= names
    for key in placeholders:
        if key not in style and key.partition(".")[0] != READ:
            yield StyleFault("", f"there is no wording for `{key}`", f'add `{key}: "…"`')
    for key, wording in style.items():
        if key not in placeholders:
            help = did_you_mean(key, placeholders)
            yield StyleFault(key, f"the machine has no step or emission `{key}`", help)
            continue
        step = key.partition(".")[0]
        known = placeholders[key] | labels.get(step, set())
        if "." in key:
            known |= operands.get(step, set())
        for piece in wording:
            name = piece.placeholder
            if name and name not in known:
                help = did_you_mean(name, known) or f"known here: {', '.join(sorted(known))}"
                yield StyleFault(key, f"unknown placeholder `{{{name}}}` in `{key}`", help)


def declared_styles(file: s.File) -> dict[str, Style]:
    """Return the styles that a file declares, by name."""
    return {
        decl.name.name: {w.key: tuple(map(_style_piece, w.text.parts)) for w in decl.wordings}
        for decl in file.styles
    }


def _style_piece(part: s.TextPart | s.PlaceholderPart) -> StylePiece:
    if isinstance(part, s.TextPart):
        return StylePiece("", part.text)
    return StylePiece(placeholder_name(part.name, part.capture), part.default)


def check_styles(file: s.File, utterances: Iterable[Utterance], report: Reporter) -> None:
    """Report the faults of every style that a file declares."""
    styles = declared_styles(file)
    for decl in file.styles:
        style_name = decl.name.name
        if style_name == "minimal":
            report.error(
                "TM021",
                "`minimal` is the style that is derived from labels and operands",
                decl.name.location,
                "choose another name",
            )
        wordings: dict[str, s.Wording] = {}
        for wording in decl.wordings:
            if wording.key in wordings:
                report.error("TM021", f"`{wording.key}` has two wordings", wording.location)
            wordings[wording.key] = wording
        for fault in wording_faults(utterances, styles[style_name]):
            location = wordings[fault.key].location if fault.key else decl.name.location
            report.error("TM052", f"style `{style_name}`: {fault.message}", location, fault.help)
