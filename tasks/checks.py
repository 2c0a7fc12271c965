"""Checks of a user's task when its file is loaded: each fault is one error that names its fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from string import Formatter
from typing import Any

from tasks.answers import AnswerKind
from tasks.base import AnyTask, Instance, Task
from tasks.draws import Stream
from tasks.places import consecutive_names

OTHER_RANDOM_NUMBERS = (
    "draws another instance from the same draws; take every random number from its argument "
    "`draws`, not from `random` or NumPy"
)
REPEATED_DRAWS = 8
"""Instances that are drawn twice: a few of them can be equal by chance."""

_DECORATOR = "decorate it with @dataclass(frozen=True, kw_only=True)"
_TEXTS = ("paradigm", "complexity", "machine")
_NUMBERS = ("lengths", "budget")
_STEP_NAMES = ("coarse", "far", "unseen")
_RANGE_NAMES = ("beyond", "partly")


class FaultyTaskError(ValueError):
    """A class of a task that does not keep what the base class asks for."""


def check_class(task_class: type[Task[Any]]) -> None:
    """Check the attributes of a task's class.

    Raises
    ------
    FaultyTaskError
        If the class or its instances are no dataclass, or an attribute has a wrong type.
    """
    name = task_class.__name__
    if "__dataclass_fields__" not in vars(task_class):
        raise FaultyTaskError(f"{name} is not a dataclass; {_DECORATOR}")
    instance: Any = task_class.instance
    if not isinstance(instance, type) or not issubclass(instance, Instance):
        raise FaultyTaskError(
            f"{name}: `instance` must be a class derived from tmtail.Instance, not {instance!r}"
        )
    if "__dataclass_fields__" not in vars(instance):
        raise FaultyTaskError(f"{instance.__name__} is not a dataclass; {_DECORATOR}")
    kind: Any = task_class.kind
    if not isinstance(kind, AnswerKind):
        raise FaultyTaskError(
            f"{name}: `kind` must be a kind of answer, such as tmtail.INTEGER or "
            f'tmtail.choice("yes", "no"), not {kind!r}'
        )
    for attributes, value_type, shown in (
        (_TEXTS, str, "a text"),
        (_NUMBERS, int, "a whole number"),
    ):
        for attribute in attributes:
            value = getattr(task_class, attribute)
            if not isinstance(value, value_type):
                raise FaultyTaskError(f"{name}: `{attribute}` must be {shown}, not {value!r}")
    for attribute in (*_STEP_NAMES, *_RANGE_NAMES):
        value = getattr(task_class, attribute)
        if not isinstance(value, Set) or not all(isinstance(item, str) for item in value):
            raise FaultyTaskError(
                f'{name}: `{attribute}` must be a frozenset of names, such as frozenset({{"a"}}), '
                f"not {value!r}"
            )


def check_methods(task: AnyTask) -> None:
    """Check what the methods of a task return for two small instances.

    Raises
    ------
    FaultyTaskError
        If a method cannot be called as the base class declares it, or returns another type.
    """
    name = type(task).__name__
    if not task.ranges:
        raise FaultyTaskError(f"{name}: `ranges` is empty; write ranges(S=(2, 4), M=(5, 8))")
    for attribute in _RANGE_NAMES:
        if unknown := sorted(getattr(task, attribute) - set(task.ranges)):
            raise FaultyTaskError(
                f"{name}: `{attribute}` names no range of the task: {unknown[0]!r}; the ranges "
                f"are {', '.join(task.ranges)}"
            )
    lengths = [next(iter(task.ranges.values()))[0]] * task.lengths
    draws = Stream("check", task.name).at(0)
    for method, arguments in (("tiny", (draws,)), ("sample", (draws, *lengths))):
        instance = _call(task, method, *arguments)
        if not isinstance(instance, task.instance):
            raise FaultyTaskError(
                f"{name}: `{method}` must return a {task.instance.__name__}, not {instance!r}"
            )
        _check_round_trip(instance)
        for mapping in ("tapes", "words"):
            _check_texts(f"{name}: `{mapping}`", _call(task, mapping, instance))
        _check_number(f"{name}: `length`", _call(task, "length", instance), 1)
        _check_names(name, _call(task, "names", instance))
        _check_tapes(name, task, instance)
        _check_draws(task, method, lengths if method == "sample" else ())
    count = _call(task, "count", *lengths)
    if count is not None:
        _check_number(f"{name}: `count`", count, 0)


def check_wordings(task: AnyTask) -> None:
    """Check that each wording has every placeholder of ``words`` once, and no other.

    Raises
    ------
    FaultyTaskError
        If a wording has another placeholder, or lacks one.
    """
    words = task.words(task.tiny(Stream("check", task.name).at(0)))
    for number, wording in enumerate(task.wordings):
        quoted = f"{task.prompts_file.name}, {wording[:40]!r},"
        subject = f"{type(task).__name__}: wording {number} of {quoted}"
        try:
            found = [name for _, name, _, _ in Formatter().parse(wording) if name is not None]
        except ValueError as error:
            raise FaultyTaskError(
                f"{subject} cannot be read: {error}; write braces as {{{{ and }}}}"
            ) from None
        for name in found:
            if name not in words:
                raise FaultyTaskError(
                    f"{subject} has the placeholder {{{name}}}, which `words` does not give; its "
                    f"placeholders are {', '.join(words)}"
                )
        for name in words:
            if (times := found.count(name)) != 1:
                raise FaultyTaskError(
                    f"{subject} has {{{name}}} {times} times; write each placeholder once"
                )


def _check_draws(task: AnyTask, method: str, lengths: Sequence[int]) -> None:
    """Check that equal draws give equal instances, so that a corpus can be made again."""
    stream = Stream("check", task.name)
    for index in range(REPEATED_DRAWS):
        first, second = (
            getattr(task, method)(stream.at(index), *lengths).to_json() for _ in range(2)
        )
        if first != second:
            raise FaultyTaskError(
                f"{type(task).__name__}: `{method}` {OTHER_RANDOM_NUMBERS}: {first}, then {second}"
            )


def _check_names(name: str, names: object) -> None:
    if not isinstance(names, tuple) or not all(isinstance(each, str) for each in names):
        raise FaultyTaskError(
            f"{name}: `names` must return a tuple of texts, such as (instance.first,), not "
            f"{names!r}"
        )


def _check_tapes(name: str, task: AnyTask, instance: Instance) -> None:
    """Check that the tapes hold operands and names only."""
    operands = task.words(instance).values()
    for tape, text in task.tapes(instance).items():
        has_names = any(_are_names(text, given) for given in task.names(instance))
        if not has_names and not any(text in operand for operand in operands):
            raise FaultyTaskError(
                f"{name}: `tapes` writes {text!r} on `{tape}`, which is no operand of `words` and "
                "does not begin with one of `names`; let the machine do such work"
            )


def _are_names(text: str, given: str) -> bool:
    """Return whether a text begins with a name of the prompt, or is a row of names beside it."""
    if text.startswith(given):
        return True
    row = tuple(text.split(" ") if " " in text else text)
    try:
        return row == consecutive_names(row[0], len(row)) and not set(row).isdisjoint(
            consecutive_names(given, 2)
        )
    except ValueError:
        return False


def _call(task: AnyTask, method: str, *arguments: Any) -> Any:
    """Return what a method returns; its signature is checked, its own errors are passed on."""
    try:
        return getattr(task, method)(*arguments)
    except TypeError as error:
        trace = error.__traceback__
        if trace is not None and trace.tb_next is None:  # raised by the call, not in the method
            declared = "`sample(self, draws, *lengths)`" if method == "sample" else "the base class"
            raise FaultyTaskError(
                f"{type(task).__name__}: {error}; declare the method as {declared} does"
            ) from None
        raise


def _check_round_trip(instance: Instance) -> None:
    """Check that JSON gives an instance back, as the records of a corpus do."""
    if type(instance).from_json(instance.to_json()) != instance:
        raise FaultyTaskError(
            f"{type(instance).__name__}: JSON does not give an instance back, here {instance!r}; "
            "its fields must be texts, numbers and tuples of these, not lists or sets"
        )


def _check_texts(subject: str, value: object) -> None:
    if not isinstance(value, Mapping):
        raise FaultyTaskError(f"{subject} must return a dict of texts by name, not {value!r}")
    for key, text in value.items():
        if not isinstance(key, str) or not isinstance(text, str):
            raise FaultyTaskError(
                f"{subject} must return texts; {key!r} is {text!r}: write str(…) around it"
            )


def _check_number(subject: str, value: object, least: int) -> None:
    if type(value) is not int or value < least:
        raise FaultyTaskError(f"{subject} must return a whole number from {least}, not {value!r}")
