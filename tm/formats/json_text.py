"""Tables as JSON: complete and compact; reading validates everything.

The text is one object. ``tapes``, ``holes`` (the undefined situations), ``utterances``,
``actions`` and ``states`` are lists of lists with the fields of the classes of ``tm.table`` and
``tm.speech`` in their order, with these exceptions:

- a tape's ``symbols`` and ``word`` are strings without the blank;
- a place is ``[file, line, column]``, where ``file`` is an index into ``files``;
- the symbols of a branch's case are an index into ``classes``, and a branch is flat:
  ``[tape, class, tree, class, tree, …]``;
- the checks of an action are indices into ``checks``;
- pairs are flat: ``[tape, symbol, tape, symbol, …]``;
- a literal piece of a template is a string.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable
from typing import Any, TypeVar

from tm.formats.errors import FormatError
from tm.speech import Piece, Style, StylePiece, Template, Utterance, UtteranceKind
from tm.table import BLANK, CHECKS, Action, Check, Place, State, Table, TableError, Tape, Undefined
from tm.trees import Branch, Tree

FORMAT = "tmtail-table"
VERSION = 2

MAX_CHARACTERS = 64 * 2**20
"""Length of the longest text that is read."""

MAX_TREE_DEPTH = 200
"""Branches that may be nested; well within Python's own limit of recursion."""

T = TypeVar("T")


def to_json(table: Table) -> str:
    """Return a table as one line of JSON; equal tables give equal text."""
    files: dict[str, int] = {}
    classes: dict[frozenset[int], int] = {}
    checks: dict[Check, int] = {}

    def place(source: Place) -> list[int]:
        return [files.setdefault(source.file, len(files)), source.line, source.column]

    def tree(node: Tree) -> Any:
        if isinstance(node, int):
            return node
        flat: list[Any] = [node.tape]
        for symbols, subtree in node.cases:
            flat += (classes.setdefault(symbols, len(classes)), tree(subtree))
        return flat

    content = {
        "format": FORMAT,
        "version": VERSION,
        "name": table.name,
        "tapes": [
            [t.name, "".join(t.symbols[1:]), "".join(sorted(t.word)), t.marks] for t in table.tapes
        ],
        "states": [[s.name, place(s.place), tree(s.tree)] for s in table.states],
        "actions": [
            [
                a.next,
                [n for pair in a.writes for n in pair],
                [n for pair in a.moves for n in pair],
                a.utterances,
                [checks.setdefault(c, len(checks)) for c in a.checks],
            ]
            for a in table.actions
        ],
        "holes": [[place(h.place), h.reason] for h in table.undefined],
        "utterances": [
            [u.kind, u.step, u.name, _pieces(u.key), None if u.value is None else _pieces(u.value)]
            for u in table.utterances
        ],
        "styles": {
            name: {key: [list(p) for p in wording] for key, wording in style.items()}
            for name, style in table.styles.items()
        },
        "checks": [[c.kind, c.tape, c.written, c.offset, place(c.place)] for c in checks],
        "classes": [sorted(symbols) for symbols in classes],
        "files": list(files),
    }
    return json.dumps(content, separators=(",", ":"))


def from_json(text: str) -> Table:
    """Return the table that ``to_json`` wrote.

    Raises
    ------
    FormatError
        If the text is anything else; its location is a character or a path such as ``states[3]``.
    """
    if len(text) > MAX_CHARACTERS:
        raise FormatError(
            f"text is longer than {MAX_CHARACTERS:,} characters", f"character {MAX_CHARACTERS + 1}"
        )
    was_enabled = gc.isenabled()
    gc.disable()  # all objects are kept, so collection would only scan them again and again
    try:
        return _Reader(_content(text)).table()
    finally:
        if was_enabled:
            gc.enable()


