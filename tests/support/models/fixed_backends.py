"""Backends whose outputs or context a test sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evaluation.backends.base import Backend, Output, OutputKey, OutputRequest, Reference
from evaluation.problems.replays import EvalProblem


class FixedOutputs(Reference):
    """Backend with fixed outputs: one for each problem's id, or one for each of its samples."""

    def __init__(self, outputs: Mapping[str, Output | Sequence[Output]]) -> None:
        self.outputs = outputs
        self.requested: list[OutputKey] = []

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """Yield the outputs in reverse order, since any order is allowed."""
        for index, request in reversed(list(enumerate(requests))):
            self.requested.append(request.key)
            fixed = self.outputs[request.problem.id]
            yield index, fixed if isinstance(fixed, Output) else fixed[request.sample]


class LimitedContext(Reference):
    """The machine, with a context of some characters."""

    def __init__(self, context: int) -> None:
        self.context = context  # type: ignore[assignment]


def without_margins(outputs: Sequence[Output]) -> list[Output]:
    """Return outputs as if plain decoding had written them."""
    return [output._replace(verification=None) for output in outputs]


def outputs_of(
    backend: Backend,
    problems: Sequence[EvalProblem],
    max_new_tokens: int,
    samples: int = 1,
) -> list[Output]:
    """Return what a backend generates, in the order of the problems and samples."""
    requests = [OutputRequest(problem, sample) for problem in problems for sample in range(samples)]
    outputs = dict(backend.generate(requests, max_new_tokens))
    return [outputs[index] for index in range(len(requests))]
