"""The HTML page and the charts of results: complete, self-contained, inert."""

import json
import re
import shutil
import subprocess
from base64 import b64decode
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from matplotlib.container import BarContainer
from matplotlib.text import Text

import tasks
from compiler import Role
from evaluation.backends.base import End, Output, Reference
from evaluation.reports import charts
from evaluation.reports.charts import kaplan_meier
from evaluation.reports.examples import example, worst
from evaluation.reports.figures import svg_image, write_png
from evaluation.reports.markup import facts
from evaluation.reports.page import page
from evaluation.reports.results import write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, score
from tasks.corpus import Form
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import FixedOutputs
from tm.support.escaping import name_invisible

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
EVIL = '<script>alert(1)</script>&"\x1b[31m'


KEYED = Form(prompt="keyed")
PROBLEM = replayed("S", 1, form=KEYED)[0]


def scored(text: str, end: End = End.STOP) -> Score:
    return score(PROBLEM, Output(text, end, 1))


class TagCollector(HTMLParser):
    """Checks that tags are balanced, and collects them with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = TagCollector()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.tags


ROWS, SCORES = evaluate([*replayed("S", 5), *replayed("M", 5)], Reference())


def pictures(html: str) -> list[str]:
    """Return the SVG of every image of a page."""
    prefix = "data:image/svg+xml;base64,"
    sources = [attributes["src"] or "" for tag, attributes in tags(html) if tag == "img"]
    assert all(source.startswith(prefix) for source in sources)
    return [b64decode(source.removeprefix(prefix)).decode() for source in sources]


def rows_of(scores: list[Score]) -> list[ScoreRow]:
    """Return the rows of outputs, one for each problem."""
    backend = FixedOutputs({score.problem.id: score.output for score in scores})
    return evaluate([score.problem for score in scores], backend)[0]


def report(*texts: str) -> str:
    """Return the report of outputs for one problem after another."""
    pairs = zip(replayed("S", len(texts), form=KEYED), texts, strict=True)
    scores = [score(problem, Output(text, End.STOP, 1)) for problem, text in pairs]
    return page(EVIL, EVIL, rows_of(scores), scores, {EVIL: EVIL}, each=9)


def words(html: str) -> str:
    """Return the text of a page without its tags."""
    return unescape(re.sub("<[^>]*>", "", html.partition("</style>")[2]))


def test_a_report_of_exact_chains() -> None:
    html = page("A title", "Words.", ROWS, SCORES, {"backend": "reference"})
    assert [tag for tag, _ in tags(html)].count("details") == 1  # the table of lengths
    assert "None: every chain is exact." in words(html)
    assert len(pictures(html)) == 5  # accuracy, lengths, survival, modules, tokens
    assert "100.0 [57–100]" in words(html)


def test_a_report_has_the_remarks_on_the_figures() -> None:
    rows = [replace(ROWS[0], shortcuts={"commonest answer": 0.4, "the longer": 0.7}), ROWS[1]]
    html = page("A title", "Words.", rows, SCORES)
    assert "compare_numbers S: chance is that of the rule `the longer`" in words(html)


def test_nested_facts_are_flattened() -> None:
    description = {
        "max_new_tokens": None,
        "training": {"ours": ["gaps", "<i>"], "tasks": [], "step": 4},
    }
    shown = words("</style>" + facts(description).replace("</dt>", "=").replace("</dd>", ";"))
    assert shown == "training: ours=gaps, <i>;training: tasks=none;training: step=4;"


def test_an_output_is_shown_beside_its_reference() -> None:
    text = PROBLEM.reference.string
    at = text.index("whole")
    html = report(text[:at] + "nonsense")
    classes = {attributes.get("class") for tag, attributes in tags(html) if tag == "span"}
    assert {Role.CONTROL, Role.FETCH} & classes
    assert text in words(html).replace("\n\n", "\n")
    assert PROBLEM.prompt.strip() in words(html)
    marked = [a for _, a in tags(html) if "expected" in (a.get("class") or "")]
    divergence = scored(text[:at] + "nonsense").divergence
    assert divergence is not None
    assert [(a["title"] or "").split(" · ")[0] for a in marked] == [divergence.role]
    assert '<span class="got">nonsense</span>' in html
    assert "the model ended here" in words(report(text[:at]))


def test_no_character_of_an_output_is_shown_twice() -> None:
    first, second, *others = PROBLEM.reference.string.splitlines(keepends=True)
    assert second.split(":")[0] != others[0].split(":")[0]  # both begin with `whole`
    assert second[:5] == others[0][:5] == "whole"
    output = first + "".join(others)
    shown = re.findall("<pre>\n(.*?)</pre>", "".join(example(scored(output))), re.DOTALL)[2]
    assert unescape(re.sub("<[^>]*>", "", shown)).replace("(nothing)", "") == output


def test_the_worst_outputs_come_first() -> None:
    text = PROBLEM.reference.string
    scores = [scored(text[:at] + "?") for at in (len(text) // 2, 3, len(text) - 9)]
    assert worst([*scores, scored(text)], 2) == [scores[1], scores[0]]


@pytest.mark.parametrize(
    "evil",
    [
        EVIL,
        "</pre></div><script>document.title='x'</script>",
        "<img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "]]><!--",
        "&lt;script&gt;",
        "\u2028\u2029\u202e\u200b\ufeff\x00\x7f\x9f",
        "\ud800",
        "\U000e0041",
        "<svg/onload=alert(1)>" * 1000,
    ],
)
def test_a_report_loads_nothing_and_runs_nothing(evil: str, tmp_path: Path) -> None:
    html = report(evil, PROBLEM.reference.string + evil)
    names = {tag for tag, _ in tags(html)}
    assert not names & {"script", "link", "iframe", "object"}
    assert len(pictures(html)) == 5
    assert not any(key.startswith("on") for _, attributes in tags(html) for key in attributes)
    assert "default-src 'none'" in html
    for character in "\u2028\u2029\u202e\u200b\ufeff\x00\x7f\x9f\x1b\ud800\U000e0041":
        assert character not in html
    html.encode("utf-8")
    scores = [scored(evil)]
    write_results(tmp_path / "out", rows_of(scores), scores, {"backend": evil})
    (row,) = pq.read_table(tmp_path / "out" / "items.parquet").to_pylist()
    line = json.loads((tmp_path / "out" / "items.jsonl").read_text())
    assert row["id"] == line["id"]
    assert line["output"] == evil


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed: apt-get install chromium")
def test_a_browser_shows_the_report_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    evil = "<script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
    file.write_text(report(evil, PROBLEM.reference.string[:40] + evil), encoding="utf-8")
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
        "--window-size=1300,2400", f"--screenshot={tmp_path / 'shot.png'}", "--dump-dom",
        file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    title = re.search("<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title is not None
    assert "pwned" not in title[1]
    assert "CONSOLE" not in done.stderr  # no error, no message
    assert done.stdout.count("<img") == 5
    assert done.stdout.count("<details") == 3  # lengths, two outputs
    assert "Accuracy by range" in done.stdout
    shot = (tmp_path / "shot.png").read_bytes()
    assert shot.startswith(b"\x89PNG")
    assert len(shot) > 30_000  # an empty page takes a tenth of it


def test_survival_is_the_estimate_of_kaplan_and_meier() -> None:
    ends = [(1, True), (2, False), (3, True), (3, True), (4, False)]
    states, shares = zip(*kaplan_meier(ends), strict=True)
    assert states == (0, 1, 2, 3, 4)
    assert shares == pytest.approx((1, 4 / 5, 4 / 5, 4 / 15, 4 / 15))
    assert kaplan_meier([]) == []


@pytest.mark.parametrize("name", ["$x^2$", "a\u202eb", EVIL])
def test_a_chart_shows_any_name_as_plain_text(name: str) -> None:
    task = tasks.get("compare_numbers", plain=True, ranges={name: (2, 4)})
    rows, scores = evaluate(replayed(name, 3, task=task), Reference())
    figures = (
        charts.accuracy(rows),
        charts.modules(rows),
        charts.tokens(rows, scores),
        charts.survival(rows, scores),
    )
    for figure in figures:
        assert figure is not None
        labels = {text.get_text() for text in figure.findobj(Text)}
        assert any(name_invisible(name) in text for text in labels)
        assert not any(invisible in text for text in labels for invisible in "\u202e\x1b")
        (svg,) = pictures(svg_image(figure, name))
        ElementTree.fromstring(svg)
        hosts = set(re.findall(r"\w+://([^/\"]*)", svg))
        assert hosts <= {"www.w3.org"}  # names of XML namespaces


def test_the_same_results_give_the_same_page() -> None:
    first, second = (page("A title", "Words.", ROWS, SCORES) for _ in range(2))
    assert first == second


def test_contents_of_charts() -> None:
    rows = [*ROWS, replace(ROWS[0], fitting=0, longest=9)]
    (axes,) = charts.tokens(rows, SCORES).axes
    assert axes.get_xlabel() == "characters"
    (axes,) = charts.accuracy(rows).axes
    assert "does not fit (9 characters)" in [text.get_text() for text in axes.texts]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["compare_numbers   S 2–4", "M 5–6", "S 2–4"]
    broken = rows_of([scored("sign: x sign = ?")])
    (axes,) = charts.modules(broken).axes
    bars = [each for each in axes.containers if isinstance(each, BarContainer)]
    widths = {each.get_label(): each.patches[0].get_width() for each in bars}
    assert widths == {role.value: float(role is Role.FETCH) for role in Role}


def test_a_chart_is_written_as_png(tmp_path: Path) -> None:
    write_png(charts.accuracy_and_modules(ROWS, "A title"), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
