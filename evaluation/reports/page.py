"""A report as one HTML page: scores, charts, and the worst outputs beside their references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from compiler import Role
from compiler.display import ROLE_COLOURS
from evaluation.backends.base import OutputKey
from evaluation.reports import charts
from evaluation.reports.by_length import length_section, trained_lengths
from evaluation.reports.examples import example, output_key, worst
from evaluation.reports.figures import svg_image
from evaluation.reports.hazards import hazards_section
from evaluation.reports.markup import document, facts, legend, shown, table
from evaluation.reports.states import states_section
from evaluation.reports.tables import (
    PAPER_HEADING,
    SCORE_HEADINGS,
    WORDING_HEADINGS,
    paper_cells,
    range_label,
    score_cells,
    wording_lines,
)
from evaluation.scoring.lengths import outcomes, scores_by_length
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score

_STYLE = "".join(f".{role} {{ color: {colour} }}\n" for role, colour in ROLE_COLOURS.items())


def page(
    title: str,
    introduction: str,
    rows: Sequence[ScoreRow],
    scores: Sequence[Score],
    description: Mapping[str, object] = {},
    *,
    each: int = 2,
    states: Sequence[Mapping[str, Any]] | None = None,
    hazards: Sequence[Mapping[str, Any]] = (),
    links: Mapping[OutputKey, str] = {},
) -> str:
    """Return a self-contained page, which loads and runs nothing, whatever a model wrote.

    Parameters
    ----------
    rows, scores
        Results of ``evaluation.runs.evaluate.evaluate``.
    description
        Settings that are needed to repeat the results: the backend, seeds, versions.
    each
        Number of the worst outputs shown for each task and range.
    states
        Result of ``evaluation.states.figures.state_figures``; None if it was not requested.
    hazards
        Result of ``evaluation.reports.hazards.hazard_figures``.
    links
        Relative addresses of the pages of single outputs.
    """
    parts = _parts(title, introduction, rows, scores, description, each, states, hazards, links)
    return document(title, parts, _STYLE)


def _parts(
    title: str,
    introduction: str,
    rows: Sequence[ScoreRow],
    scores: Sequence[Score],
    description: Mapping[str, object],
    each: int,
    states: Sequence[Mapping[str, Any]] | None,
    hazards: Sequence[Mapping[str, Any]],
    links: Mapping[OutputKey, str],
) -> Iterator[str]:
    yield f"<h1>{shown(title)}</h1><p>{shown(introduction)}</p>"
    yield facts(description)
    yield _score_table(rows)
    for row in rows:
        for note in row.notes:
            yield f"<p>{shown(f'{row.task} {row.range}: {note}')}</p>"
    if lines := wording_lines(rows):
        yield "<h2>Seen and unseen wordings</h2>"
        yield "<p>Every second problem is posed in a wording that training uses.</p>"
        yield table(("task", "range", *WORDING_HEADINGS), lines, names=3)
    yield "<h2>Accuracy by range</h2>"
    yield "<p>Lines are 95 % Wilson intervals over distinct problems.</p>"
    yield svg_image(charts.accuracy(rows), "Answer accuracy and exact chains by range")
    if lengths := scores_by_length(outcomes(scores)):
        yield from length_section(lengths, trained_lengths(description))
    survival = charts.survival(rows, scores)
    if survival:
        yield "<h2>Survival of the chain</h2>"
        yield (
            "<p>Share of chains without a wrong character, by number of atomic states "
            "(Kaplan–Meier: a chain that ends without a fault counts until its end).</p>"
        )
        yield svg_image(
            survival, "Share of chains without a wrong character, by number of atomic states"
        )
        yield "<h2>Where chains first broke</h2>"
        yield "<p>Outputs by the module of their first wrong character.</p>"
        yield svg_image(charts.modules(rows), "Modules in which chains first broke")
    if hazards:
        yield from hazards_section(hazards, rows[0].unit)
    if states:
        yield from states_section(states)
    yield "<h2>Length of an output</h2>"
    yield "<p>Median, middle half and middle nine tenths; the red line is the limit.</p>"
    yield svg_image(charts.tokens(rows, scores), "Length of an output")
    yield from _examples(worst(scores, each), links)


def _score_table(rows: Sequence[ScoreRow]) -> str:
    paper = paper_cells((row.task, row.range) for row in rows)
    header = ("task", "range", *SCORE_HEADINGS, *([PAPER_HEADING] if paper else ()))
    lines = (
        (
            row.task,
            range_label(row.range, row.lengths),
            *score_cells(row),
            *paper[number : number + 1],
        )
        for number, row in enumerate(rows)
    )
    return table(header, lines, names=2)


def _examples(scores: Sequence[Score], links: Mapping[OutputKey, str]) -> Iterator[str]:
    if not scores:
        yield "<h2>The worst outputs</h2><p>None: every chain is exact.</p>"
        return
    yield "<h2>The worst outputs</h2>"
    yield (
        "<p>Outputs without a right answer come first, and among these the ones that diverge "
        "earliest. In the machine's text, the span of the first divergence is underlined.</p>"
    )
    yield legend({role.value: ROLE_COLOURS[role] for role in Role})
    task = ""
    for score in scores:
        first = score.problem.task.name != task
        task = score.problem.task.name
        if first:
            yield f"<h3>{shown(task)}</h3>"
        yield from example(score, opened=first, link=links.get(output_key(score), ""))
