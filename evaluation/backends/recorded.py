"""Outputs in a JSON Lines file: its format, and the backend that reads one.

A line has the fields ``id`` and ``output``, and may have ``sample`` (from 0), ``end`` (``stop``, or
``length`` if a limit cut the output), ``tokens``, ``reasoning`` and ``verification`` (null, or the
fields of ``Verification``). Other fields are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from math import inf
from pathlib import Path
from typing import Any

from evaluation.backends.base import (
    MAX_TOKEN_COUNT,
    Description,
    End,
    Output,
    OutputKey,
    OutputRequest,
    StepTime,
    Verification,
)
from evaluation.problems.replays import EvalProblem
from tm.support.strict_json import content_digest, json_lines

DIGEST_FIELD = "blake2b"
"""Field with the digest of the others; runs write it, other files may leave it out."""
ENDS = (End.STOP, End.LENGTH)
"""Ends that a file may state; whether a problem fits is for the run that asked the model to say."""

MAX_IDS_SHOWN = 3
"""Number of ids that an error names; the others are counted."""


class Recorded:
    """Backend for outputs that were written elsewhere; they are joined to the problems by id.

    Parameters
    ----------
    problems, samples
        All problems that are scored, and the number of outputs for each.

    Raises
    ------
    ValueError
        If a line is invalid, two lines have the same id and sample, an output is missing, or the
        file has outputs for other problems.
    """

    unit = "bytes"
    context = None

    def __init__(self, path: Path, problems: Iterable[EvalProblem], *, samples: int = 1) -> None:
        self.path = path
        self._outputs = read_outputs(path, ends=ENDS)
        fits = {problem.id: problem.fits for problem in problems}
        keys = [(name, sample) for name in fits for sample in range(samples)]
        if missing := [key for key in keys if fits[key[0]] and key not in self._outputs]:
            raise ValueError(f"{path}: no output for {_list_keys(missing)}")
        expected = set(keys)
        if extra := [key for key in self._outputs if key not in expected]:
            raise ValueError(
                f"{path}: outputs for problems that are not scored: {_list_keys(extra)}"
            )

    @property
    def description(self) -> Description:
        """See ``Backend``."""
        digest = outputs_digest(self.path)
        return {"backend": "file", "file": self.path.name, "outputs": digest}

    def count(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        return [len(text.encode()) for text in texts]

    def count_prompts(self, problems: Sequence[EvalProblem]) -> list[int]:
        """See ``Backend``."""
        return self.count([problem.text for problem in problems])

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``."""
        for index, request in enumerate(requests):
            yield index, self._outputs[request.key]

    def time_step(self, outputs: int, length: int) -> StepTime:
        """See ``StepTimer``; nothing is decoded."""
        return StepTime(outputs, 0.0, 0.0)


def read_outputs(
    path: Path, *, ends: Sequence[End] = tuple(End), checked: bool = False
) -> dict[OutputKey, Output]:
    """Return the outputs of a file, in its order.

    A line without ``tokens`` gets the number of UTF-8 bytes of its output instead.

    Parameters
    ----------
    ends
        Accepted values of ``end``.
    checked
        Whether each line must have the digest of its other fields; otherwise it may have one.

    Raises
    ------
    ValueError
        If a line is invalid, or two lines have the same id and sample.
    """
    outputs: dict[OutputKey, Output] = {}
    line_numbers: dict[OutputKey, int] = {}
    for number, fields in json_lines(path):
        try:
            key, output = _parse_fields(fields, ends)
            _check_digest(fields, key, output, checked)
            if key in outputs:
                name, sample = key
                raise ValueError(
                    f"line {line_numbers[key]} has the same id {name!r} and sample {sample}"
                )
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
        outputs[key], line_numbers[key] = output, number
    return outputs


def outputs_digest(path: Path) -> str:
    """Return a hexadecimal digest of a file of outputs."""
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()


def output_line(key: OutputKey, output: Output) -> bytes:
    """Return the line of a file for an output."""
    fields = _fields(key, output)
    return json.dumps({**fields, DIGEST_FIELD: content_digest(fields)}).encode() + b"\n"


def _fields(key: OutputKey, output: Output) -> dict[str, Any]:
    name, sample = key
    verification = output.verification and output.verification._asdict()
    return {"id": name, "sample": sample, "output": output.text, "end": output.end,
            "tokens": output.tokens, "reasoning": output.reasoning,
            "verification": verification}  # fmt: skip


def _check_digest(fields: Mapping[str, Any], key: OutputKey, output: Output, checked: bool) -> None:
    """Raise ``ValueError`` if a line is not as a run wrote it."""
    if DIGEST_FIELD not in fields:
        if checked:
            raise ValueError(f"`{DIGEST_FIELD}` is missing; delete the line, and resume")
    elif fields[DIGEST_FIELD] != content_digest(_fields(key, output)):
        raise ValueError(
            f"the line is damaged: its `{DIGEST_FIELD}` does not match; delete the line, or leave "
            f"`{DIGEST_FIELD}` out if you changed the line yourself"
        )


def _parse_fields(fields: Mapping[str, Any], ends: Sequence[End]) -> tuple[OutputKey, Output]:
    text = _field(fields, "output", str)
    end = _field(fields, "end", str, End.STOP.value)
    if end not in ends:
        raise ValueError(f"`end` must be one of {', '.join(ends)}, not {end!r}")
    output = Output(
        text,
        End(end),
        _field(fields, "tokens", int, len(text.encode())),
        _field(fields, "reasoning", str, ""),
        _verification(fields.get("verification")),
    )
    return (_field(fields, "id", str), _field(fields, "sample", int, 0)), output


def _verification(fields: Any) -> Verification | None:
    if fields is None:
        return None
    if type(fields) is not dict or set(fields) != set(Verification._fields):
        names = ", ".join(f"`{name}`" for name in Verification._fields)
        raise ValueError(f"`verification` must be null or an object with {names}")
    for name in ("least_margin", "divergence_margin"):
        margin = fields[name]
        if margin is not None and (type(margin) not in (int, float) or not 0 <= margin < inf):
            raise ValueError(f"`{name}` must be null or a number of at least 0")
    near_ties = _field(fields, "near_ties", int)
    return Verification(near_ties, fields["least_margin"], fields["divergence_margin"])


def _field(fields: Mapping[str, Any], name: str, kind: type[Any], default: Any = None) -> Any:
    value = fields.get(name, default)
    if value is None:
        raise ValueError(f"`{name}` is missing")
    if type(value) is not kind or (kind is int and not 0 <= value <= MAX_TOKEN_COUNT):
        expected = "a text" if kind is str else "a whole number from 0 to 2^63 - 1"
        raise ValueError(f"`{name}` must be {expected}")
    return value


def _list_keys(keys: Sequence[OutputKey]) -> str:
    shown = ", ".join(
        f"{name} (sample {sample})" if sample else name for name, sample in keys[:MAX_IDS_SHOWN]
    )
    more = len(keys) - MAX_IDS_SHOWN
    return shown + (f" and {more:,} more" if more > 0 else "")
