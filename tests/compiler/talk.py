"""Machines that only talk: utterances written as short strings become a table and its trace.

``talk("compare {i=1}.{j=2}", "< a={5}", ...)``: see ``utterance``. One state a thing said, in a
chain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tm.speech import Kind, Piece, Style, StylePiece, Template, Utterance
from tm.table import ACCEPT, BLANK, Action, Place, State, Table, Tape
from tm.trace import Trace

TAPES = ("i", "j", "x", "y", "z", "out")
LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz,.-<>= ")


def template(text: str) -> tuple[Template, list[str]]:
    """``d{i=3}`` captures 3 from tape i; ``d{u:3}`` says register u; ``{i=|0}`` nothing, with
    default 0."""
    pieces, words = [], []
    for literal, hole, sign, word in re.findall(r"([^{}]+)|\{(\w+)([=:])([^}]*)\}", text):
        if literal:
            pieces.append(Piece("", literal))
        elif sign == ":":
            pieces.append(Piece(hole, word))
        else:
            word, _, default = word.partition("|")
            pieces.append(Piece(hole, default, TAPES.index(hole), "word"))
            words.append(word)
    return tuple(pieces), words


def utterance(text: str, steps: list[str]) -> tuple[Utterance, list[str]]:
    """What one string stands for, inside the open ``steps``.

    ``[relax LABEL`` opens, ``]`` closes, ``< d: KEY = VALUE`` fetches, ``> s: KEY = VALUE`` solves,
    ``> kept: VERDICT`` says a verdict, ``! TEXT`` answers.
    """
    inside = steps[-1] if steps else ""
    if text == "]":
        return Utterance(Kind.CLOSE, steps.pop(), "", ()), []
    if text[0] == "[":
        name, _, label = text[1:].partition(" ")
        steps.append(name)
        key, words = template(label)
        return Utterance(Kind.OPEN, name, "", key), words
    if text[0] == "!":
        key, words = template(text[2:])
        return Utterance(Kind.ANSWER, inside, "", key), words
    name, _, pair = text[2:].partition(": ")
    said, equals, value_text = pair.partition(" = ")
    key, words = template(said)
    kind = Kind.FETCH if text[0] == "<" else Kind.SOLVE
    if not equals:
        return Utterance(kind, inside, name, key), words
    value, more = template(value_text)
    return Utterance(kind, inside, name, key, value), words + more


def talk(
    *runs: Sequence[str], styles: dict[str, dict[str, str]] | None = None
) -> tuple[Table, Trace]:
    """A table and the trace of runs that say what the strings write down."""
    utterances: dict[Utterance, int] = {}
    said, words, captures, bounds = [], [], [], [0]
    for run in runs:
        steps: list[str] = []
        for text in run:
            what, captured = utterance(text, steps)
            said.append(utterances.setdefault(what, len(utterances)))
            captures.append(len(words))
            words.extend(captured)
        bounds.append(len(said))
    here = Place("talk.tm", 1, 1)
    chain = said[: bounds[1]] or [-1]
    states = tuple(State(f"s{k}", here, k) for k in range(len(chain)))
    actions = tuple(
        Action(k + 1 if k + 1 < len(chain) else ACCEPT, says=(u,) if u >= 0 else ())
        for k, u in enumerate(chain)
    )
    table = Table(
        name="talk",
        tapes=tuple(Tape(name=t, symbols=(BLANK, *sorted(LETTERS)), word=LETTERS) for t in TAPES),
        states=states,
        actions=actions,
        utterances=tuple(utterances),
        styles={name: style(entries) for name, entries in (styles or {}).items()},
    )
    trace = Trace(
        utterance=np.array(said, np.int32),
        transition=np.arange(len(said), dtype=np.int64),
        capture=np.array(captures, np.int64),
        ends=np.cumsum([0] + [len(w) for w in words], dtype=np.int64),
        letters=np.frombuffer("".join(words).encode("ascii"), np.uint8),
        runs=np.array(bounds, np.int64),
    )
    return table, trace


def style(entries: dict[str, str]) -> Style:
    return {
        name: tuple(
            StylePiece(hole, literal) for literal, hole in re.findall(r"([^{}]+)|\{(\w+)\}", text)
        )
        for name, text in entries.items()
    }
