"""Outputs beside the replay, both coloured by module, around the first wrong character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from compiler import Span, Text
from evaluation.reports.markup import plain, shown
from evaluation.scoring.divergence import Divergence
from evaluation.scoring.scores import Score, Verdict

BEFORE, AFTER = 1_200, 800
"""Characters that are shown before the first wrong one, and from it on."""


def worst(scores: Sequence[Score], each: int) -> list[Score]:
    """Of every task and range the ``each`` worst outputs, in the order of the scores.

    Those without a right answer come before those with one, and of these the ones of whose chain
    the least share was right; an exact chain and what was never asked are none of them.
    """
    found = []
    for _, group in groupby(scores, key=lambda score: (score.item.task.name, score.item.range)):
        bad = [s for s in group if not s.exact and s.verdict is not Verdict.NO_FIT]
        found += sorted(bad, key=_badness)[:each]
    return found


def _badness(score: Score) -> tuple[bool, float]:
    right = score.divergence.at if score.divergence else 0
    return score.verdict is Verdict.RIGHT, right / max(1, len(score.item.completion))


def example(score: Score, *, opened: bool = False) -> Iterator[str]:
    """One output as markup: its prompt, and side by side what the machine and the model say."""
    item, found = score.item, score.divergence
    verdict = score.verdict.replace("_", " ") + (", exact chain" if score.exact else "")
    name = f"<b>{shown(item.id)}</b> <small>{shown(verdict)}{shown(_where(found))}</small>"
    yield f"<details{' open' if opened else ''}><summary>{name}</summary>"
    yield f"<pre>\n{shown(item.prompt)}</pre>"
    text = item.reference
    at = found.at if found else 0
    yield '<div class="beside"><div><small>the machine</small>'
    yield f"<pre>\n{_window(text, at, found is not None)}</pre>"
    answer = f"answer read: {score.answer}" if score.answer is not None else "no answer read"
    yield f"</div><div><small>the model: {shown(answer)}</small>"
    yield f"<pre>\n{_output(text, score)}</pre></div></div></details>"


def _where(found: Divergence | None) -> str:
    if found is None:
        return ""
    step = f"step {found.step} {found.label}".rstrip() if found.step else "the answer"
    back = "" if found.back is None else f", back on track from state {found.back}"
    return f", first wrong in {step}, {found.role}, after {found.states} right states{back}"


def _window(text: Text, at: int, marked: bool) -> str:
    """The machine's text around a character, whose span is marked."""
    low, high = max(0, at - BEFORE), min(len(text.string), at + AFTER)
    return (
        _left_out(low)
        + _coloured(text, low, high, at if marked else None)
        + _left_out(len(text.string) - high)
    )


def _output(text: Text, score: Score) -> str:
    """What the model wrote: right, wrong, and right again where it came back on track."""
    output, found = score.output.text, score.divergence
    if found is None:
        if output == text.string:
            return _window(text, 0, False)
        return shown(output[: BEFORE + AFTER]) + _left_out(len(output) - BEFORE - AFTER)
    low = max(0, found.at - BEFORE)
    # What was left out between two alike beginnings: the first of them is shown as right already.
    tail = min(_tail(text, found), len(output) - found.at)
    wrong = output[found.at : len(output) - tail]
    since = len(text.string) - tail
    until = min(len(text.string), since + AFTER)
    mark = shown(wrong[:AFTER]) or "(nothing)"
    ended = "" if wrong or tail else " the model ended here"
    return (
        _left_out(low)
        + _coloured(text, low, found.at)
        + f'<span class="got">{mark}{ended}</span>'
        + _left_out(len(wrong) - AFTER)
        + _coloured(text, since, until)
        + _left_out(len(text.string) - until)
    )


def _tail(text: Text, found: Divergence) -> int:
    """Characters at the end of the output that are the machine's again."""
    if found.back is None:
        return 0
    return len(text.string) - next(s.start for s in text.spans if s.state == found.back)


def _left_out(count: int) -> str:
    return f'\n<span class="dim">… {count:,} characters …</span>\n' if count > 0 else ""


def _coloured(text: Text, low: int, high: int, wrong: int | None = None) -> str:
    """Characters ``low`` to ``high`` by module; the span that holds ``wrong`` is marked."""
    return "".join(
        f'<span class="{span.role}{_mark(span, wrong)}" title="{plain(_names(span))}">'
        f"{shown(text.string[max(span.start, low) : min(span.end, high)])}</span>"
        for span in text.spans
        if span.start < high and span.end > low
    )


def _mark(span: Span, wrong: int | None) -> str:
    return " expected" if wrong is not None and span.start <= wrong < span.end else ""


def _names(span: Span) -> str:
    return " · ".join(filter(None, (span.role, span.step, span.label, span.name)))
