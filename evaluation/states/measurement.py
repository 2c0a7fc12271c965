"""Table of all atomic states: whether a model writes each part of them after the right prefix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from compiler.sources import fetches
from compiler.text import ROLES, Text
from evaluation.backends.base import Advance
from evaluation.models.alignment import TokenizedText, tokenize_text
from evaluation.problems.replays import EvalProblem, references
from evaluation.states.reading import TokenScores

NO_DISTANCE = -1

STATES_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "task", "range")),
        ("state", pa.int64()),  # −1 in the answer
        *((name, pa.string()) for name in ("step", "label", "role", "name")),
        ("position", pa.int64()),  # tokens before the first one, with the prompt
        ("distance", pa.int64()),  # tokens back to the source; null without a source
        ("in_prompt", pa.bool_()),  # whether the source is in the prompt
        ("right", pa.bool_()),  # whether every token has rank 1
        ("ranks", pa.list_(pa.int32())),
        ("log_probabilities", pa.list_(pa.float32())),
    ]
)
"""Columns of ``states.parquet``: a row for each module of a state, and for each of its operands."""


@runtime_checkable
class ReferenceReader(Protocol):
    """A backend that scores the tokens of references."""

    tokenizer: PreTrainedTokenizerBase
    chat: bool

    @property
    def longest_read(self) -> int:
        """Maximum length of prompt, reference and end token together, in tokens."""
        ...

    def read(
        self, prompts: Sequence[Sequence[int]], references: Sequence[Sequence[int]]
    ) -> Iterator[tuple[int, TokenScores]]:
        """Yield the scores of each reference with its index, as soon as they are known."""
        ...


def measure_states(
    reader: ReferenceReader,
    problems: Sequence[EvalProblem],
    advance: Advance = lambda done: None,
) -> pa.Table:
    """Have a model read the references of problems, and return a table of all atomic states.

    Each token is scored after the right prefix, also behind a token that the model would not have
    written. Problems that do not fit the context, or have no chain of thought, are left out.

    Parameters
    ----------
    reader
        The model: a backend such as ``HuggingFace``.
    advance
        Progress callback, which counts problems.

    Returns
    -------
    pyarrow.Table
        A table with the columns ``STATES_SCHEMA``, in the order of the problems.
    """
    batches: list[pa.RecordBatch] = []
    for _, group in groupby(problems, key=lambda problem: problem.part):
        part = list(group)
        chains = [problem for problem in part if problem.chain and problem.fits]
        tokenized = [
            tokenize_text(
                reader.tokenizer,
                p.prompt,
                p.completion,
                chat=reader.chat,
                preface=p.replay.preface,
            )
            for p in chains
        ]
        fitting = [i for i, text in enumerate(tokenized) if len(text.tokens) < reader.longest_read]
        end = reader.tokenizer.eos_token_id
        prompts = [tokenized[i].tokens[: tokenized[i].text_start] for i in fitting]
        texts = [[*tokenized[i].tokens[tokenized[i].text_start :], end] for i in fitting]
        scores: dict[int, TokenScores] = {}
        advance(len(part) - len(fitting))
        for index, read in reader.read(prompts, texts):
            scores[index] = read
            advance(1)
        read_problems = [chains[i] for i in fitting]
        for index, reference in enumerate(references(read_problems)):
            text = tokenized[fitting[index]]
            batches.append(_state_rows(read_problems[index], reference, text, scores[index]))
    return pa.Table.from_batches(batches, STATES_SCHEMA)


def _state_rows(
    problem: EvalProblem, reference: Text, tokenized: TokenizedText, scores: TokenScores
) -> pa.RecordBatch:
    """Return the rows of one problem, in the order of their first tokens."""
    spans = reference.spans
    # The end token belongs to the last span.
    span_of_token = np.append(tokenized.spans_of_tokens(spans.start), len(spans) - 1)
    keys = np.stack([spans.state, spans.role, spans.name])[:, span_of_token]
    _, first, row_of_token = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    order = np.argsort(first)
    first = first[order]
    row_of_token = np.argsort(order)[row_of_token.reshape(-1)]
    by_row = np.argsort(row_of_token, kind="stable")
    offsets = np.searchsorted(row_of_token[by_row], np.arange(len(first) + 1)).astype(np.int32)
    wrong = np.bincount(row_of_token[scores.ranks > 1], minlength=len(first))
    own = [spans[int(span)] for span in span_of_token[first]]
    distance, in_prompt = _distances(problem, reference, tokenized, row_of_token, len(first))
    columns = [
        *(pa.repeat(name, len(first)) for name in (problem.id, *problem.part)),
        pa.array([span.state for span in own], pa.int64()),
        pa.array([span.step for span in own]),
        pa.array([span.label for span in own]),
        pa.array([ROLES[role].value for role in spans.role[span_of_token[first]]]),
        pa.array([span.name for span in own]),
        pa.array(tokenized.text_start + first),
        pa.array(distance, mask=distance == NO_DISTANCE),
        pa.array(in_prompt, mask=distance == NO_DISTANCE),
        pa.array(wrong == 0),
        pa.ListArray.from_arrays(offsets, scores.ranks[by_row]),
        pa.ListArray.from_arrays(offsets, scores.log_probabilities[by_row]),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=STATES_SCHEMA)


def _distances(
    problem: EvalProblem,
    reference: Text,
    tokenized: TokenizedText,
    row_of_token: NDArray[np.int64],
    rows: int,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return int64[rows] and bool[rows]: tokens back to each row's source, and if in the prompt.

    Of several fetches in a row the farthest counts.
    """
    distance = np.full(rows, NO_DISTANCE)
    in_prompt = np.zeros(rows, np.bool_)
    for pair, source in fetches(reference, problem.facts):
        to_tokens = tokenized.prompt_tokens if source.in_prompt else tokenized.text_tokens
        place = to_tokens(source.value)
        if place is None:
            continue
        token = tokenized.text_tokens(pair.value[:2])[0]
        row = row_of_token[token - tokenized.text_start]
        if token - place[0] > distance[row]:
            distance[row] = token - place[0]
            in_prompt[row] = source.in_prompt
    return distance, in_prompt
