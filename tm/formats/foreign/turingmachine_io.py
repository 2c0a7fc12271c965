"""The YAML of turingmachine.io.

The keys are ``blank``, ``start state``, ``table``, and optionally ``input`` and ``synonyms``. The
table maps each state to its symbols, or lists of symbols, and these to instructions: ``L``, ``R``,
a synonym, or a mapping such as ``{write: 1, R: next}``. A state without instructions ends the run;
it rejects if ``reject`` is in its name, and accepts otherwise.

The document is read as events: aliases, tags and repeated keys are refused, so that a small text
cannot become a large one, and every message has a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import yaml

from tm.formats.errors import FormatError
from tm.formats.explicit import ExplicitRule, explicit_rules, next_name, require, safe_names
from tm.formats.machine import Machine
from tm.formats.rules import PRINTABLE, Rule, build
from tm.table import ACCEPT, BLANK, REJECT, Table

SUBJECT = "turingmachine.io"
TAPE = "tape"

MAX_DEPTH = 20
"""Collections that may be nested in a document."""

_MOVES = {"L": -1, "R": 1}
_LETTERS = {move: letter for letter, move in _MOVES.items()}
_KEYS = ("name", "source code", "positions", "blank", "start state", "input", "synonyms", "table")
_NULLS = ("", "~", "null", "Null", "NULL")


class _Node(NamedTuple):
    """A node of a document: a scalar, None for null, a sequence, or the pairs of a mapping."""

    value: str | list[_Node] | list[tuple[_Node, _Node]] | None
    kind: str
    line: int


class _Instruction(NamedTuple):
    """Effect of a transition; ``written`` is None to keep the cell, ``next`` to keep the state."""

    written: str | None
    move: int
    next: str | None


def parse_turingmachine_io(text: str, name: str) -> Machine:
    """Return the machine in a document; its tape is named ``tape``.

    A document that turingmachine.io exported, with the machine below ``source code``, is read too.

    Parameters
    ----------
    name
        The name of the table, which also serves as the file name in the places of its states.

    Raises
    ------
    FormatError
        If the document is malformed. The location is a line.
    """
    entries = _mapping(_document(text), "the document")
    for key, node in entries.items():
        if key not in _KEYS:
            raise FormatError(
                f"unknown key `{key}`; the keys are {', '.join(_KEYS[3:])}", f"line {node.line}"
            )
    if "source code" in entries:
        node = entries["source code"]
        try:
            return parse_turingmachine_io(_scalar(node, "`source code`"), name)
        except FormatError as error:
            raise FormatError(f"in `source code`: {error}", f"line {node.line}") from None
    for key in ("blank", "start state", "table"):
        if key not in entries:
            raise FormatError(f"no key `{key}`", "line 1")
    blank = _symbol(entries["blank"], "the blank")
    synonyms = {
        key: _instruction(node, {}, blank)
        for key, node in _mapping(entries.get("synonyms"), "`synonyms`").items()
    }
    states = _mapping(entries["table"], "`table`")
    outcomes: dict[str, int] = {}
    rules: list[Rule] = []
    for state, node in states.items():
        if node.value is None or node.value == []:
            outcomes[state] = REJECT if "reject" in state.lower() else ACCEPT
        else:
            rules += _rules(state, node, synonyms, blank)
    for rule in rules:
        if rule.next not in states:
            raise FormatError(
                f"state `{rule.next}` is not in the table; add `{rule.next}:`", f"line {rule.line}"
            )
    start = _scalar(entries["start state"], "`start state`")
    if start not in states:
        raise FormatError(
            f"the start state `{start}` is not in the table", f"line {entries['start state'].line}"
        )
    given = _scalar(entries["input"], "`input`") if "input" in entries else ""
    inputs = {TAPE: given.replace(blank, BLANK)} if given else {}
    return Machine(build(name, (TAPE,), start, rules, outcomes, inputs=inputs), inputs)


def to_turingmachine_io(table: Table) -> str:
    """Return the document of a machine.

    Raises
    ------
    ValueError
        If the format cannot express the machine.
    """
    require(table, SUBJECT, tapes=1, stay=False)
    (tape,) = table.tapes
    blank = next((c for c in (" ", "_", *sorted(PRINTABLE)) if c not in tape.symbols), None)
    if blank is None:
        raise ValueError(f"{SUBJECT}: no character is left for the blank; remove a symbol")
    names = safe_names(table, "A-Za-z0-9_-", lambda n: n in ("accept", "reject"))
    lines = [f"blank: {_quoted(blank)}", f"start state: {_quoted(names[0])}", "table:"]
    state = -1
    for rule, symbols in _grouped(explicit_rules(table, SUBJECT)):
        if rule.state != state:
            state = rule.state
            lines.append(f"  {_quoted(names[state])}:")
        keys = [_quoted(blank if c == BLANK else c) for c in symbols]
        key = keys[0] if len(keys) == 1 else f"[{', '.join(keys)}]"
        (written,), (move,) = rule.writes, rule.moves
        after = next_name(rule.action, names, "accept", "reject")
        keeps = written == rule.reads[0]
        write = "" if keeps else f"write: {_quoted(blank if written == BLANK else str(written))}, "
        lines.append(f"    {key}: {{{write}{_LETTERS[move]}: {_quoted(after)}}}")
    lines += ["  accept:", "  reject:"]
    return "\n".join(lines) + "\n"


def _grouped(rules: Iterator[ExplicitRule]) -> Iterator[tuple[ExplicitRule, list[str]]]:
    """Yield the rules with the symbols of those that follow each other and have equal effects."""
    pending: tuple[ExplicitRule, list[str]] | None = None
    for rule in rules:
        read = str(rule.reads[0])
        if pending is not None:
            first, symbols = pending
            keep = (first.writes == first.reads, rule.writes == rule.reads)
            same = (rule.state, rule.action) == (first.state, first.action)
            if same and (keep == (True, True) or (not any(keep) and rule.writes == first.writes)):
                symbols.append(read)
                continue
            yield pending
        pending = rule, [read]
    if pending is not None:
        yield pending


def _rules(
    state: str, node: _Node, synonyms: dict[str, _Instruction], blank: str
) -> Iterator[Rule]:
    """Yield the rules of a state."""
    if node.kind != "mapping":
        raise FormatError(f"state `{state}` must map symbols to instructions", f"line {node.line}")
    seen: set[str] = set()
    for key, value in _pairs(node):
        keys = key.value if key.kind == "sequence" else [key]
        instruction = _instruction(value, synonyms, blank)
        for item in keys if isinstance(keys, list) else ():
            symbol = _symbol(item, "a symbol")  # type: ignore[arg-type]
            if symbol in seen:
                raise FormatError(
                    f"state `{state}` has two instructions for {symbol!r}", f"line {key.line}"
                )
            seen.add(symbol)
            written = instruction.written
            yield Rule(
                state=state,
                reads=(frozenset([BLANK if symbol == blank else symbol]),),
                writes=(BLANK if written == blank else written,),
                moves=(instruction.move,),
                next=state if instruction.next is None else instruction.next,
                line=key.line,
            )


def _instruction(node: _Node, synonyms: dict[str, _Instruction], blank: str) -> _Instruction:
    location = f"line {node.line}"
    if node.kind == "scalar" and node.value is not None:
        word = _scalar(node, "an instruction")
        if word in _MOVES:
            return _Instruction(None, _MOVES[word], None)
        if word in synonyms:
            return synonyms[word]
        raise FormatError(f"`{word}` is neither L nor R nor a synonym", location)
    if node.kind != "mapping":
        raise FormatError(
            "an instruction must be L, R, a synonym or a mapping such as {write: 1, R: next}",
            location,
        )
    entries = _mapping(node, "an instruction")
    for key in entries:
        if key not in ("write", *_MOVES):
            raise FormatError(f"unknown key `{key}`; an instruction has write, L, R", location)
    moves = [key for key in entries if key in _MOVES]
    if len(moves) != 1:
        raise FormatError("an instruction must have one move, L or R", location)
    target = entries[moves[0]]
    return _Instruction(
        _symbol(entries["write"], "`write`") if "write" in entries else None,
        _MOVES[moves[0]],
        None if target.value is None else _scalar(target, "the next state"),
    )


def _symbol(node: _Node, noun: str) -> str:
    text = _scalar(node, noun)
    if len(text) != 1:
        raise FormatError(f"{noun} must be one character, not {text!r}", f"line {node.line}")
    return text


def _scalar(node: _Node, noun: str) -> str:
    if not isinstance(node.value, str):
        what = "null; put it into quotes" if node.value is None else f"a {node.kind}"
        raise FormatError(f"{noun} is {what}", f"line {node.line}")
    return node.value


def _pairs(node: _Node) -> list[tuple[_Node, _Node]]:
    pairs: list[tuple[_Node, _Node]] = node.value  # type: ignore[assignment]
    return pairs


def _mapping(node: _Node | None, noun: str) -> dict[str, _Node]:
    """Return the values of a mapping by their keys; nothing for null."""
    if node is None or node.value is None:
        return {}
    if node.kind != "mapping":
        raise FormatError(f"{noun} must be a mapping", f"line {node.line}")
    entries: dict[str, _Node] = {}
    for key, value in _pairs(node):
        word = _scalar(key, f"a key of {noun}")
        if word in entries:
            raise FormatError(f"the key `{word}` is repeated; delete one", f"line {key.line}")
        entries[word] = value
    return entries


def _document(text: str) -> _Node:
    """Return the only document of a text."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _compose(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise FormatError(f"not YAML: {error.problem}", f"line {line}") from None
    except yaml.YAMLError as error:  # a character that YAML does not allow
        raise FormatError(f"not YAML: {' '.join(str(error).split())}", "line 1") from None


