"""Whether a style words all that a machine says, with holes that mean something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tm.speech import Style, Utterance, UtteranceKind
from tm.support.suggestions import did_you_mean


class Fault(NamedTuple):
    """What is wrong with a style: ``key`` is the wording (empty: one is missing)."""

    key: str
    message: str
    help: str = ""


def faults(utterances: Iterable[Utterance], style: Style) -> Iterator[Fault]:
    """Everything that is wrong with a style for a machine that says ``utterances``.

    A style needs a wording for each step, each emission (``step.emission``), ``next``, ``end`` and
    ``answer``. Its holes are ``label``, ``key``, ``value``, holes of the utterance or of its step's
    label, and the names of the step's operands.
    """
    holes: dict[str, set[str]] = {"next": {"label"}, "end": set(), "answer": {"value"}}
    operands: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for u in utterances:
        names = {p.placeholder for p in u.key + (u.value or ()) if p.placeholder}
        if u.kind is UtteranceKind.OPEN:
            labels.setdefault(u.step, set()).update(names)
            holes.setdefault(u.step, {"label"}).update(names)
        elif u.kind in (UtteranceKind.FETCH, UtteranceKind.SOLVE):
            said = {"label", "key"} | ({"value"} if u.value is not None else set())
            holes.setdefault(f"{u.step}.{u.name}", set()).update(names | said)
            operands.setdefault(u.step, set()).add(u.name)
        elif u.kind is UtteranceKind.ANSWER:
            holes["answer"] |= names
    for key in holes:
        if key not in style:
            yield Fault("", f"no wording for `{key}`", f'add `{key}: "…"`')
    for key, wording in style.items():
        if key not in holes:
            yield Fault(key, f"the machine never says `{key}`", did_you_mean(key, holes))
            continue
        step = key.partition(".")[0]
        known = holes[key] | labels.get(step, set())
        if "." in key:
            known |= operands.get(step, set())
        for piece in wording:
            if piece.placeholder and piece.placeholder not in known:
                help = (
                    did_you_mean(piece.placeholder, known)
                    or f"holes here: {', '.join(sorted(known))}"
                )
                yield Fault(key, f"`{{{piece.placeholder}}}` means nothing in `{key}`", help)
