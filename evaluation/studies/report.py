"""Report of a study from its rows: tables, charts, a page, and the rows as Parquet files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evaluation.paper import PAPER_FINDINGS, PAPER_LABEL, paper_sources
from evaluation.reports.markup import document, facts, shown, table
from evaluation.reports.tables import NO_VALUE, range_label
from evaluation.studies.rows import (
    ATTENTION_FILE,
    ITEMS_FILE,
    ROWS_FILE,
    AttentionRow,
    StudyItem,
    StudyRow,
    write_entries,
)
from evaluation.studies.summary import (
    ArmScores,
    arm_label,
    mean_scores,
    scores_by_arm_and_length,
)
from tm.support.files import write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE_FILE = "report.html"
MARKDOWN_FILE = "report.md"

_STYLE = "td { white-space: nowrap }\nth, td { font-size: .85rem; padding: .15rem .4rem }\n"

MAX_PLACES = 3
"""Number of modules, and of steps, of first divergences that are named."""

MEANS_TITLE = "Means over tasks"
ATTENTION_TITLE = "Attention to the operands"
ATTENTION_NOTE = (
    "Shares in percent, at the tokens of each module of the steps that have operands: where the "
    "operands were last written before the step; on the values that the step itself has fetched "
    "(copy); and what as many earlier tokens get on average (chance). Each is the mean over the "
    "four heads with the most attention to operands in the first range."
)
STEPS_TITLE = "Where chains first broke"

INTERVALS = (
    "Shares are in percent, with 95 % intervals: with one seed for other problems (Wilson), with "
    "several for other seeds and problems (both are resampled). Chance is the accuracy of the "
    "best rule that solves nothing."
)


class StudyTable(NamedTuple):
    """Cells of a table, as texts.

    Attributes
    ----------
    names
        Number of columns at the left that are names.
    """

    header: tuple[str, ...]
    lines: Sequence[tuple[str, ...]]
    names: int


class StudyChart(NamedTuple):
    """Chart with the name of its files, without suffix, and its title."""

    name: str
    title: str
    figure: Figure


_FORM: dict[str, Callable[[StudyRow], str]] = {
    "scale": lambda row: row.scale or NO_VALUE,
    "style": lambda row: row.style,
    "without": lambda row: row.without or NO_VALUE,
    "depth": lambda row: NO_VALUE if row.depth is None else str(row.depth),
    "prompt": lambda row: row.prompt,
    "wordings": lambda row: row.wordings,
    "split": lambda row: row.split,
    "parameters": lambda row: NO_VALUE if row.parameters is None else f"{row.parameters:,}",
    "trained up to": lambda row: str(row.trained_length or NO_VALUE),
    "corpus": lambda row: row.corpus[:8] or NO_VALUE,
}  # fmt: skip
"""Columns that describe an arm; those with one value for all rows are facts of the study."""


def scores_table(scores: Sequence[ArmScores]) -> StudyTable:
    """Return the table of scores: a line for each task, range and arm."""
    rows = [row for each in scores for row in each.rows]
    columns = [name for name, cell in _FORM.items() if len({*map(cell, rows)}) > 1]
    has_paper = any(each.paper for each in scores)
    header = (
        "task", "range", "arm", *columns, "seeds", "problems", "answer accuracy", "exact chains",
        "chance", *([PAPER_LABEL] if has_paper else ()), "tokens of a chain",
    )  # fmt: skip
    lines = [
        (
            each.task,
            range_label(each.range, (each.rows[0].min_length, each.rows[0].max_length)),
            each.arm,
            *(" ".join(dict.fromkeys(map(_FORM[name], each.rows))) for name in columns),
            f"{len(each.seeds)}",
            f"{each.problems:,}",
            each.accuracy.percent if each.accuracy else f"{NO_VALUE} (does not fit)",
            each.exactness.percent if each.exactness else NO_VALUE,
            f"{100 * each.chance:.1f}",
            *([f"{each.paper.accuracy:.1f}" if each.paper else NO_VALUE] if has_paper else ()),
            NO_VALUE if each.chain_tokens is None else f"{each.chain_tokens:,.0f}",
        )
        for each in scores
    ]
    return StudyTable(header, lines, 3)


def means_table(scores: Sequence[ArmScores]) -> StudyTable | None:
    """Return the table of mean scores over tasks; None if the arms share fewer than two tasks."""
    means = mean_scores(scores)
    if not means or means[0].tasks < 2:
        return None
    several = len({each.wordings for each in means}) > 1
    header = (
        "range", "arm", "tasks", "answer accuracy", "exact chains",
        "tasks with 95 % exact", "with 80 % exact",
    )  # fmt: skip
    lines = [
        (
            each.range,
            arm_label(each.arm, each.wordings, several=several),
            f"{each.tasks}",
            each.accuracy.percent if each.accuracy else NO_VALUE,
            each.exactness.percent if each.exactness else NO_VALUE,
            f"{each.nearly_all}" if each.exactness else NO_VALUE,
            f"{each.most}" if each.exactness else NO_VALUE,
        )
        for each in means
    ]
    return StudyTable(header, lines, 2)


def steps_table(scores: Sequence[ArmScores]) -> StudyTable:
    """Return the table of the modules and steps in which chains of thought first diverge."""
    several = len({each.wordings for each in scores}) > 1
    lines = [
        (
            each.task,
            each.range,
            arm_label(each.arm, each.wordings, several=several),
            f"{sum(each.steps.values()):,} of {each.outputs:,}",
            _commonest(each.modules),
            _commonest(each.steps),
        )
        for each in scores
        if each.steps
    ]
    return StudyTable(("task", "range", "arm", "not exact", "in module", "in step"), lines, 3)


def _commonest(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ordered[:MAX_PLACES])


def attention_table(attention: Sequence[AttentionRow]) -> StudyTable | None:
    """Return the table of attention to operands, as means over seeds; None without any."""
    groups: dict[tuple[str, str, str, str], list[AttentionRow]] = {}
    for row in attention:
        groups.setdefault((row.task, row.range, row.arm, row.module), []).append(row)
    if not groups:
        return None
    header = (
        "task", "range", "arm", "module", "seeds", "tokens", "right", "at the source",
        "at the copy", "by chance",
    )  # fmt: skip
    lines = [
        (
            *part,
            f"{len(rows)}",
            f"{sum(row.tokens for row in rows):,}",
            f"{100 * sum(row.right for row in rows) / sum(row.tokens for row in rows):.1f}",
            *(
                f"{100 * sum(getattr(row, name) for row in rows) / len(rows):.1f}"
                for name in ("source", "copy", "chance")
            ),
        )
        for part, rows in groups.items()
    ]
    return StudyTable(header, lines, 4)


def lengths_table(rows: Sequence[StudyRow], items: Sequence[StudyItem]) -> StudyTable:
    """Return the table of scores by exact length, with the lengths of training marked."""
    from evaluation.reports.by_length import HEADINGS, length_cells

    several = len({row.wordings for row in rows}) > 1
    limits = {
        (arm_label(row.arm, row.wordings, several=several), row.task): row.trained_length
        for row in rows
    }
    lines = [
        (scores.task, label, *length_cells(scores, limits[label, scores.task]))
        for label, by_length in scores_by_arm_and_length(rows, items).items()
        for scores in by_length
    ]
    return StudyTable(("task", "arm", *HEADINGS), sorted(lines, key=_by_task_and_arm(rows)), 2)


def _by_task_and_arm(rows: Sequence[StudyRow]) -> Callable[[tuple[str, ...]], int]:
    """Return a sort key that keeps the order of tasks; sorting is stable."""
    tasks = list(dict.fromkeys(row.task for row in rows))
    return lambda line: tasks.index(line[0])


def study_facts(rows: Sequence[StudyRow]) -> dict[str, object]:
    """Return what all rows have in common, and the cost of the study."""
    shared = {name: cell(rows[0]) for name, cell in _FORM.items() if len({*map(cell, rows)}) == 1}
    seconds: dict[tuple[str, str | None, int], float] = {}
    for row in rows:
        model = row.arm, row.trained_on, row.seed
        seconds[model] = max(seconds.get(model, 0.0), row.cpu_seconds or 0.0)
    total = sum(seconds.values())
    return {
        **shared,
        "seeds": sorted({row.seed for row in rows}),
        "models": len(seconds),
        "CPU hours": f"{total / 3600:.1f}" if total else NO_VALUE,
    }


def notes(scores: Sequence[ArmScores]) -> list[str]:
    """Return sentences about ranges without a score, and about what the paper says."""
    models: dict[tuple[str, str, str], dict[str, int]] = {}
    for each in scores:
        counts = models.setdefault((each.task, each.arm, each.wordings), {})
        counts[each.range] = len(each.rows)
    ranges = dict.fromkeys(each.range for each in scores)
    unscored = []
    for (task, arm, _), counts in models.items():
        missing = [name for name in ranges if counts.get(name, 0) < max(counts.values())]
        if missing:
            unscored.append(f"Not scored yet for all seeds: {', '.join(missing)} of {task}, {arm}.")
    return unscored + _paper_notes(scores)


def _paper_notes(scores: Sequence[ArmScores]) -> list[str]:
    """Return sentences about the paper's figures and findings that the study corresponds to."""
    sentences = []
    if sources := paper_sources(each.paper for each in scores):
        sentences.append(
            f"{PAPER_LABEL}: answer accuracy of Qwen2.5-7B on the paper's own instances and "
            f"ranges, in percent; {sources}."
        )
    study = scores[0].rows[0].study
    return sentences + [
        f"The paper, {each.source}: {each.finding}"
        for each in PAPER_FINDINGS
        if study == each.study or study.startswith(f"{each.study}-")
    ]


