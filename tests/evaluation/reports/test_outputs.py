"""Pages of single outputs: both texts aligned, the first divergence and its operands."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.player.texts import pieces
from evaluation.backends.base import End, Output
from evaluation.reports.outputs import MAX_EXTRA_ROWS, MAX_ROW_CHARACTERS, compare, output_page
from evaluation.reports.results import read_results, write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import score
from tasks.corpus import Form
from tests.support.browser import open_browser, open_page
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import FixedOutputs

PROBLEM = replayed("M", 1, form=Form(prompt="keyed"))[0]
LINES = PROBLEM.completion.splitlines(keepends=True)
WRONG = LINES[1].replace("equal ->", "less ->")
"""The second line with a wrong result."""

HOSTILE = (
    "</script><script>alert(1)</script>\u202e<img src=x onerror=alert(1)>\u05e9\x1b[31m\ud800\n"
)


def rows(*lines: str) -> tuple[list[tuple[int | None, str | None]], int | None]:
    """Return the rows of an output, and the row of the first divergence."""
    output = Output("".join(lines), End.STOP, 1)
    comparison = compare(PROBLEM.reference, score(PROBLEM, output))
    return list(comparison.rows), comparison.first


ALL: list[tuple[int | None, str | None]] = list(enumerate(LINES))


def test_lines_are_pieces_of_the_text() -> None:
    assert LINES[1] != WRONG
    assert len(pieces(PROBLEM.reference.spans)) == len(LINES) > 4


def test_the_reference_itself() -> None:
    assert rows(*LINES) == (ALL, None)


def test_a_wrong_result() -> None:
    shown, first = rows(LINES[0], WRONG, *LINES[2:])
    assert shown == [ALL[0], (1, WRONG), *ALL[2:]]
    assert first == 1


def test_a_state_is_left_out() -> None:
    shown, first = rows(LINES[0], *LINES[2:])
    assert shown == [ALL[0], (1, None), *ALL[2:]]
    assert first == 1


def test_a_state_is_written_twice() -> None:
    shown, first = rows(*LINES[:2], *LINES[1:])
    assert (None, LINES[1]) in shown[1:4]
    assert [row for row in shown if row[0] is not None] == ALL
    assert first == 2


def test_the_output_ends_early() -> None:
    assert rows(*LINES[:2]) == ([*ALL[:2], *((i, None) for i in range(2, len(LINES)))], 2)
    assert rows() == ([(i, None) for i in range(len(LINES))], 0)


def test_the_output_goes_on_after_the_answer() -> None:
    shown, first = rows(*LINES, "\nand more")
    assert first == len(LINES) - 1
    assert shown[:-1] == [*ALL[:-1], (len(LINES) - 1, LINES[-1] + "\n")]
    assert shown[-1] == (None, "and more")


@pytest.mark.parametrize("line", ["again\n", "again "])
def test_endless_repetition_is_shortened(line: str) -> None:
    shown, _ = rows(LINES[0], line * 1_000_000)
    assert len(shown) <= len(LINES) + MAX_EXTRA_ROWS + 1
    assert max(len(text or "") for _, text in shown) < MAX_ROW_CHARACTERS + 40


def test_operands_and_where_they_come_from() -> None:
    problem = replayed("M", 1)[0]
    lines = problem.completion.splitlines(keepends=True)
    wrong = next(i for i, line in enumerate(lines) if line.startswith("whole plus equal m: "))
    output = problem.completion.replace("; equal -> whole plus equal n", "; less")
    comparison = compare(problem.reference, score(problem, Output(output, End.STOP, 1)))
    assert comparison.first == wrong
    facts = {fact.name: fact for fact in comparison.facts}
    assert facts["model's text there"].text.startswith("less\n")
    for name in ("x m", "y m"):
        operand = facts[f"operand {name}"]
        assert operand.piece is not None
        assert f"{name} = {operand.text} ->" in lines[operand.piece]


def test_an_answer_alone_has_no_page() -> None:
    problem = replayed("S", 1, form=Form(format="answer"))[0]
    assert output_page(score(problem, Output("no", End.STOP, 1))) is None


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)])
def test_a_hostile_output_in_a_browser(tmp_path: Path, size: tuple[int, int]) -> None:
    output = "".join([LINES[0], HOSTILE, *LINES[2:]])
    html = output_page(score(PROBLEM, Output(output, End.STOP, 1)))
    assert html is not None
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    viewport = {"width": size[0], "height": size[1]}
    with open_browser() as browser, open_page(browser, path, viewport=viewport) as page:
        assert page.locator(".pair.first").count() == 1
        shown = page.locator(".pair.first .different").text_content()
        assert shown.startswith("</script><script>alert(1)</script>[U+202E]<img")
        assert "[U+001B]" in shown
        assert "[U+D800]" in shown
        assert page.locator("img").count() == 0
        assert page.locator("#text .here").text_content().startswith(LINES[1].rstrip("\n"))
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_report_leads_to_the_pages(tmp_path: Path) -> None:
    problems = replayed("S", 3)
    backend = FixedOutputs({problem.id: Output("no", End.STOP, 1) for problem in problems})
    evaluated = evaluate(problems, backend)
    write_results(tmp_path / "scores", *evaluated, {"backend": "fixed"})
    written = sorted((tmp_path / "scores" / "worst").iterdir())
    assert [path.name for path in written] == ["001.html", "002.html"]
    assert 'href="worst/001.html"' in (tmp_path / "scores" / "report.html").read_text()
    assert "worst/001.html" in read_results(tmp_path / "scores")["files"]
