"""Figures of the paper (arXiv 2507.13332 v3), which reports show beside measured ones.

They are answer accuracies of Qwen2.5-7B, all weights trained on range S, on the paper's own
instances, which were not published. Its outputs were judged by a model of 72B parameters. The
training recipe is in ``training.paper``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

PAPER_LABEL = "paper's instances, 7B"
"""Label of a figure of the paper, wherever it is beside a measured one."""

TAIL = "TAIL"
UNTRAINED = "untrained"
WITHOUT_ATOMIC = "without atomic"
WITHOUT_LINEAR = "without linear"
WITHOUT_FETCH = "without fetch"
INDEX_HINT = "index_hint"
REVERSED = "reversed"
DISTILLED = "distilled from R1"
R1 = "R1 671B"

RANGE_NAMES = ("S", "M", "L")


class PaperFigure(NamedTuple):
    """Accuracy that the paper states.

    Attributes
    ----------
    source
        Table of the paper.
    task, range
        Names of this project.
    method
        How the model was trained or which model it is, such as ``TAIL``.
    accuracy
        Answer accuracy, in percent.
    problems
        Number of problems. The paper says 500, or 200 for hard tasks, and not which tasks are
        hard; it is 500 where all values of a table are multiples of 0.2, and else 200.
    tokens
        Mean number of tokens of an output; None if it is not stated.
    """

    source: str
    task: str
    range: str
    method: str
    accuracy: float
    problems: int
    tokens: int | None = None


class PaperFinding(NamedTuple):
    """Result that the paper states in words, or as a chart whose values are not on record here.

    Attributes
    ----------
    study
        Study of this project that measures the same.
    """

    source: str
    study: str
    finding: str


_TABLE_2_TASKS = (
    "compare_numbers", "diophantine_equation", "population_growth", "binary_search",
    "any_substring", "lcs", "multi_machine_schedule", "permutation_combination",
)  # fmt: skip
_TABLE_2: dict[str, tuple[tuple[float, float], ...]] = {
    UNTRAINED: ((47.4, 38.6), (26.8, 36.8), (12.4, 17.0), (21.6, 13.6), (19.4, 3.0), (11.2, 13.0),
                (5.4, 3.4), (7.2, 4.0)),
    WITHOUT_ATOMIC: ((82.6, 73.6), (68.2, 69.0), (77.2, 61.2), (86.2, 71.0), (52.2, 32.0),
                     (77.4, 61.0), (39.0, 16.0), (75.8, 61.4)),
    WITHOUT_LINEAR: ((80.0, 75.4), (63.6, 58.8), (76.2, 54.0), (85.0, 75.6), (43.0, 30.8),
                     (77.4, 74.2), (20.6, 11.2), (79.0, 62.8)),
    WITHOUT_FETCH: ((90.2, 88.0), (64.2, 63.6), (73.8, 67.6), (92.4, 88.2), (87.2, 84.8),
                    (80.8, 74.8), (45.6, 30.8), (80.0, 69.2)),
    TAIL: ((94.2, 90.0), (96.0, 92.6), (90.0, 84.4), (98.6, 89.2), (99.6, 87.0), (90.2, 71.8),
           (91.8, 62.0), (83.6, 76.0)),
}  # fmt: skip
"""Accuracy on M and L by method, in the order of the tasks."""

_BY_RANGE: tuple[tuple[str, str, str, tuple[float, float, float], int], ...] = (
    ("Table 1", "large_number_addition", TAIL, (97.0, 92.5, 86.5), 200),
    ("Table 1", "large_number_addition", INDEX_HINT, (57.0, 34.5, 24.0), 200),
    ("Table 1", "large_number_addition", REVERSED, (39.5, 35.5, 35.0), 200),
    ("Table K1", "compare_numbers", TAIL, (98.0, 94.2, 90.0), 500),
    ("Table K1", "compare_numbers", DISTILLED, (72.2, 67.2, 61.8), 500),
)
"""Source, task, method, accuracy on S, M and L, and number of problems."""


def _all_figures() -> Iterator[PaperFigure]:
    for source, task, method, accuracies, problems in _BY_RANGE:
        for range_name, accuracy in zip(RANGE_NAMES, accuracies, strict=True):
            yield PaperFigure(source, task, range_name, method, accuracy, problems)
    yield PaperFigure("Table J1", "compare_numbers", "L", TAIL, 90.0, 500, 1455)
    yield PaperFigure("Table J1", "compare_numbers", "L", R1, 51.2, 500, 1461)
    for method, pairs in _TABLE_2.items():
        for task, pair in zip(_TABLE_2_TASKS, pairs, strict=True):
            for range_name, accuracy in zip(RANGE_NAMES[1:], pair, strict=True):
                yield PaperFigure("Table 2", task, range_name, method, accuracy, 500)


PAPER_FIGURES = tuple(_all_figures())
"""All accuracies; some are in several tables."""

PAPER_FINDINGS = (
    PaperFinding("Figure 4", "main", "Styled texts, all 18 tasks, beside base, Instruct and R1."),
    PaperFinding("Figure 5", "styles", "Minimal and styled texts, 8 tasks: no difference."),
    PaperFinding(
        "Figure 6, Appendix E",
        "activation",
        "Mixtures S:M:L 1:0:0, 8:1:1, 7:2:1, 5:3:2 and 4:3:3 at a fixed total: 8:1:1 nearly "
        "saturates.",
    ),
    PaperFinding(
        "Figure H1",
        "attention",
        "Attention to the two operands of a sum while it is written, with and without fetch.",
    ),
    PaperFinding(
        "Figure I1",
        "transfer",
        "Within dynamic programming (knapsack, LCS, Levenshtein) and greedy (Dijkstra, schedule), "
        "trained on the other tasks, on the task itself, or on all: no transfer.",
    ),
)


def paper_figure(task: str, range_name: str, method: str = TAIL) -> PaperFigure | None:
    """Return the paper's figure for a task, range and method; None if it states none."""
    return _FIGURE_BY_KEY.get((task, range_name, method))


def paper_accuracy(task: str, range_name: str, method: str = TAIL) -> str:
    """Return the paper's accuracy in percent as a text; empty if it states none."""
    figure = paper_figure(task, range_name, method)
    return f"{figure.accuracy:.1f}" if figure else ""


def paper_sources(figures: Iterable[PaperFigure | None]) -> str:
    """Return the sources of figures and their numbers of problems, each once, as a text."""
    names = [f"{each.source} ({each.problems} problems)" for each in figures if each]
    return ", ".join(dict.fromkeys(names))


_FIGURE_BY_KEY = {(each.task, each.range, each.method): each for each in PAPER_FIGURES}
