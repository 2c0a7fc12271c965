"""The figures of the paper are complete, name tasks of this project, and agree with each other."""

from collections import Counter

import tasks
from compiler.ablations import ABLATIONS
from evaluation.paper import (
    PAPER_FIGURES,
    TAIL,
    paper_accuracy,
    paper_figure,
    paper_sources,
)


def test_every_table_is_whole() -> None:
    assert Counter(figure.source for figure in PAPER_FIGURES) == {
        "Table 1": 3 * 3,
        "Table 2": 5 * 8 * 2,
        "Table K1": 2 * 3,
        "Table J1": 2,
    }
    for figure in PAPER_FIGURES:
        assert figure.range in tasks.get(figure.task).ranges
        assert 0 < figure.accuracy < 100
        hits = figure.accuracy * figure.problems / 100
        assert abs(hits - round(hits)) < 1e-6  # a share of that many problems
    methods = {figure.method for figure in PAPER_FIGURES if figure.source == "Table 2"}
    assert {f"without {name}" for name in ABLATIONS} < methods


def test_tables_agree_on_the_same_figure() -> None:
    values: dict[tuple[str, str, str], set[float]] = {}
    for figure in PAPER_FIGURES:
        values.setdefault(figure[1:4], set()).add(figure.accuracy)
    assert all(len(different) == 1 for different in values.values())
    assert values["compare_numbers", "L", TAIL] == {90.0}


def test_a_figure_by_task_range_and_method() -> None:
    assert paper_accuracy("lcs", "L") == "71.8"
    assert paper_accuracy("lcs", "S") == paper_accuracy("bubble_sort", "L") == ""
    assert paper_accuracy("multi_machine_schedule", "L", "without fetch") == "30.8"
    assert paper_accuracy("large_number_addition", "M", "index_hint") == "34.5"
    figures = [paper_figure("lcs", "M"), paper_figure("lcs", "L"), None]
    assert paper_sources(figures) == "Table 2 (500 problems)"