def _content(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise FormatError(error.msg, f"character {error.pos + 1}") from None
    except RecursionError:
        raise FormatError("lists are nested too deeply", "the text") from None
    except FormatError:
        raise
    except ValueError as error:  # a number with thousands of digits
        raise FormatError(str(error), "the text") from None


def _pieces(template: Template) -> list[Any]:
    return [p.text if p == Piece("", p.text) else list(p) for p in template]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise FormatError("an object has a duplicate key", "the text")
    return dict(pairs)


def _constant(name: str) -> Any:
    raise FormatError(f"{name} is not allowed in JSON", "the text")


_FIELDS = {
    "format": str,
    "version": int,
    "name": str,
    "tapes": list,
    "states": list,
    "actions": list,
    "holes": list,
    "utterances": list,
    "styles": dict,
    "checks": list,
    "classes": list,
    "files": list,
}
_NAMES = {str: "a string", int: "a whole number", list: "a list", dict: "an object"}


class _Reader:
    """Reads a table; checks every type and index itself and leaves the rest to ``Table``."""

    def __init__(self, content: Any) -> None:
        if not isinstance(content, dict) or set(content) != set(_FIELDS):
            raise FormatError(f"must be an object with the keys {', '.join(_FIELDS)}", "the text")
        for key, kind in _FIELDS.items():
            if type(content[key]) is not kind:
                raise FormatError(f"must be {_NAMES[kind]}", key)
        if (content["format"], content["version"]) != (FORMAT, VERSION):
            raise FormatError(f"must be version {VERSION} of {FORMAT}", "format")
        self.content = content
        self.files = self.each("files", _text)
        self.classes = self.each("classes", lambda c: frozenset(_numbers(c)))
        self.checks = self.each("checks", self.check)

    def table(self) -> Table:
        try:
            return Table(
                name=self.content["name"],
                tapes=self.each("tapes", _tape),
                states=self.each("states", self.state),
                actions=self.each("actions", self.action),
                undefined=self.each("holes", self.undefined_situation),
                utterances=self.each("utterances", _utterance),
                styles={name: _style(name, s) for name, s in self.content["styles"].items()},
            )
        except TableError as error:
            raise FormatError(str(error), "the table") from None

    def each(self, key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
        """Return every item of a list, read by ``read``; errors name the index."""
        items = []
        for index, item in enumerate(self.content[key]):
            try:
                items.append(read(item))
            except (ValueError, IndexError, TypeError) as error:
                raise FormatError(str(error), f"{key}[{index}]") from None
        return tuple(items)

    def place(self, item: Any) -> Place:
        file, line, column = _numbers(item)
        return Place(_at(self.files, file, "file"), line, column)

    def state(self, item: Any) -> State:
        name, place, tree = item
        return State(_text(name), self.place(place), self.tree(tree, 0))

    def tree(self, item: Any, depth: int) -> Tree:
        if type(item) is int:
            return item
        if depth == MAX_TREE_DEPTH:
            raise ValueError(f"more than {MAX_TREE_DEPTH} nested branches")
        tape, *cases = _list(item)
        if len(cases) % 2:
            raise ValueError("a branch must have a tree for each class")
        depth += 1
        return Branch(
            _number(tape),
            tuple(
                [
                    (
                        _at(self.classes, _number(symbols), "class"),
                        subtree if type(subtree) is int else self.tree(subtree, depth),
                    )
                    for symbols, subtree in zip(cases[::2], cases[1::2], strict=True)
                ]
            ),
        )

    def action(self, item: Any) -> Action:
        after, writes, moves, says, checks = item
        return Action(
            _number(after),
            _pairs(writes),
            _pairs(moves),
            tuple(_numbers(says)),
            tuple([_at(self.checks, check, "check") for check in _numbers(checks)]),
        )

    def check(self, item: Any) -> Check:
        kind, tape, wrote, moved, place = item
        if kind not in CHECKS:
            raise ValueError(f"unknown contract {kind!r}")
        _numbers([tape, wrote, moved])
        return Check(kind, tape, wrote, moved, self.place(place))

    def undefined_situation(self, item: Any) -> Undefined:
        place, reason = item
        return Undefined(self.place(place), _text(reason))


def _tape(item: Any) -> Tape:
    name, symbols, word, marks = item
    if type(marks) is not bool:
        raise ValueError("`marks` must be true or false")
    letters = frozenset(_text(word))
    return Tape(name=_text(name), symbols=(BLANK, *_text(symbols)), word=letters, marks=marks)


def _utterance(item: Any) -> Utterance:
    kind, step, name, key, value = item
    return Utterance(
        UtteranceKind(kind),
        _text(step),
        _text(name),
        _template(key),
        None if value is None else _template(value),
    )


def _template(item: Any) -> Template:
    return tuple(Piece("", p) if type(p) is str else _piece(p) for p in _list(item))


def _piece(item: Any) -> Piece:
    placeholder, text, tape, capture = _list(item)
    return Piece(_text(placeholder), _text(text), _number(tape), _text(capture))


def _style(name: str, item: Any) -> Style:
    location = f"styles.{name}"
    if not isinstance(item, dict):
        raise FormatError("must be an object", location)
    try:
        return {
            key: tuple(
                StylePiece(_text(placeholder), _text(text)) for placeholder, text in _list(wording)
            )
            for key, wording in item.items()
        }
    except (ValueError, TypeError) as error:
        raise FormatError(str(error), location) from None


def _at(items: tuple[T, ...], index: int, noun: str) -> T:
    if not 0 <= index < len(items):
        raise ValueError(f"{noun} {index} does not exist")
    return items[index]


def _pairs(item: Any) -> tuple[tuple[int, int], ...]:
    flat = _numbers(item)
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _numbers(item: Any) -> list[int]:
    if not {*map(type, _list(item))} <= {int}:
        raise ValueError(f"{item!r} must be whole numbers")
    numbers: list[int] = item
    return numbers


def _number(item: Any) -> int:
    if type(item) is not int:
        raise ValueError(f"{item!r} is not a whole number")
    return item


def _text(item: Any) -> str:
    if type(item) is not str:
        raise ValueError(f"{item!r} is not a string")
    return item


def _list(item: Any) -> list[Any]:
    if type(item) is not list:
        raise ValueError(f"{item!r} is not a list")
    return item
