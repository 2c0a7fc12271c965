"""Examples: outputs beside their references, coloured by module, around the first divergence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from compiler import Span, Text
from evaluation.backends.base import OutputKey
from evaluation.reports.markup import shown
from evaluation.scoring.divergence import Divergence
from evaluation.scoring.scores import Score, Verdict
from tm.support.html import escape_html

CHARACTERS_BEFORE, CHARACTERS_AFTER = 1_200, 800
"""Number of characters shown before the first divergence, and from there on."""


def output_key(score: Score) -> OutputKey:
    """Return the key of a scored output."""
    return score.problem.id, score.sample


def worst(scores: Sequence[Score], each: int) -> list[Score]:
    """Return the ``each`` worst outputs of every task and range.

    Outputs without a right answer come first, and among these the outputs whose chain of thought
    diverges earliest. Exact chains, and problems that do not fit, are not included.
    """
    chosen = []
    for _, group in groupby(scores, key=lambda score: score.problem.part):
        faulty = [s for s in group if not s.exact and s.verdict is not Verdict.NO_FIT]
        chosen += sorted(faulty, key=_right_share)[:each]
    return chosen


def _right_share(score: Score) -> tuple[bool, float]:
    """Return whether the answer is right, and the share of the text before the divergence."""
    right = score.divergence.at if score.divergence else 0
    return score.verdict is Verdict.RIGHT, right / max(1, len(score.problem.completion))


def example(score: Score, *, opened: bool = False, link: str = "") -> Iterator[str]:
    """Yield the markup of one output: its prompt, and the reference beside the output.

    ``link`` is the address of its own page; empty without one.
    """
    problem, divergence = score.problem, score.divergence
    verdict = score.verdict.replace("_", " ") + (", exact chain" if score.exact else "")
    note = f", first divergence in {divergence.place}" if divergence else ""
    heading = f"<small>{shown(verdict + note)}</small>"
    yield f"<details{' open' if opened else ''}>"
    yield f"<summary><b>{shown(problem.id)}</b> {heading}</summary>"
    if link:
        yield f'<p><a href="{escape_html(link)}">Step through the machine\'s run</a></p>'
    yield f"<pre>\n{shown(problem.prompt)}</pre>"
    reference = problem.reference
    at = divergence.at if divergence else 0
    yield '<div class="beside"><div><small>the machine</small>'
    yield f"<pre>\n{_reference_window(reference, at, divergence is not None)}</pre>"
    answer = f"answer: {score.answer}" if score.answer is not None else "no answer"
    yield f"</div><div><small>the model ({shown(answer)})</small>"
    yield f"<pre>\n{_output(reference, score)}</pre></div></div></details>"


def _reference_window(reference: Text, at: int, marked: bool) -> str:
    """Return the markup of a reference around a character, whose span may be marked."""
    length = len(reference.string)
    low, high = max(0, at - CHARACTERS_BEFORE), min(length, at + CHARACTERS_AFTER)
    return (
        _left_out(low)
        + _coloured(reference, low, high, at if marked else None)
        + _left_out(length - high)
    )


def _output(reference: Text, score: Score) -> str:
    """Return the markup of an output: its right part, its wrong part, and its right end."""
    output, divergence = score.output.text, score.divergence
    if divergence is None:
        if output == reference.string:
            return _reference_window(reference, 0, False)
        visible_characters = CHARACTERS_BEFORE + CHARACTERS_AFTER
        return shown(output[:visible_characters]) + _left_out(len(output) - visible_characters)
    length = len(reference.string)
    low = max(0, divergence.at - CHARACTERS_BEFORE)
    # If steps were left out between equal beginnings, one beginning counts as right before them.
    tail = min(_right_tail(reference, divergence), len(output) - divergence.at)
    wrong = output[divergence.at : len(output) - tail]
    start = length - tail
    end = min(length, start + CHARACTERS_AFTER)
    mark = shown(wrong[:CHARACTERS_AFTER]) or "(nothing)"
    ended = "" if wrong or tail else " the model ended here"
    return (
        _left_out(low)
        + _coloured(reference, low, divergence.at)
        + f'<span class="got">{mark}{ended}</span>'
        + _left_out(len(wrong) - CHARACTERS_AFTER)
        + _coloured(reference, start, end)
        + _left_out(length - end)
    )


def _right_tail(reference: Text, divergence: Divergence) -> int:
    """Return the number of characters at the end of the output that equal the reference again."""
    if divergence.back is None:
        return 0
    start = next(span.start for span in reference.spans if span.state == divergence.back)
    return len(reference.string) - start


def _left_out(count: int) -> str:
    return f'\n<span class="dim">… {count:,} characters …</span>\n' if count > 0 else ""


def _coloured(text: Text, low: int, high: int, wrong: int | None = None) -> str:
    """Return the markup of characters ``low`` to ``high``, with the span at ``wrong`` marked."""
    return "".join(
        f'<span class="{span.role}{_mark(span, wrong)}" title="{escape_html(_title(span))}">'
        f"{shown(text.string[max(span.start, low) : min(span.end, high)])}</span>"
        for span in text.spans
        if span.start < high and span.end > low
    )


def _mark(span: Span, wrong: int | None) -> str:
    return " expected" if wrong is not None and span.start <= wrong < span.end else ""


def _title(span: Span) -> str:
    return " · ".join(filter(None, (span.role, span.step, span.label, span.name)))
