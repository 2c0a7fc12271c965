"""Strict YAML: a document becomes a dataclass, or one error that lists every fault in it.

Only plain data is read (``yaml.SafeLoader``). A repeated key is an error, since one of the two
values would be lost silently; so is an alias, since a few of them can expand to gigabytes.
"""

from __future__ import annotations

import dataclasses
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml

from tm.support.suggestions import did_you_mean

SchemaT = TypeVar("SchemaT")

_YAML_HELP = {
    "'\\t'": "; indent with spaces",
    "mapping values are not allowed": "; a line above has no colon, or is indented differently",
    "could not find expected ':'": "; write `key: value`",
    "but found '<block mapping start>'": "; indent the keys of a section equally",
    "expected ',' or": "; close the bracket, and separate entries by commas",
    "found undefined alias": "; put a text that begins with * in quotes",
}
"""Parts of the messages of the YAML parser, each with what to do."""


class ConfigError(ValueError):
    """Invalid configuration.

    Attributes
    ----------
    source
        Name of the document.
    faults
        One message for each fault.
    """

    def __init__(self, source: str, faults: list[str]) -> None:
        self.source = source
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))


class _Loader(yaml.SafeLoader):
    """``SafeLoader`` without aliases and repeated keys, in which ``1e-3`` is a number."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="aliases are not allowed", problem_mark=event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if key.value in keys:
                raise yaml.MarkedYAMLError(
                    problem=f"the key `{key.value}` is repeated", problem_mark=key.start_mark
                )
            keys.add(key.value)
        return super().construct_mapping(node, deep)


_NUMBERS = {
    "tag:yaml.org,2002:int": r"[-+]?(0|[1-9][0-9]*)$",
    "tag:yaml.org,2002:float": r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+)$",
}
"""Numbers as people read them: to YAML 1.1, ``1:30`` is 90 and ``010`` is 8."""

_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in (*_NUMBERS, "tag:yaml.org,2002:timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern in _NUMBERS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list("-+.0123456789"))


def read_yaml(path: Path, schema: type[SchemaT]) -> SchemaT:
    """Read a YAML file as the dataclass ``schema``.

    Raises
    ------
    ConfigError
        If the file cannot be read, is not valid YAML, or does not fit the schema.
    """
    return from_mapping(read_document(path), schema, str(path))


def read_document(path: Path) -> Any:
    """Return the plain data of a YAML file.

    Raises
    ------
    ConfigError
        If the file cannot be read, or is not valid YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(path), [f"cannot be read: {error.strerror or error}"]) from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), ["cannot be read: the file is not UTF-8 text"]) from None
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = str(error.problem or error.context)
        help = next((help for part, help in _YAML_HELP.items() if part in problem), "")
        raise ConfigError(place, [problem + help]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigError(
            str(path), [f"is not valid YAML: {type(error).__name__} {error}"]
        ) from None


def from_mapping(document: object, schema: type[SchemaT], source: str = "config") -> SchemaT:
    """Build the dataclass ``schema`` from plain data, and check every key and type.

    The type of a field is ``int``, ``float``, ``str``, ``bool``, ``Path``, a ``Literal``, a
    dataclass, ``tuple[X, ...]``, ``dict[str, X]``, ``object`` (any value), or one of these with
    ``| None``. A ``ValueError`` of a dataclass's ``__post_init__`` is reported with the other
    faults.

    Parameters
    ----------
    source
        Name of the document in messages.

    Raises
    ------
    ConfigError
        If there are unknown or missing keys, wrong types, or values out of range.
    """
    faults: list[str] = []
    built = _dataclass(document, schema, "", faults)
    if faults:
        raise ConfigError(source, faults)
    return typing.cast(SchemaT, built)


def _dataclass(value: object, schema: type, key_path: str, faults: list[str]) -> object:
    if not isinstance(value, dict):
        subject = f"`{key_path}`" if key_path else "the document"
        faults.append(f"{subject} must be a mapping of keys, not {_show(value)}")
        return None
    hints = typing.get_type_hints(schema)
    fields = {f.name: f for f in dataclasses.fields(schema)}
    before = len(faults)
    faults.extend(_key_faults(value, fields, key_path))
    arguments = {
        key: _value(item, hints[key], _join(key_path, key), faults)
        for key, item in value.items()
        if key in fields
    }
    if len(faults) > before:
        return None
    try:
        return schema(**arguments)
    except ValueError as error:
        faults.append(f"{key_path}: {error}" if key_path else str(error))
        return None


def _key_faults(
    value: dict[Any, Any], fields: dict[str, dataclasses.Field[Any]], key_path: str
) -> Iterator[str]:
    for key in value:
        if key not in fields:
            hint = did_you_mean(str(key), fields) or f"the known keys are {', '.join(fields)}"
            yield f"unknown key `{_join(key_path, str(key))}`; {hint}"
    for name, field in fields.items():
        required = field.default is field.default_factory is dataclasses.MISSING
        if required and name not in value:
            yield f"`{_join(key_path, name)}` is missing"


def _value(value: object, hint: Any, key_path: str, faults: list[str]) -> object:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:  # X | None
        if value is None:
            return None
        (hint,) = (a for a in arguments if a is not type(None))
        return _value(value, hint, key_path, faults)
    if origin is typing.Literal:
        if value not in arguments:
            names = ", ".join(map(str, arguments))
            faults.append(f"`{key_path}` must be one of {names}, not {_show(value)}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            faults.append(f"`{key_path}` must be a list, not {_show(value)}")
            return ()
        return tuple(
            _value(v, arguments[0], f"{key_path}[{i}]", faults) for i, v in enumerate(value)
        )
    if origin is dict:
        if not isinstance(value, dict) or not all(type(key) is str for key in value):
            faults.append(f"`{key_path}` must be a mapping of names, not {_show(value)}")
            return {}
        return {k: _value(v, arguments[1], _join(key_path, k), faults) for k, v in value.items()}
    if hint is object:
        return value
    if dataclasses.is_dataclass(hint):
        return _dataclass(value, typing.cast(type, hint), key_path, faults)
    return _scalar(value, hint, key_path, faults)


def _scalar(value: object, hint: type, key_path: str, faults: list[str]) -> object:
    if hint is float and type(value) is int:
        return float(value)
    if hint is Path and type(value) is str:
        return Path(value)
    if type(value) is not hint:  # not isinstance, since True is an instance of int
        kind = {"int": "a whole number", "float": "a number", "bool": "true or false"}.get(
            hint.__name__, "a text"
        )
        faults.append(f"`{key_path}` must be {kind}, not {_show(value)}")
    return value


def _join(key_path: str, key: str) -> str:
    return f"{key_path}.{key}" if key_path else key


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