def study_charts(
    rows: Sequence[StudyRow], items: Sequence[StudyItem], scores: Sequence[ArmScores]
) -> list[StudyChart]:
    """Return the charts of a study; those without a figure to show are left out."""
    from evaluation.studies.charts import arms_by_length_chart, modules_chart, range_chart

    charts = [
        ("answers", "Answer accuracy by range", range_chart(scores, exact=False)),
        ("exact", "Exact chains by range", range_chart(scores, exact=True)),
        (
            "answers-by-length",
            "Answer accuracy by exact length",
            arms_by_length_chart(rows, items, exact=False),
        ),
        (
            "exact-by-length",
            "Exact chains by exact length",
            arms_by_length_chart(rows, items, exact=True),
        ),
        ("modules", "Modules in which chains first broke", modules_chart(scores)),
    ]
    return [StudyChart(name, title, figure) for name, title, figure in charts if figure]


def write_report(
    out: Path,
    rows: Sequence[StudyRow],
    items: Sequence[StudyItem],
    scores: Sequence[ArmScores],
    attention: Sequence[AttentionRow] = (),
) -> list[Path]:
    """Write the report of a study into a folder, and return the files.

    They are the rows and the scored problems as Parquet, the page ``report.html``, which loads and
    runs nothing, ``report.md``, and each chart as PNG and SVG.

    Raises
    ------
    ValueError
        If there are no rows.
    """
    from evaluation.reports.figures import write_png, write_svg
    from evaluation.studies.charts import attention_chart

    if not rows:
        raise ValueError(f"{out}: the study has no results yet; run it first")
    charts = study_charts(rows, items, scores)
    if attention and (figure := attention_chart(attention)):
        charts.append(StudyChart("attention", ATTENTION_TITLE, figure))
    out.mkdir(parents=True, exist_ok=True)
    files = [out / ROWS_FILE, out / ITEMS_FILE, out / PAGE_FILE, out / MARKDOWN_FILE]
    write_entries(files[0], StudyRow, rows)
    write_entries(files[1], StudyItem, items)
    write_text(files[2], _page(rows, items, scores, charts, attention))
    write_text(files[3], _markdown(rows, scores, charts, attention))
    if attention:
        files.append(out / ATTENTION_FILE)
        write_entries(files[-1], AttentionRow, attention)
    for chart in charts:
        for suffix, write in ((".png", write_png), (".svg", write_svg)):
            files.append(out / f"{chart.name}{suffix}")
            write(chart.figure, files[-1])
    return files


