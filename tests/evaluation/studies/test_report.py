"""The report of a study: pooled figures beside the paper's, charts, a page that loads nothing."""

from collections.abc import Iterator
from dataclasses import replace
from math import hypot
from pathlib import Path
from typing import Any

import pytest
from matplotlib.container import BarContainer

from compiler import Role
from evaluation.scoring.statistics import Pooled, Share, pool_runs
from evaluation.studies.charts import arms_by_length_chart, modules_chart, range_chart
from evaluation.studies.report import (
    lengths_table,
    means_table,
    notes,
    scores_table,
    steps_table,
    study_charts,
    study_facts,
    write_report,
)
from evaluation.studies.rows import StudyItem, StudyRow, read_entries
from evaluation.studies.summary import mean_scores, paper_counterpart, summarize
from tests.support.models.study_rows import ITEM, ROW

RANGES = {"S": (2, 4), "L": (7, 9)}
PROBLEMS = 12
ARMS: dict[str, dict[str, Any]] = {
    "tail": {},
    "no-fetch": {"without": "fetch"},
    "answer-only": {"style": "answer"},
}


def wrong(arm: str, seed: int, range_name: str) -> int:
    """Return how many of the problems a model gets wrong."""
    return {"tail": seed, "no-fetch": 4, "answer-only": 8}[arm] * (range_name == "L")


def cell(arm: str, seed: int) -> Iterator[tuple[StudyRow, list[StudyItem]]]:
    for name, (low, high) in RANGES.items():
        items = [
            replace(
                ITEM, arm=arm, seed=seed, range=name, id=f"{name}{n}",
                length=low + n % (high - low + 1), right=n >= wrong(arm, seed, name),
                exact=n >= wrong(arm, seed, name) and arm != "answer-only",
                role="fetch" if n < wrong(arm, seed, name) else None,
                step="cell" if n < wrong(arm, seed, name) else None,
            )
            for n in range(PROBLEMS)
        ]  # fmt: skip
        right = sum(item.right for item in items)
        row = replace(
            ROW, arm=arm, seed=seed, range=name, min_length=low, max_length=high,
            problems=PROBLEMS, fitting=PROBLEMS, distinct=PROBLEMS, right=right,
            exact=None if arm == "answer-only" else right, **ARMS[arm],
        )  # fmt: skip
        yield row, items


CELLS = [("tail", 0), ("tail", 1), ("tail", 2), ("no-fetch", 0), ("answer-only", 0)]
PARTS = [part for arm, seed in CELLS for part in cell(arm, seed)]
ROWS = [row for row, _ in PARTS]
ITEMS = [item for _, items in PARTS for item in items]
SCORES = summarize(ROWS, ITEMS)
BY_PART = {(each.arm, each.range): each for each in SCORES}


def test_several_seeds_are_pooled_and_one_has_an_interval_for_other_problems() -> None:
    assert [(each.range, each.arm) for each in SCORES] == [
        (name, arm) for name in RANGES for arm in ARMS
    ]
    tail = BY_PART["tail", "L"]
    assert tail.seeds == (0, 1, 2)
    assert tail.problems == PROBLEMS
    runs = [
        {f"L{n}": float(n >= wrong("tail", seed, "L")) for n in range(PROBLEMS)}
        for seed in tail.seeds
    ]
    assert tail.accuracy == tail.exactness == pool_runs(runs)
    assert isinstance(tail.accuracy, Pooled)
    assert BY_PART["no-fetch", "L"].accuracy == Share(8, PROBLEMS)
    assert BY_PART["answer-only", "L"].exactness is None


def test_problems_that_do_not_fit_do_not_count() -> None:
    items = [replace(item, verdict="no_fit") for item in ITEMS]
    assert {each.accuracy for each in summarize(ROWS, items)} == {None}
    partly = [items[0], *ITEMS[1:]]
    assert summarize(ROWS, partly)[0].problems == PROBLEMS  # other seeds have it
    header, lines, _ = scores_table(summarize(ROWS, items))
    assert lines[0][header.index("answer accuracy")] == "– (does not fit)"


def test_the_paper_s_figure_is_that_of_the_same_method() -> None:
    row = replace(ROW, range="L", min_length=7)  # lcs, trained up to 4
    figures: dict[str, StudyRow] = {
        "71.8": row,
        "74.8": replace(row, without="fetch"),
        "13.0": replace(row, trained_on="", trained_length=None),
        "24.0": replace(
            row, style="index_hint", task="large_number_addition",
            trained_on="large_number_addition",
        ),
    }  # fmt: skip
    for accuracy, each in figures.items():
        assert f"{(paper_counterpart(each) or (0,) * 5)[4]}" == accuracy
    for none in (
        replace(row, without="atomic,fetch,linear"),
        replace(row, style="plain"),
        replace(row, style="answer"),
        replace(row, trained_length=9),  # a mixture with L
        replace(row, trained_on="knapsack_01,lcs"),
    ):
        assert paper_counterpart(none) is None


def test_the_table_has_a_column_for_what_differs() -> None:
    header, lines, names = scores_table(SCORES)
    assert header[:names] == ("task", "range", "arm")
    assert {"style", "without", "seeds", "chance", "exact chains"} <= {*header}
    assert not {"prompt", "depth", "scale", "wordings"} & {*header}
    assert {"prompt", "scale", "split", "seeds"} <= {*study_facts(ROWS)}
    (line,) = [line for line in lines if line[1:3] == ("L (7–9)", "tail")]
    cells = dict(zip(header, line, strict=True))
    assert cells["seeds"] == "3"
    assert cells["chance"] == "20.0"
    assert cells["answer accuracy"].startswith("91.7 [")
    assert cells["paper's instances, 7B"] == "71.8"
    assert "Table 2 (500 problems)" in notes(SCORES)[0]


