"""Accuracy by exact length: in the results, the table and the chart, with the training limit."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from matplotlib.figure import Figure

from evaluation.backends.base import End, Output, Reference
from evaluation.reports.by_length import (
    MAX_POINTS,
    LengthSeries,
    length_cells,
    length_chart,
    points_by_task,
    pooled_points,
    trained_lengths,
)
from evaluation.reports.results import write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.lengths import outcomes, scores_by_length
from evaluation.scoring.statistics import Share
from tasks.corpus import Form
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import FixedOutputs

PROBLEMS = [*replayed("S", 20), *replayed("M", 10)]
FAULTY = PROBLEMS[-1]
FAULTY_LENGTH = FAULTY.task.length(FAULTY.instance)
OUTPUTS = {each.id: Output(each.completion, End.STOP, 1) for each in PROBLEMS}
OUTPUTS[FAULTY.id] = Output("", End.STOP, 1)
ROWS, SCORES = evaluate(PROBLEMS, FixedOutputs(OUTPUTS))
LENGTHS = scores_by_length(outcomes(SCORES))
LIMIT = {"training": {"trained_lengths": {"compare_numbers": 4}}}


def test_scores_are_grouped_by_exact_length() -> None:
    lengths = [each.task.length(each.instance) for each in PROBLEMS]
    assert [each.length for each in LENGTHS] == sorted(set(lengths))
    assert sum(each.accuracy.problems for each in LENGTHS) == len(PROBLEMS)
    wrong = {each.length for each in LENGTHS if each.accuracy.rate < 1}
    assert wrong == {FAULTY_LENGTH}
    (faulty,) = [each for each in LENGTHS if each.length == FAULTY_LENGTH]
    count = lengths.count(FAULTY_LENGTH)
    assert faulty.accuracy == faulty.exactness == Share(count - 1, count, count)


def test_several_outputs_for_a_problem_are_no_further_evidence() -> None:
    (twice,) = scores_by_length(outcomes([SCORES[0], SCORES[0]]))
    assert twice.accuracy == Share(2, 2, 1)


def test_problems_that_do_not_fit_and_outputs_without_chains() -> None:
    unfit = FixedOutputs({each.id: Output("", End.NO_FIT, 0) for each in PROBLEMS})
    assert scores_by_length(outcomes(evaluate(PROBLEMS, unfit)[1])) == []
    _, scores = evaluate(replayed("S", 3, form=Form(format="answer")), Reference())
    assert {each.exactness for each in scores_by_length(outcomes(scores))} == {None}


def test_the_results_have_the_length_of_each_problem(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write_results(folder, ROWS, SCORES, LIMIT)
    lengths = pq.read_table(folder / "items.parquet")["length"].to_pylist()
    assert lengths == [each.task.length(each.instance) for each in PROBLEMS]
    results = json.loads((folder / "results.json").read_text())
    assert [each["length"] for each in results["lengths"]] == [each.length for each in LENGTHS]
    html = (folder / "report.html").read_text()
    assert "Accuracy by exact length" in html
    assert f'<td class="name">compare_numbers</td><td>{FAULTY_LENGTH}</td><td>no</td>' in html


def test_the_training_limit_is_marked() -> None:
    assert trained_lengths(LIMIT) == {"compare_numbers": 4}
    assert trained_lengths({}) == {}
    assert [length_cells(LENGTHS[0], limit)[1] for limit in (9, 1, None)] == ["yes", "no", "–"]
    assert limits_drawn(chart({"compare_numbers": (4,)})) == [4.5]
    assert limits_drawn(chart({})) == []


def chart(limits: dict[str, tuple[int, ...]]) -> Figure:
    points = points_by_task(LENGTHS, exact=True)
    return length_chart([LengthSeries("exact chains", "#000000", points)], limits)


def limits_drawn(figure: Figure) -> list[float]:
    (axes,) = figure.axes
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    return [float(np.asarray(line.get_xdata())[0]) for line in dashed]


def test_many_lengths_are_pooled_but_not_across_the_training_limit() -> None:
    few = [(n, Share(1, 2, 1)) for n in range(10, 10 + MAX_POINTS)]
    assert pooled_points(few, [12]) == few
    many = [(n, Share(n % 2, 2, 1)) for n in range(6, 66)]
    pooled = pooled_points(many, [20])
    assert sum(share.problems for _, share in pooled) == 120
    assert sum(share.hits for _, share in pooled) == 30
    assert len(pooled) <= MAX_POINTS + 1
    assert (11.5, Share(2, 8, 4)) in pooled
    assert (19.0, Share(1, 6, 3)) in pooled  # 18 to 20; 21 is beyond the limit
    assert pooled_points([], []) == []
