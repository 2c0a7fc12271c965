"""The page and the picture of results: whole, self-contained, inert."""

import json
import re
import shutil
import subprocess
from base64 import b64decode
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from matplotlib.text import Text

import tasks
from compiler import Role
from evaluation.backends.base import End, Output, Reference
from evaluation.problems.replays import EvalProblem, replay
from evaluation.reports import charts
from evaluation.reports.charts import kaplan_meier
from evaluation.reports.examples import example, worst
from evaluation.reports.markup import facts
from evaluation.reports.page import page
from evaluation.reports.picture import image, write
from evaluation.reports.results import write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, score
from tasks import Stream, Task
from tm.support.escaping import name_invisible

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
EVIL = '<script>alert(1)</script>&"\x1b[31m'


def items(where: str, count: int, task: Task[Any] = TASK) -> list[EvalProblem]:
    stream = Stream("page", where)
    drawn = [task.draw(stream.at(i), where) for i in range(count)]
    names = [f"{where}{i}" for i in range(len(drawn))]
    return replay(task, where, names, drawn, [task.prompt(x) for x in drawn])


ITEM = items("S", 1)[0]


def scored(text: str, end: End = End.STOP) -> Score:
    return score(ITEM, Output(text, end, 1))


class Tags(HTMLParser):
    """Checks that tags are balanced, and collects them with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.found


ROWS, SCORES = evaluate([*items("S", 5), *items("M", 5)], Reference())


def pictures(html: str) -> list[str]:
    """The SVG of every image of a page."""
    begin = "data:image/svg+xml;base64,"
    sources = [attributes["src"] or "" for tag, attributes in tags(html) if tag == "img"]
    assert all(source.startswith(begin) for source in sources)
    return [b64decode(source.removeprefix(begin)).decode() for source in sources]


def rows_of(scores: list[Score]) -> list[ScoreRow]:
    outputs = {score.item.id: score.output for score in scores}

    class Given(Reference):
        def generate(self, requests, limit):
            for index, (item, _) in enumerate(requests):
                yield index, outputs[item.id]

    return evaluate([score.item for score in scores], Given())[0]


def report(*texts: str) -> str:
    """The report of outputs for one problem after another."""
    found = [score(item, Output(t, End.STOP, 1)) for item, t in zip(items("S", 9), texts)]  # noqa: B905
    return page(EVIL, EVIL, rows_of(found), found, {EVIL: EVIL}, each=9)


def words(html: str) -> str:
    return unescape(re.sub("<[^>]*>", "", html.partition("</style>")[2]))


def test_a_report_of_exact_chains() -> None:
    html = page("A title", "Words.", ROWS, SCORES, {"backend": "reference"})
    assert not [tag for tag, _ in tags(html) if tag == "details"]
    assert "There are none: every chain is exact." in words(html)
    assert len(pictures(html)) == 4  # accuracy, survival, modules, tokens
    assert "100.0 [57–100]" in words(html)


def test_facts_within_others_are_named_too() -> None:
    about = {"max_new_tokens": None, "training": {"ours": ["gaps", "<i>"], "tasks": [], "step": 4}}
    said = words("</style>" + facts(about).replace("</dt>", "=").replace("</dd>", ";"))
    assert said == "training: ours=gaps, <i>;training: tasks=none;training: step=4;"


def test_an_output_stands_beside_the_replay() -> None:
    text = ITEM.reference.string
    at = text.index("place")
    html = report(text[:at] + "nonsense")
    classes = {attributes.get("class") for tag, attributes in tags(html) if tag == "span"}
    assert {Role.CONTROL, Role.FETCH} & classes
    assert text in words(html).replace("\n\n", "\n")
    assert ITEM.prompt.strip() in words(html)
    marked = [a for _, a in tags(html) if "expected" in (a.get("class") or "")]
    found = scored(text[:at] + "nonsense").divergence
    assert found is not None
    assert [(a["title"] or "").split(" · ")[0] for a in marked] == [found.role]
    assert '<span class="got">nonsense</span>' in html
    assert "the model ended here" in words(report(text[:at]))


def test_no_character_of_an_output_is_shown_twice() -> None:
    first, second, *others = ITEM.reference.string.splitlines(keepends=True)
    assert second.split(":")[0] != others[0].split(":")[0]  # both begin with `place`
    assert second[:5] == others[0][:5] == "place"
    output = first + "".join(others)
    shown = re.findall("<pre>\n(.*?)</pre>", "".join(example(scored(output))), re.DOTALL)[2]
    assert unescape(re.sub("<[^>]*>", "", shown)).replace("(nothing)", "") == output


def test_the_worst_come_first() -> None:
    text = ITEM.reference.string
    made = [scored(text[:at] + "?") for at in (len(text) // 2, 3, len(text) - 9)]
    assert worst([*made, scored(text)], 2) == [made[1], made[0]]


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
    html = report(evil, ITEM.reference.string + evil)
    names = {tag for tag, _ in tags(html)}
    assert not names & {"script", "link", "iframe", "object"}
    assert len(pictures(html)) == 4
    assert not any(key.startswith("on") for _, attributes in tags(html) for key in attributes)
    assert "default-src 'none'" in html
    for sign in "\u2028\u2029\u202e\u200b\ufeff\x00\x7f\x9f\x1b\ud800\U000e0041":
        assert sign not in html
    html.encode("utf-8")
    found = [score(ITEM, Output(evil, End.STOP, 1))]
    write_results(tmp_path / "out", rows_of(found), found, {"backend": evil})
    (row,) = pq.read_table(tmp_path / "out" / "items.parquet").to_pylist()
    line = json.loads((tmp_path / "out" / "items.jsonl").read_text())
    assert row["id"] == line["id"]
    assert line["output"] == evil


@pytest.mark.skipif(BROWSER is None, reason="no chromium on the path: apt-get install chromium")
def test_a_browser_shows_it_and_runs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    evil = "<script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
    file.write_text(report(evil, ITEM.reference.string[:40] + evil), encoding="utf-8")
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
    assert done.stdout.count("<img") == 4
    assert done.stdout.count("<details") == 2
    assert "Accuracy by range" in done.stdout
    shot = (tmp_path / "shot.png").read_bytes()
    assert shot.startswith(b"\x89PNG")
    assert len(shot) > 30_000  # an empty page takes a tenth of it


def test_survival_is_that_of_kaplan_and_meier() -> None:
    ends = [(1, True), (2, False), (3, True), (3, True), (4, False)]
    states, shares = zip(*kaplan_meier(ends), strict=True)
    assert states == (0, 1, 2, 3, 4)
    assert shares == pytest.approx((1, 4 / 5, 4 / 5, 4 / 15, 4 / 15))
    assert kaplan_meier([]) == []


@pytest.mark.parametrize("name", ["$x^2$", "a\u202eb", EVIL])
def test_a_picture_takes_a_name_as_it_stands(name: str) -> None:
    task = tasks.get("compare_numbers", plain=True, ranges={name: (2, 4)})
    rows, scores = evaluate(items(name, 3, task), Reference())
    figures = (
        charts.accuracy(rows),
        charts.modules(rows),
        charts.tokens(rows, scores),
        charts.survival(rows, scores),
    )
    for figure in figures:
        assert figure is not None
        said = {text.get_text() for text in figure.findobj(Text)}
        assert any(name_invisible(name) in text for text in said)
        assert not any(unseen in text for text in said for unseen in "\u202e\x1b")
        (svg,) = pictures(image(figure, name))
        ElementTree.fromstring(svg)
        hosts = set(re.findall(r"\w+://([^/\"]*)", svg))
        assert hosts <= {"www.w3.org"}  # of namespaces


def test_the_same_results_are_the_same_page() -> None:
    first, second = (page("A title", "Words.", ROWS, SCORES) for _ in range(2))
    assert first == second


def test_what_a_picture_shows() -> None:
    rows = [*ROWS, replace(ROWS[0], fitting=0, longest=9)]
    (axes,) = charts.tokens(rows, SCORES).axes
    assert axes.get_xlabel() == "characters"
    (axes,) = charts.accuracy(rows).axes
    assert "does not fit (9 characters)" in [text.get_text() for text in axes.texts]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["compare_numbers   S 2–4", "M 5–6", "S 2–4"]
    broken = rows_of([scored("sign: x sign = ?")])
    (axes,) = charts.modules(broken).axes
    widths = {bars.get_label(): bars.patches[0].get_width() for bars in axes.containers}
    assert widths == {role.value: float(role is Role.FETCH) for role in Role}


def test_a_picture_is_a_png(tmp_path: Path) -> None:
    write(charts.both(ROWS, "A title"), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