def _compose(events: Iterator[yaml.Event]) -> _Node:
    """Return the node of a stream of events with one document."""
    open_nodes: list[tuple[str, int, list[_Node]]] = []
    documents: list[_Node] = []
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FormatError("anchors and aliases are not allowed; write it out", f"line {line}")
        if getattr(event, "tag", None) not in (None, "!"):
            raise FormatError("tags are not allowed; delete it", f"line {line}")
        if isinstance(event, yaml.CollectionStartEvent):
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
            open_nodes.append((kind, line, []))
            if len(open_nodes) > MAX_DEPTH:
                raise FormatError("collections are nested too deeply", f"line {line}")
            continue
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.style is None and event.value in _NULLS
            is_null = is_null or (event.style == "" and event.value in _NULLS)
            node = _Node(None if is_null else event.value, "scalar", line)
        elif isinstance(event, yaml.CollectionEndEvent):
            kind, line, items = open_nodes.pop()
            pairs = list(zip(items[::2], items[1::2], strict=True)) if kind == "mapping" else items
            node = _Node(pairs, kind, line)
        else:
            continue
        (open_nodes[-1][2] if open_nodes else documents).append(node)
    if len(documents) != 1:
        raise FormatError(f"{len(documents)} documents; a machine is one", "line 1")
    return documents[0]


def _quoted(text: str) -> str:
    """Return a scalar in single quotes."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
