"""The pages of the tasks agree with the tasks."""

from pathlib import Path

import pytest

import tasks
from compiler import render
from tasks.tools.figures import fitting_length, range_problem_count, record_sizes
from tasks.tools.page_tables import STYLES
from tasks.tools.pages import example, measure, overview, page
from tests.support.models.vocabularies import qwen
from tests.support.tasks.task_samples import problem_count, trace_of

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", tasks.names())
def test_a_page_shows_the_current_task(name: str) -> None:
    """`make pages` writes the page; this test compares all but the measured figures."""
    task = tasks.get(name)
    text = (DOCS / "tasks" / f"{name}.md").read_text(encoding="utf-8")
    instance = example(task)
    trace = trace_of(task, instance)
    texts = [render(task.table, trace, style=style).string for style in STYLES]
    for part in f"`tmtail show {name} --part machine`", task.prompt(instance), *texts:
        assert part in text
    size = f"| {len(task.table.states):,} | {sum(1 for _ in task.table.rows()):,} |"
    assert size in text
    table = (DOCS / "tasks.md").read_text(encoding="utf-8")
    assert any(size in line for line in table.splitlines() if f"(tasks/{name}.md)" in line)


def test_figures_agree_with_the_texts() -> None:
    task, vocabulary = tasks.get("bubble_sort", ranges={"S": (2, 2), "L": (4, 4)}), qwen()
    figures = measure(task, vocabulary, 40)
    for (_, style), tokens in figures.tokens.items():
        assert style in STYLES
        assert (tokens.count, tokens.fitting, tokens.unwritten) == (40, 40, 0)
        assert tokens.tokens[0] <= tokens.quantile(0.95) <= tokens.tokens[-1]
        assert 0 < tokens.prompt < tokens.tokens[0]
    assert figures.tokens["S", "minimal"].tokens[-1] < figures.tokens["L", "minimal"].tokens[0]
    assert figures.transitions["S"] * 2 < figures.transitions["L"]
    assert 1 < figures.power < 3
    assert (figures.fitting, task.greatest_length) == (38, 50)
    assert figures.problems["S"] == 19_999 * 19_998
    assert "| 399,940,002 |" in page(task, figures)
    assert "of 40 random records" in overview([(task, figures)], 40)


def test_the_greatest_length_that_fits_a_context(monkeypatch: pytest.MonkeyPatch) -> None:
    task, vocabulary = tasks.get("word_flip"), qwen()
    monkeypatch.setattr("tasks.tools.figures.CONTEXT", 1_000)
    length = fitting_length(task, vocabulary)

    def median(n: int) -> int:
        sized = task.with_ranges({"n": (n, n)})
        return record_sizes(sized, "n", "minimal", vocabulary, 50).quantile(0.5)

    # The records are others than those by which the length was found: a symbol has some 28 tokens.
    assert median(length) <= 1_015
    assert median(length + 1) > 985


def test_texts_beyond_the_budget_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    task = tasks.get("bubble_sort")
    monkeypatch.setattr(type(task), "budget", 400)
    monkeypatch.setattr("tasks.tools.figures.MAX_LETTERS", 400)
    figures = record_sizes(task, "S", "minimal", qwen(), 60)
    assert figures.count == 60
    assert 0 < figures.fitting < len(figures.tokens) < 60
    assert range_problem_count(task, "S") == sum(problem_count(task, n) for n in (2, 3, 4))
