"""The page and the picture of results: whole, self-contained, inert."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

import tasks
from compiler import Role
from evaluation.backends import End, Output, Reference
from evaluation.items import Item, replay
from evaluation.page import page
from evaluation.picture import draw
from evaluation.scoring import Score, evaluate, score
from tasks import Stream

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})
EVIL = '<script>alert(1)</script>&"\x1b[31m'


def items(where: str, count: int) -> list[Item]:
    stream = Stream("page", where)
    drawn = [TASK.draw(stream.at(i), where) for i in range(count)]
    return replay(TASK, where, [(f"{where}{i}", x, TASK.prompt(x)) for i, x in enumerate(drawn)])


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
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.found


def test_a_page_shows_the_whole_text_coloured() -> None:
    html = page("A title", "Words.", [scored(ITEM.reference.string)])
    classes = {attributes.get("class") for tag, attributes in tags(html) if tag == "span"}
    assert {role.value for role in Role} <= classes
    shown = unescape(re.sub("<[^>]*>", "", html))
    assert ITEM.reference.string in shown
    assert ITEM.prompt in shown
    assert "right, exact chain" in shown


def test_a_page_loads_nothing_and_runs_nothing() -> None:
    html = page(EVIL, EVIL, [scored(EVIL), scored("")])
    names = {tag for tag, _ in tags(html)}
    assert not names & {"script", "link", "img", "iframe", "object"}
    assert "://" not in html
    assert not any(key.startswith("on") for _, attributes in tags(html) for key in attributes)


def test_the_first_wrong_span_is_marked_and_what_was_written_follows() -> None:
    text = ITEM.reference.string
    at = text.index("place")
    found = scored(text[:at] + "nonsense")
    marked = [a for _, a in tags(page("", "", [found])) if "expected" in (a.get("class") or "")]
    assert len(marked) == 1
    assert found.divergence is not None
    assert marked[0]["title"] is not None
    assert marked[0]["title"].startswith(found.divergence.role)
    assert "nonsense</pre>" in page("", "", [found])
    assert "(the model ended here)" in page("", "", [scored(text[:at])])


def test_a_picture_is_a_png(tmp_path: Path) -> None:
    rows, _ = evaluate(items("S", 5) + items("M", 5), Reference())
    draw(rows, "A title", tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="no results"):
        draw([], "", tmp_path / "b.png")
