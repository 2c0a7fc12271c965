"""A run as plain data for the page: its table, its inputs, and the spans of its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.player.sources import source_lines, source_name
from compiler.player.texts import WrittenText, pieces
from tm.display import rule_texts
from tm.engine import Run
from tm.engine.alphabet import encode
from tm.support.escaping import name_invisible
from tm.table import OUTCOME_NAMES, Row, Table
from tm.trees import Tree

VISIBLE_SPACE = "␣"


def run_data(run: Run, inputs: Mapping[str, str], written: WrittenText | None) -> dict[str, Any]:
    """Return a run and its text as plain data for JSON, with every invisible character named."""
    table = run.table
    encoded = encode(table, [inputs])
    symbols: list[list[int]] = [[] for _ in table.tapes]
    for tape, (start, end) in zip(encoded.tapes, encoded.ends, strict=True):
        symbols[tape] = encoded.symbols[start:end].tolist()
    rows: list[tuple[str, str, int]] = []
    trees = [
        _numbered(table, index, state.tree, {}, rows) for index, state in enumerate(table.states)
    ]
    files = list(dict.fromkeys(state.place.file for state in table.states))
    return {
        "tapes": [
            {
                "name": name_invisible(tape.name),
                "size": tape.size,
                "symbols": [tape.show(s).replace(" ", VISIBLE_SPACE) for s in range(tape.size)],
                "input": text,
            }
            for tape, text in zip(table.tapes, symbols, strict=True)
        ],
        "states": [
            [name, files.index(state.place.file), state.place.line]
            for name, state in zip(table.state_names, table.states, strict=True)
        ],
        "halts": OUTCOME_NAMES[:2],
        "trees": trees,
        "rows": rows,
        "actions": [[action.next, action.writes, action.moves] for action in table.actions],
        "sources": [_source(file) for file in files],
        "outcome": run.outcome,
        "reason": name_invisible(run.reason),
        "transitions": run.transitions,
        **_text_data(written),
    }


def _text_data(written: WrittenText | None) -> dict[str, Any]:
    if written is None:
        return {"spans": [], "pieces": []}
    string = written.text.string
    return {
        "spans": [
            [
                name_invisible(string[span.start : span.end]),
                span.role,
                name_invisible(" · ".join(filter(None, (span.step, span.label, span.name)))),
                transition,
            ]
            for span, transition in zip(written.text.spans, written.transitions, strict=True)
        ],
        "pieces": pieces(written.text.spans),
    }


def _numbered(
    table: Table,
    state: int,
    tree: Tree,
    reads: dict[int, frozenset[int]],
    rows: list[tuple[str, str, int]],
) -> Any:
    """Return a tree as nested lists, whose leaves with an action are indices into ``rows``.

    A row is what it reads, what it does, and its action. A situation without a transition is −1.
    """
    if isinstance(tree, int):
        if tree < 0:
            return -1
        row = Row(state, tuple(sorted(reads.items())), tree)
        rows.append((*rule_texts(table, row), tree))
        return len(rows) - 1
    cases = []
    for symbols, subtree in tree.cases:
        common = symbols & reads.get(tree.tape, symbols)
        if common:
            below = _numbered(table, state, subtree, {**reads, tree.tape: common}, rows)
            cases.append([sorted(common), below])
    return [tree.tape, cases]


def _source(file: str) -> dict[str, Any]:
    """Return the name of a source for people, and its lines; none if it cannot be read."""
    return {
        "name": name_invisible(source_name(file)),
        "lines": list(map(name_invisible, source_lines(file))),
    }
