"""Tables and traces made from scripts: one short string for each utterance of a run.

The table is a chain with one state per utterance; see ``parse_utterance`` for the notation::

    scripted(["[add {i=1}", "< x: x{i=1} = {x=7}", "> s: s = {z=7}", "]", "! {out=7}"])
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from tm.speech import Piece, Style, StylePiece, Template, Utterance, UtteranceKind
from tm.table import ACCEPT, BLANK, Action, Place, State, Table, Tape
from tm.trace import Trace

TAPES = ("i", "j", "x", "y", "z", "out")
LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz,.-<>= ")

ADDITION = [
    "[add {i=3}.{j=4}", "< x: x = {x=12}", "< y: y = {y=9}",
    "[digit 0", "< a: a = 2", "< b: b = 9", "> r: r = {z=1}", "]",
    "[digit 1", "< a: a = {x=1}", "> r: r = {z=2}", "]",
    "> s: s = {z=21}", "]",
    "[check", "> fine: fine", "]",
    "! {out=21}",
]  # fmt: skip
"""12 + 9 with an inner step for each digit."""


def parse_template(text: str) -> tuple[Template, list[str]]:
    """Return the template that ``text`` describes and the words that it captures.

    ``d{i=3}`` captures 3 from tape i, ``{i.recent=3}`` does with another capture than a word,
    ``{i=|0}`` captures nothing and has the default 0, and ``d{u:3}`` holds the value 3 of
    register u.
    """
    pieces, words = [], []
    for literal, name, sign, word in re.findall(r"([^{}]+)|\{([\w.]+)([=:])([^}]*)\}", text):
        if literal:
            pieces.append(Piece("", literal))
        elif sign == ":":
            pieces.append(Piece(name, word))
        else:
            word, _, default = word.partition("|")
            tape, _, capture = name.partition(".")
            pieces.append(Piece(name, default, TAPES.index(tape), capture or "word"))
            words.append(word)
    return tuple(pieces), words


def parse_utterance(text: str, open_steps: list[str]) -> tuple[Utterance, list[str]]:
    """Return the utterance that ``text`` describes and its captured words; update ``open_steps``.

    ``[relax LABEL`` opens a step, ``]`` closes it, ``< d: KEY = VALUE`` fetches, ``> s: KEY =
    VALUE`` solves, ``> kept: VERDICT`` solves a bare verdict, ``! TEXT`` answers.
    """
    step = open_steps[-1] if open_steps else ""
    if text == "]":
        return Utterance(UtteranceKind.CLOSE, open_steps.pop(), "", ()), []
    if text[0] == "[":
        name, _, label = text[1:].partition(" ")
        open_steps.append(name)
        key, words = parse_template(label)
        return Utterance(UtteranceKind.OPEN, name, "", key), words
    if text[0] == "!":
        key, words = parse_template(text[2:])
        return Utterance(UtteranceKind.ANSWER, step, "", key), words
    name, _, pair = text[2:].partition(": ")
    key_text, equals, value_text = pair.partition(" = ")
    key, words = parse_template(key_text)
    kind = UtteranceKind.FETCH if text[0] == "<" else UtteranceKind.SOLVE
    if not equals:
        return Utterance(kind, step, name, key), words
    value, value_words = parse_template(value_text)
    return Utterance(kind, step, name, key, value), words + value_words


def scripted(
    *runs: Sequence[str], styles: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[Table, Trace]:
    """Return a table and the trace of one run for each script."""
    utterances: dict[Utterance, int] = {}
    events: list[int] = []
    words: list[str] = []
    captures: list[int] = []
    bounds = [0]
    for run in runs:
        open_steps: list[str] = []
        for text in run:
            utterance, captured = parse_utterance(text, open_steps)
            events.append(utterances.setdefault(utterance, len(utterances)))
            captures.append(len(words))
            words.extend(captured)
        bounds.append(len(events))
    place = Place("scripted.tm", 1, 1)
    chain = events[: bounds[1]] or [-1]
    states = tuple(State(f"s{k}", place, k) for k in range(len(chain)))
    actions = tuple(
        Action(k + 1 if k + 1 < len(chain) else ACCEPT, utterances=(u,) if u >= 0 else ())
        for k, u in enumerate(chain)
    )
    table = Table(
        name="scripted",
        tapes=tuple(Tape(name=t, symbols=(BLANK, *sorted(LETTERS)), word=LETTERS) for t in TAPES),
        states=states,
        actions=actions,
        utterances=tuple(utterances),
        styles={name: parse_style(wordings) for name, wordings in (styles or {}).items()},
    )
    trace = Trace(
        utterance=np.array(events, np.int32),
        transition=np.arange(len(events), dtype=np.int64),
        capture=np.array(captures, np.int64),
        ends=np.cumsum([0] + [len(w) for w in words], dtype=np.int64),
        letters=np.frombuffer("".join(words).encode("ascii"), np.uint8),
        runs=np.array(bounds, np.int64),
    )
    return table, trace


def parse_style(wordings: Mapping[str, str]) -> Style:
    """Return a style from wordings in which ``{name}`` is a placeholder."""
    return {
        entry: tuple(
            StylePiece(name, literal) for literal, name in re.findall(r"([^{}]+)|\{(\w+)\}", text)
        )
        for entry, text in wordings.items()
    }