def _page(
    rows: Sequence[StudyRow],
    items: Sequence[StudyItem],
    scores: Sequence[ArmScores],
    charts: Sequence[StudyChart],
    attention: Sequence[AttentionRow],
) -> str:
    from evaluation.reports.figures import svg_image

    def parts() -> Iterator[str]:
        yield f"<h1>{shown(_title(rows))}</h1><p>{shown(INTERVALS)}</p>"
        yield facts(study_facts(rows))
        if means := means_table(scores):
            yield f"<h2>{MEANS_TITLE}</h2>"
            yield table(*means)
            yield "<h2>By task</h2>"
        yield table(*scores_table(scores))
        for note in notes(scores):
            yield f"<p>{shown(note)}</p>"
        for chart in charts:
            yield f"<h2>{shown(chart.title)}</h2>"
            yield svg_image(chart.figure, chart.title)
        yield "<details><summary>Scores by exact length, as a table</summary>"
        yield table(*lengths_table(rows, items))
        yield "</details>"
        if (steps := steps_table(scores)).lines:
            yield f"<h2>{STEPS_TITLE}</h2>"
            yield table(steps.header, steps.lines, len(steps.header))
        if attended := attention_table(attention):
            yield f"<h2>{ATTENTION_TITLE}</h2><p>{shown(ATTENTION_NOTE)}</p>"
            yield table(*attended)

    return document(_title(rows), parts(), _STYLE)


def _markdown(
    rows: Sequence[StudyRow],
    scores: Sequence[ArmScores],
    charts: Sequence[StudyChart],
    attention: Sequence[AttentionRow],
) -> str:
    described = "; ".join(f"{name}: {_plain(value)}" for name, value in study_facts(rows).items())
    parts = [f"# {_title(rows)}", f"{described}.", INTERVALS]
    if means := means_table(scores):
        parts += [f"## {MEANS_TITLE}", _markdown_table(means), "## By task"]
    parts.append(_markdown_table(scores_table(scores)))
    parts += notes(scores)
    parts += [f"## {chart.title}\n\n![{chart.title}]({chart.name}.svg)" for chart in charts]
    if (steps := steps_table(scores)).lines:
        parts.append(f"## {STEPS_TITLE}\n\n{_markdown_table(steps)}")
    if attended := attention_table(attention):
        parts += [f"## {ATTENTION_TITLE}", ATTENTION_NOTE, _markdown_table(attended)]
    return "\n\n".join(parts) + "\n"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _markdown_table(cells: StudyTable) -> str:
    rules = [":---" if n < cells.names else "---:" for n in range(len(cells.header))]
    lines = [cells.header, rules, *cells.lines]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines
    )


def _title(rows: Sequence[StudyRow]) -> str:
    return f"Study {rows[0].study}"
