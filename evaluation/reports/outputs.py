"""A page for each output: the machine's run, and its text beside the model's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest

from compiler.player.page import Comparison, Fact, run_page
from compiler.player.texts import SpanPiece, pieces, written_text
from compiler.sources import OperandSource, fetches
from compiler.text import Part, Role, Text
from evaluation.scoring.divergence import Divergence
from evaluation.scoring.scores import Score
from tasks.corpus.records.forms import TAIL
from tm import run

MAX_ALIGNED_LINES = 500
"""Lines after the first divergence that are matched by their content; later ones are paired."""

MAX_ROW_CHARACTERS = 4_000
"""Characters of an output that a row shows."""

MAX_EXTRA_ROWS = 200
"""Rows of an output beyond the last atomic state of the reference."""

Row = tuple[int | None, str | None]
"""A piece of the reference, and what the output has there; see ``Comparison``."""


def output_page(score: Score) -> str | None:
    """Return the page of an output; None if its problem has no chain of thought."""
    problem, form = score.problem, score.problem.replay.form
    if not problem.chain:
        return None
    task = problem.task
    inputs = task.inputs(problem.instance, problem.wording)
    ran = run(task.table, inputs, trace=form.format == TAIL)
    reference = problem.reference
    written = written_text(
        ran,
        reference,
        style=form.style,
        depth=form.depth,
        without=form.without,
        reading=not form.keyed,
    )
    return run_page(
        ran,
        inputs,
        title=problem.id,
        summary=f"A model's output beside the machine's text: {ran.outcome} after "
        f"{ran.transitions:,} transitions",
        prompt=problem.prompt,
        written=written,
        comparison=compare(reference, score),
    )


def compare(reference: Text, score: Score) -> Comparison:
    """Return an output beside its reference, aligned by atomic state."""
    parts = pieces(reference.spans)
    output, divergence = score.output.text, score.divergence
    if divergence is None:
        rows = [(index, _piece_text(reference, part)) for index, part in enumerate(parts)]
        return Comparison(tuple(rows), None, tuple(_facts(reference, score, None)))
    first = _piece_at(reference, parts, divergence.at)
    same = [(index, _piece_text(reference, parts[index])) for index in range(first)]
    start = int(reference.spans.start[parts[first].first])
    different = _align(
        [_piece_text(reference, part) for part in parts[first:]], _lines(output[start:]), first
    )
    return Comparison(
        rows=(*same, *_shortened(different)),
        first=first,
        facts=tuple(_facts(reference, score, parts[first])),
    )


def _align(expected: Sequence[str], got: Sequence[str], first: int) -> Iterator[Row]:
    """Yield rows for pieces of the reference, from number ``first`` on, and lines of an output."""
    head, lines = expected[:MAX_ALIGNED_LINES], got[:MAX_ALIGNED_LINES]
    for _, a, b, c, d in SequenceMatcher(None, head, lines).get_opcodes():
        yield from zip_longest(range(first + a, first + b), lines[c:d])
    rest = range(first + len(head), first + len(expected))
    yield from zip_longest(rest, got[MAX_ALIGNED_LINES:])


def _shortened(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield rows with a limited number of characters, and of rows without a reference."""
    extra = 0
    for piece, text in rows:
        extra += piece is None
        if extra <= MAX_EXTRA_ROWS:
            yield piece, text if text is None else _cut(text)
    if extra > MAX_EXTRA_ROWS:
        yield None, f"… {extra - MAX_EXTRA_ROWS:,} more lines"


def _cut(text: str) -> str:
    left_out = len(text) - MAX_ROW_CHARACTERS
    return text if left_out <= 0 else f"{text[:MAX_ROW_CHARACTERS]}… {left_out:,} more characters"


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _facts(reference: Text, score: Score, piece: SpanPiece | None) -> Iterator[Fact]:
    """Yield what is shown above the texts: the verdict, the divergence and its operands."""
    yield Fact("verdict", score.verdict.replace("_", " ") + (", exact chain" * score.exact))
    yield Fact("answer", score.answer if score.answer is not None else "none")
    yield Fact("machine's answer", score.problem.gold)
    if score.divergence is None or piece is None:
        return
    yield from _divergence_facts(score.divergence)
    parts = pieces(reference.spans)
    sources = {pair.value.start: source for pair, source in fetches(reference, score.problem.facts)}
    key = ""
    for span in reference.spans[piece.first : piece.last]:
        if span.role is Role.FETCH and span.part is Part.KEY:
            key = reference.string[span.start : span.end]
        elif span.role is Role.FETCH and span.part is Part.VALUE:
            source = sources.get(span.start)
            value = reference.string[span.start : span.end]
            yield Fact(f"operand {key}".rstrip(), value, _source_piece(reference, parts, source))
            key = ""


def _divergence_facts(divergence: Divergence) -> Iterator[Fact]:
    yield Fact("first divergence", divergence.place)
    yield Fact("machine's text there", divergence.expected or "(nothing)")
    yield Fact("model's text there", divergence.got or "(nothing)")


def _source_piece(
    reference: Text, parts: Sequence[SpanPiece], source: OperandSource | None
) -> int | None:
    """Return the piece that an operand was copied from; None for the prompt or no source."""
    if source is None or source.in_prompt:
        return None
    return _piece_at(reference, parts, source.value[0])


def _piece_at(reference: Text, parts: Sequence[SpanPiece], character: int) -> int:
    """Return the index of the piece that holds a character, or of the last one after the end."""
    ends = (int(reference.spans.end[part.last - 1]) for part in parts)
    return next((index for index, end in enumerate(ends) if end > character), len(parts) - 1)


def _piece_text(reference: Text, piece: SpanPiece) -> str:
    start, end = reference.spans.start[piece.first], reference.spans.end[piece.last - 1]
    return reference.string[int(start) : int(end)]
