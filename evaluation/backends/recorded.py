"""Outputs as files: a line of JSON each, kept as they come, and read with every fault named.

A line has the fields ``id`` and ``output``, and may have ``sample`` (from 0), ``end`` (``stop``, or
``length`` where the output was cut at a limit), ``tokens`` and ``reasoning``; others do no harm.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from evaluation.backends.base import Description, End, Output, OutputRequest
from evaluation.problems.replays import EvalProblem
from tm.support.files import name_in_errors, sole_writer, write_text
from tm.support.strict_json import json_lines

OutputKey = tuple[str, int]
"""An item's id and the number of the sample."""

RUN, OUTPUTS = "run.json", "outputs.jsonl"
"""In the folder of a run: what it was asked for, and its outputs so far."""

SHOWN = 3
"""Ids that an error names; the others are counted."""


class Recorded:
    """Outputs that were made elsewhere, joined to the items by id.

    Parameters
    ----------
    items, samples
        All that is to be scored, and how many outputs there are for each.

    Raises
    ------
    ValueError
        When a line has a fault, two have one id and sample, or the ids are not those of the items.
    """

    unit = "bytes"
    context = None

    def __init__(self, path: Path, items: Iterable[EvalProblem], *, samples: int = 1) -> None:
        self.path = path
        self._outputs = read_outputs(path)
        known = {item.id: item.fits for item in items}
        wanted = [
            (name, sample) for name, fits in known.items() if fits for sample in range(samples)
        ]
        if missing := [key for key in wanted if key not in self._outputs]:
            raise ValueError(f"{path} has no output for {_listed(missing)}")
        asked = {(name, sample) for name in known for sample in range(samples)}
        if extra := [key for key in self._outputs if key not in asked]:
            raise ValueError(f"{path} has outputs that nobody asked for: {_listed(extra)}")

    @property
    def description(self) -> Description:
        digest = blake2b(self.path.read_bytes(), digest_size=16).hexdigest()
        return {"backend": "file", "file": self.path.name, "blake2b": digest}

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.encode()) for text in texts]

    count_prompts = count

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        for place, request in enumerate(requests):
            yield place, self._outputs[request.key]


def read_outputs(path: Path) -> dict[OutputKey, Output]:
    """The outputs of a file.

    Where a line has no ``tokens``, the bytes of the output stand for them.

    Raises
    ------
    ValueError
        Naming the line that has a fault, or the two lines that have one id and sample.
    """
    found: dict[OutputKey, Output] = {}
    lines: dict[OutputKey, int] = {}
    for number, row in json_lines(path):
        try:
            key, output = _read(row)
            if key in found:
                name, sample = key
                raise ValueError(
                    f"line {lines[key]} has the same id, {name!r}, and sample, {sample}"
                )
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
        found[key], lines[key] = output, number
    return found


class Journal(dict[OutputKey, Output]):
    """Outputs that are on disk as soon as they are here; those of a run that was killed are too."""

    def __init__(self, path: Path) -> None:
        path.touch()
        with path.open("rb+") as file:
            # A line that was cut as its process died never was an output.
            file.truncate(file.read().rfind(b"\n") + 1)
        super().__init__(read_outputs(path))
        self._path = path

    def __setitem__(self, key: OutputKey, output: Output) -> None:
        with name_in_errors(self._path), self._path.open("ab") as file:
            file.write(_line(key, output))
            file.flush()
            os.fsync(file.fileno())
        super().__setitem__(key, output)


@contextmanager
def journal(folder: Path, asked: Mapping[str, Any]) -> Iterator[Journal]:
    """The outputs of a run, in its folder: new ones are kept, those of an earlier start are there.

    Parameters
    ----------
    asked
        What decides about the outputs, as plain data.

    Raises
    ------
    ValueError, FolderInUseError
        See ``claimed``.
    """
    with claimed(folder, RUN, json.dumps(asked, indent=1) + "\n"):
        yield Journal(folder / OUTPUTS)


@contextmanager
def claimed(folder: Path, name: str, request: str) -> Iterator[None]:
    """Hold a folder, made if need be, for what a request asks for.

    Parameters
    ----------
    name
        The file that the request stands in.

    Raises
    ------
    ValueError
        When the folder holds what another request asked for, or files of something else.
    FolderInUseError
        When another process is writing into it.
    """
    with sole_writer(folder):
        path = folder / name
        if not path.exists():
            if any(not other.name.startswith(".") for other in folder.iterdir()):
                raise ValueError(f"{folder} holds files of something else; give another folder")
            write_text(path, request)
        elif path.read_text(encoding="utf-8") != request:
            raise ValueError(f"{folder} holds another evaluation: see {name} there")
        yield


def digest(items: Iterable[EvalProblem]) -> str:
    """What stands for problems, their prompts and references, in hexadecimal digits."""
    all_items = blake2b(digest_size=16)
    for item in items:
        all_items.update(
            json.dumps([item.id, item.prompt, item.completion, item.replay.free]).encode()
        )
    return all_items.hexdigest()


def _line(key: OutputKey, output: Output) -> bytes:
    name, sample = key
    fields = {"id": name, "sample": sample, "output": output.text, "end": output.end,
              "tokens": output.tokens, "reasoning": output.reasoning}  # fmt: skip
    return json.dumps(fields).encode() + b"\n"


def _read(row: Mapping[str, Any]) -> tuple[OutputKey, Output]:
    text = _field(row, "output", str)
    end = _field(row, "end", str, End.STOP.value)
    if end not in tuple(End):
        raise ValueError(f"its `end` is {end!r}, not one of {', '.join(End)}")
    output = Output(
        text,
        End(end),
        _field(row, "tokens", int, len(text.encode())),
        _field(row, "reasoning", str, ""),
    )
    return (_field(row, "id", str), _field(row, "sample", int, 0)), output


def _field(row: Mapping[str, Any], name: str, kind: type[Any], default: Any = None) -> Any:
    value = row.get(name, default)
    if value is None:
        raise ValueError(f"it has no `{name}`")
    if type(value) is not kind or (kind is int and value < 0):
        raise ValueError(f"its `{name}` is no {'text' if kind is str else 'whole number'}")
    return value


def _listed(keys: Sequence[OutputKey]) -> str:
    shown = ", ".join(
        f"{name} (sample {sample})" if sample else name for name, sample in keys[:SHOWN]
    )
    more = len(keys) - SHOWN
    return shown + (f" and {more:,} more" if more > 0 else "")
