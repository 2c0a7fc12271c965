"""A report as one HTML page: scores, pictures, and the worst outputs beside the replay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler import Role
from evaluation.reports import charts
from evaluation.reports.charts import COLOURS
from evaluation.reports.examples import example, worst
from evaluation.reports.markup import document, facts, legend, shown, table
from evaluation.reports.picture import image
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict

_STYLE = "".join(f".{role} {{ color: {colour} }}\n" for role, colour in COLOURS.items())


def page(
    title: str,
    introduction: str,
    rows: Sequence[ScoreRow],
    scores: Sequence[Score],
    description: Mapping[str, object] = {},
    *,
    each: int = 2,
) -> str:
    """A self-contained page, which loads nothing and runs nothing, whatever a model wrote.

    Parameters
    ----------
    rows, scores
        Of ``evaluation.runs.evaluate.evaluate``.
    description
        What else a reader must know: the backend, seeds, versions.
    each
        How many of the worst outputs of each task and range are shown.
    """
    return document(title, _parts(title, introduction, rows, scores, description, each), _STYLE)


def _parts(
    title: str,
    introduction: str,
    rows: Sequence[ScoreRow],
    scores: Sequence[Score],
    description: Mapping[str, object],
    each: int,
) -> Iterator[str]:
    yield f"<h1>{shown(title)}</h1><p>{shown(introduction)}</p>"
    yield facts(description)
    yield _scores(rows)
    yield "<h2>Accuracy by range</h2>"
    yield "<p>Lines are 95 % Wilson intervals over distinct problems.</p>"
    yield image(charts.accuracy(rows), "Label accuracy and exact chains by range")
    survival = charts.survival(rows, scores)
    if survival:
        yield "<h2>Survival of the chain</h2>"
        yield (
            "<p>The share of chains without a wrong character after so many atomic states "
            "(Kaplan–Meier: a chain that ended without a fault counts until its end).</p>"
        )
        yield image(survival, "The share of chains that are right after so many atomic states")
        yield "<h2>Where chains first broke</h2>"
        yield "<p>Outputs by the module of their first wrong character.</p>"
        yield image(charts.modules(rows), "Modules in which chains first broke")
    yield "<h2>Length of an output</h2>"
    yield "<p>Median, the middle half, nine of ten; the red line is the limit.</p>"
    yield image(charts.tokens(rows, scores), "Length of an output")
    yield from _examples(worst(scores, each))


def _scores(rows: Sequence[ScoreRow]) -> str:
    failures = (Verdict.WRONG, Verdict.NO_ANSWER, Verdict.TRUNCATED, Verdict.NO_FIT)
    names = ("task", "range", "items", "label accuracy", "exact chains", "chance")
    counted = ("wrong", "no answer", "cut off", "no fit")
    return table(
        (*names, *counted),
        (
            (
                row.task,
                f"{row.range} {row.lengths[0]}–{row.lengths[1]}",
                f"{row.items:,}",
                row.accuracy.percent if row.fitting else row.fit,
                row.exactness.percent if row.fitting and row.chain else "–",
                f"{100 * row.chance:.1f}" if row.fitting else "–",
                *(f"{row.verdicts.get(verdict, 0):,}" for verdict in failures),
            )
            for row in rows
        ),
        names=2,
    )


def _examples(scores: Sequence[Score]) -> Iterator[str]:
    if not scores:
        yield "<h2>The worst outputs</h2><p>There are none: every chain is exact.</p>"
        return
    yield "<h2>The worst outputs</h2>"
    yield (
        "<p>Those without a right answer first, and of these the ones that broke earliest. "
        "The replay has the span underlined in which the first wrong character stands.</p>"
    )
    yield legend({role.value: COLOURS[role] for role in Role})
    task = ""
    for score in scores:
        first = score.item.task.name != task
        task = score.item.task.name
        if first:
            yield f"<h3>{shown(task)}</h3>"
        yield from example(score, opened=first)
