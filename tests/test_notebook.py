"""Objects in a notebook: short ``repr``, and HTML that is well formed, capped and inert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from compiler.display import MAX_CHARACTERS, coloured_html
from tm import check_text
from tm.display import MAX_CELLS, MAX_ROWS
from tm.support.html import Markup, escape_html, fragment, html_table, preformatted
from tmtail import (
    Corpus,
    CorpusRequest,
    Run,
    Text,
    build,
    render,
    render_batch,
    run,
    run_batch,
    step,
    task,
)
from tmtail.evaluation import Reference, Verdict, draw_problems, evaluate

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>&amp;\u202e\x1b[31m\"'"
SORTING = task("bubble_sort")


class Tags(HTMLParser):
    """The tags and attributes of HTML, whose elements must be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def assert_inert(html: str) -> None:
    """Assert that HTML is well formed and can neither run, load, link nor style anything else."""
    parsed = Tags(html)
    allowed = {"div", "b", "table", "thead", "tbody", "tr", "th", "td", "span", "pre"}
    assert parsed.tags <= allowed
    assert parsed.attributes <= {"style"}
    assert "url(" not in html
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", html)


@pytest.fixture(scope="module")
def result() -> Run:
    instance = SORTING.instance(values=(3, 1, 2))
    return run(SORTING.table, SORTING.inputs(instance), trace=True)


@pytest.fixture(scope="module")
def text(result: Run) -> Text:
    assert result.trace is not None
    return render(SORTING.table, result.trace)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus") / "<b>"
    request = CorpusRequest(tasks=[SORTING], train=4, eval=2, probe=0, ranges=["S"])
    return build(request, out=folder, workers=1)


def objects(result: Run, text: Text, corpus: Corpus) -> Iterator[Any]:
    stepper = step(SORTING.table, {})
    stepper.step()
    yield from (SORTING.table, result, result.tapes[0], text, corpus, stepper)


def test_reprs_are_short(result: Run, text: Text, corpus: Corpus) -> None:
    batch = run_batch(SORTING.table, [{}, {}], trace=True)
    assert batch.trace is not None
    texts = render_batch(SORTING.table, batch.trace, spans=True)
    for shown in (
        *objects(result, text, corpus), result.trace, text.spans, batch, texts, texts.spans
    ):  # fmt: skip
        assert len(repr(shown)) < 400
        assert "\n" not in repr(shown)
        assert type(shown).__name__ in repr(shown)
    assert repr(text) == f"<Text of {len(text.string)} characters, {len(text.spans)} spans>"
    assert f"accept after {result.transitions} transitions" in repr(result)
    assert "out='1, 2, 3'" in repr(result)
    assert repr(batch).startswith("<Batch of 2 runs of bubble_sort: 2 ")


def test_html_is_inert(result: Run, text: Text, corpus: Corpus) -> None:
    for shown in objects(result, text, corpus):
        assert_inert(shown._repr_html_())


def test_scores_are_short_and_inert() -> None:
    problems = list(draw_problems([SORTING], ["S"], 2))
    (row,), (score, *_) = evaluate(problems, Reference())
    assert repr(problems[0]).startswith("<EvalProblem 'bubble_sort-S-eval-0-")
    assert repr(row).startswith("<ScoreRow bubble_sort S: 2 problems: answer accuracy 100.0 [")
    html = row._repr_html_()
    assert_inert(html)
    assert "exact chains" in html
    assert_inert(score._repr_html_())
    hostile = score._replace(verdict=Verdict.WRONG, answer=HOSTILE, exact=False)
    assert_inert(hostile._repr_html_())
    assert "&lt;script&gt;" in hostile._repr_html_()


def test_a_table_shows_its_first_rules() -> None:
    html = SORTING.table._repr_html_()
    assert html.count("<tr>") == MAX_ROWS + 1
    assert "more rows: tmtail.to_tsv(table)" in html
    assert SORTING.table.states[0].name in html
    small = check_text("tape t: '0'\nmain { while t == '0' { right t } }\n").table
    assert small._repr_html_().count("<tr>") == 1 + len(list(small.rows()))
    assert "more rows" not in small._repr_html_()


def test_a_run_shows_its_tapes_and_heads() -> None:
    table = check_text("tape t: '0' | '1'\nmain { while t != _ { right t } left t }\n").table
    html = run(table, {"t": "001"})._repr_html_()
    assert re.search(r'>00<span style="outline[^"]*">1</span><', html)
    assert "accept" in html
    long = run(table, {"t": "0" * 500})._repr_html_()
    assert long.count("0") < 2 * MAX_CELLS + 60
    assert "… 0" in long


def test_a_text_shows_its_roles_in_colours(text: Text) -> None:
    html = text._repr_html_()
    for role in ("control", "fetch", "solve", "next", "answer"):
        assert f"> {role} </span>" in html
    words = re.sub("<[^>]*>", "", html.partition("<pre")[2].partition(">")[2])
    assert words == text.string.replace(">", "&gt;")


def test_a_long_text_is_cut() -> None:
    html = coloured_html("long", "a" * 30_000, [(0, 30_000, "fetch")])
    assert html.count("a" * MAX_CHARACTERS) == 1
    assert "a" * (MAX_CHARACTERS + 1) not in html
    assert "… 10,000 more" in html


def test_a_hostile_text_is_escaped() -> None:
    spans = [(0, 6, "fetch"), (6, 30, "no such role"), (30, len(HOSTILE), "answer")]
    pieces = [
        coloured_html(HOSTILE, HOSTILE, spans),
        fragment(HOSTILE, preformatted(HOSTILE), note=HOSTILE),
        html_table([HOSTILE], [[HOSTILE], [HOSTILE]]),
    ]
    for html in pieces:
        assert_inert(html)
        assert "&lt;script&gt;" in html
        assert "[U+202E]" in html
        assert "[U+001B]" in html
    assert escape_html(Markup("<b>")) == "<b>"


def test_a_hostile_folder_is_escaped(corpus: Corpus) -> None:
    assert isinstance(corpus.folder, Path)
    assert "&lt;b&gt;" in corpus._repr_html_()
