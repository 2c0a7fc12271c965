"""Independent readers of plain prompts: from a prompt's text to the fields of its instance.

A reader knows the wordings and the notation of each operand, as a person does; it uses nothing of
``Task.words``, ``Task.names`` and ``Task.tapes``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any, NamedTuple

from tasks.base import AnyTask, Instance

CLAUSE = re.compile(
    r"(?P<problem>.*?)(?: Capital letters come before small ones\.)?"
    r"(?: Labels start at (?P<names>\w+(?:, \w+)*)\.)?\n",
    re.DOTALL,
)
"""A plain prompt: the problem in words, perhaps the order of its names, then perhaps the closing
clause with the names of the text."""

NATURAL = r"0|[1-9]\d*"
INTEGER = r"-?[1-9]\d*|0"
DECIMAL = r"-?(?:0|[1-9]\d*)(?:\.\d+)?"
TEXT = r"[ -~]+"
SENTENCE = r"[a-z ]+"


def _listed(item: str, minimum: int = 1) -> str:
    """Return the notation of a list with a comma and a space between items."""
    return rf"(?:{item})(?:, (?:{item}))" + ("*" if minimum == 1 else f"{{{minimum - 1},}}")


EDGE = r"[A-Za-z]-[A-Za-z] [1-9]\d*"
JOB = r"\d+-\d+"

Values = Mapping[str, str]


class Reader(NamedTuple):
    """Reader of one task's prompts: the notation of each operand, and the fields that it gives."""

    notations: Mapping[str, str]
    fields: Callable[[Values], dict[str, Any]]


def _texts(values: Values) -> dict[str, Any]:
    return dict(values)


def _numbers(values: Values) -> dict[str, Any]:
    return {name: int(text) for name, text in values.items()}


def _integers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(", ")))


def _graph(values: Values) -> dict[str, Any]:
    edges = re.findall(r"(\w)-(\w) (\d+)", values["edges"])
    names = sorted({name for one, other, _ in edges for name in (one, other)})
    number = {name: index for index, name in enumerate(names)}
    return {
        "vertices": len(names),
        "edges": tuple((number[a], number[b], int(weight)) for a, b, weight in edges),
        "source": number[values["source"]],
    }


def _jobs(values: Values) -> dict[str, Any]:
    times = re.findall(r"(\d+)-(\d+)", values["jobs"])
    intervals = tuple((int(start), int(end)) for start, end in times)
    return {"intervals": intervals, "machines": int(values["machines"])}


_WORDS = Reader({"x": r"[A-Z]+", "y": r"[A-Z]+"}, _texts)
_DERANGEMENT = Reader({"n": NATURAL}, _numbers)
_PERMUTATION = Reader(
    {"elements": _listed("[A-Za-z]")},
    lambda values: {"letters": values["elements"].replace(", ", "")},
)

READERS = {
    "any_substring": Reader({"text": r"[a-z0-9]+"}, _texts),
    "binary_search": Reader(
        {"list": _listed(INTEGER), "target": INTEGER},
        lambda values: {"values": _integers(values["list"]), "target": int(values["target"])},
    ),
    "bubble_sort": Reader(
        {"list": _listed(INTEGER)}, lambda values: {"values": _integers(values["list"])}
    ),
    "compare_numbers": Reader({"x": DECIMAL, "y": DECIMAL}, _texts),
    "count_letters": Reader({"text": SENTENCE, "letter": "[a-z]"}, _texts),
    "derangement": _DERANGEMENT,
    "derangement_fit": _DERANGEMENT,
    "dijkstra": Reader({"edges": _listed(EDGE), "source": "[A-Za-z]"}, _graph),
    "diophantine_equation": Reader(dict.fromkeys("xyn", NATURAL), _numbers),
    "knapsack_01": Reader(
        {"weights": _listed(NATURAL), "values": _listed(NATURAL), "capacity": NATURAL},
        lambda values: {
            "weights": _integers(values["weights"]),
            "values": _integers(values["values"]),
            "capacity": int(values["capacity"]),
        },
    ),
    "large_number_addition": Reader(dict.fromkeys("xy", DECIMAL), _texts),
    "large_number_division": Reader(
        {"x": DECIMAL, "y": DECIMAL, "places": "[1-5]"},
        lambda values: {**values, "places": int(values["places"])},
    ),
    "lcs": _WORDS,
    "levenshtein_distance": _WORDS,
    "multi_machine_schedule": Reader({"jobs": _listed(JOB), "machines": NATURAL}, _jobs),
    "palindrome_combination": Reader({"text": "[a-z]+"}, _texts),
    "permutation_combination": _PERMUTATION,
    "permutation_fit": _PERMUTATION,
    "population_growth": Reader(dict.fromkeys("nxyz", NATURAL), _numbers),
    "prime_search": Reader(dict.fromkeys("pq", NATURAL), _numbers),
    "word_flip": Reader({"text": TEXT}, _texts),
}
"""Reader of each task, by its name."""

EXAMPLES = {
    "binary_search": _listed(INTEGER, 4),  # three may be the first indices: 0, 1, 2
    "bubble_sort": _listed(INTEGER, 2),
    "dijkstra": EDGE,
    "knapsack_01": _listed(NATURAL, 2),
    "multi_machine_schedule": JOB,
}
"""Notations that a wording must not contain outside its placeholders: they read as operands."""


@lru_cache(maxsize=1024)
def _pattern(name: str, wording: str) -> re.Pattern[str]:
    """Return the regular expression of a wording, with a group for each placeholder."""
    text = ""
    for part in re.split(r"(\{\{|\}\}|\{\w+\})", wording):
        if part in ("{{", "}}"):
            text += re.escape(part[0])
        elif part.startswith("{"):
            text += f"(?P<{part[1:-1]}>{READERS[name].notations[part[1:-1]]})"
        else:
            text += re.escape(part)
    return re.compile(text)


def read_names(prompt: str) -> tuple[str, ...]:
    """Return the names that the closing clause of a prompt gives."""
    match = CLAUSE.fullmatch(prompt)
    return tuple(match["names"].split(", ")) if match and match["names"] else ()


def read_instance(task: AnyTask, prompt: str, names: Instance) -> Instance:
    """Return the problem that a plain prompt poses.

    Parameters
    ----------
    names
        An instance that gives the names, which are no part of the problem.

    Raises
    ------
    ValueError
        If no wording of the task, or more than one reading, fits the prompt.
    """
    match = CLAUSE.fullmatch(prompt)
    if match is None:
        raise ValueError(f"not a prompt: {prompt!r}")
    matches = [
        _pattern(task.name, wording).fullmatch(match["problem"]) for wording in task.wordings
    ]
    readings = [each.groupdict() for each in matches if each]
    if len(readings) != 1:
        raise ValueError(f"{len(readings)} readings of {prompt!r}")
    values = READERS[task.name].fields(readings[0])
    if set(values) != {field.name for field in fields(names) if field.compare}:
        raise ValueError(f"{task.name}: the prompt gives {', '.join(values)}")
    return replace(names, **values)