def test_ranges_that_are_not_scored_are_named() -> None:
    rows = [row for row in ROWS if (row.seed, row.range) != (2, "L")]
    items = [item for item in ITEMS if (item.seed, item.range) != (2, "L")]
    (note,) = (each for each in notes(summarize(rows, items)) if "Not scored" in each)
    assert note == "Not scored yet for all seeds: L of lcs, tail."
    assert not any("Not scored" in each for each in notes(SCORES))


def test_steps_and_lengths() -> None:
    assert ("lcs", "L", "no-fetch", "4 of 12", "fetch 4", "cell 4") in steps_table(SCORES).lines
    lines = lengths_table(ROWS, ITEMS).lines
    assert {(line[2], line[3]) for line in lines} == {
        *((str(n), "yes") for n in range(2, 5)),
        *((str(n), "no") for n in range(7, 10)),
    }


def test_charts_show_every_arm_the_paper_and_chance() -> None:
    figure = range_chart(SCORES, exact=False)
    assert figure is not None
    (legend,) = figure.legends
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels == [*ARMS, "paper's instances, 7B", "chance"]
    exact = range_chart(SCORES, exact=True)
    assert exact is not None
    labels = [text.get_text() for text in exact.legends[0].get_texts()]
    assert labels == ["tail", "no-fetch"]
    lengths = arms_by_length_chart(ROWS, ITEMS, exact=False)
    assert lengths is not None
    labels = [text.get_text() for text in lengths.legends[0].get_texts()]
    assert {*labels} == {*ARMS, "training limit"}
    answers = [row for row in ROWS if row.exact is None]
    items = [item for item in ITEMS if item.arm == "answer-only"]
    names = [chart.name for chart in study_charts(answers, items, summarize(answers, items))]
    assert names == ["answers", "answers-by-length"]


def test_the_chart_of_modules_has_a_bar_for_each_range_and_arm_with_chains() -> None:
    figure = modules_chart(SCORES)
    assert figure is not None
    (axes,) = figure.axes
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [f"{name}  {arm}" for name in RANGES for arm in ("tail", "no-fetch")]
    fetch = axes.containers[list(Role).index(Role.FETCH)]
    assert isinstance(fetch, BarContainer)
    assert [bar.get_width() for bar in fetch] == [
        0,
        0,
        pytest.approx(3 / 36),
        pytest.approx(4 / 12),
    ]


def test_means_are_over_the_tasks_that_all_arms_have() -> None:
    assert means_table(SCORES) is None
    rows, items = list(ROWS), list(ITEMS)
    for name in ("knapsack_01", "binary_search"):
        rows += [
            replace(row, task=name) for row in ROWS if name == "knapsack_01" or row.arm != "tail"
        ]
        items += [replace(item, task=name, right=False, exact=False) for item in ITEMS]
    scores = summarize(rows, items)
    means = {(each.arm, each.range): each for each in mean_scores(scores)}
    tail = means["tail", "S"]
    assert (tail.tasks, tail.nearly_all, tail.most) == (2, 1, 1)
    accuracy = means["no-fetch", "L"].accuracy
    assert accuracy is not None
    assert accuracy.rate == pytest.approx((8 / 12 + 0) / 2)
    low, high = Share(8, PROBLEMS).interval()
    assert (8 / 12 - low) / 2 == pytest.approx(accuracy.rate - accuracy.low)
    none_right = Share(0, PROBLEMS).interval()[1]
    assert hypot(high - 8 / 12, none_right) / 2 == pytest.approx(accuracy.high - accuracy.rate)
    table = means_table(scores)
    assert table is not None
    assert {line[2] for line in table.lines} == {"2"}
    assert [line[:2] for line in table.lines] == [(name, arm) for name in RANGES for arm in ARMS]


def test_wordings_are_lines_of_their_own() -> None:
    rows = [*ROWS, *(replace(row, wordings="unseen") for row in ROWS)]
    items = [*ITEMS, *(replace(item, wordings="unseen", right=False) for item in ITEMS)]
    scores = summarize(rows, items)
    assert len(scores) == 2 * len(SCORES)
    assert "wordings" in scores_table(scores).header
    figure = range_chart(scores, exact=False)
    assert figure is not None
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {"tail, seen", "tail, unseen"} <= {*labels}


def test_the_report_is_complete_and_loads_nothing(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>|"
    rows = [replace(row, arm=row.arm + evil, study=evil) for row in ROWS]
    items = [replace(item, arm=item.arm + evil) for item in ITEMS]
    files = write_report(tmp_path, rows, items, summarize(rows, items))
    assert all(file.stat().st_size for file in files)
    assert {file.name for file in files} == {file.name for file in tmp_path.iterdir()}
    assert read_entries(tmp_path / "rows.parquet", StudyRow) == rows
    assert read_entries(tmp_path / "problems.parquet", StudyItem) == items
    page = (tmp_path / "report.html").read_text()
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert page.count('<img src="data:image/svg+xml;base64,') == 5
    assert "71.8" in page
    markdown = (tmp_path / "report.md").read_text()
    assert "71.8" in markdown
    assert "(answers.svg)" in markdown
    tables = [line for line in markdown.splitlines() if line.startswith("|")]
    widths = {line.count("|") for line in tables}
    assert len(widths) == 2  # scores and steps: no name breaks a table
    first = {file: file.read_bytes() for file in files}
    write_report(tmp_path, rows, items, summarize(rows, items))
    assert {file: file.read_bytes() for file in files} == first


def test_a_study_without_results_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the study has no results yet"):
        write_report(tmp_path, [], [], [])
