"""The page of a run, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler import render
from compiler.player.page import Comparison, Fact, run_page
from compiler.player.texts import written_text
from tests.support.browser import open_page
from tm import Limits, loads, run
from tm.engine import Run
from tm.formats import parse_busy_beaver

MACHINE = """\
tape t: '0' | '1'
tape out: '0' | '1'

main {
    while t in '0' | '1' {
        step flip at "{t.cell}" {
            fetch "b" = {t.cell}
            if t == '0' { out := '1' } else { out := '0' }
            solve "r" = {out.cell}
            right t, out
        }
    }
    left out until out == _
    right out
    answer "{out.all}"
    accept
}
"""

HOSTILE = (
    "</script><script>alert(1)</script> \"'&lt;<img src=x onerror=alert(1)> <!-- "
    "\u202eabc\u2069 שלום $data ]]>"
)
"""Text that must be shown as it is, and do nothing."""


def written_page(ran: Run, inputs: dict[str, str], **options: Any) -> str:
    text = render(ran.table, ran.trace)
    written = written_text(ran, text)
    return run_page(ran, inputs, title="flip", summary="", written=written, **options)


def wait_for(page: Any, time: int) -> None:
    """Wait until the page shows a configuration."""
    from playwright.sync_api import expect

    a_busy_machine = 60_000  # milliseconds
    expect(page.locator("#slider")).to_have_value(str(time), timeout=a_busy_machine)


@pytest.fixture(scope="module")
def flip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "flip.html"
    inputs = {"t": "0110"}
    path.write_text(written_page(run(loads(MACHINE), inputs, trace=True), inputs), "utf-8")
    return path


def now(page: Any) -> str:
    return page.locator("#now").inner_text()


def time(page: Any) -> int:
    return int(page.locator("#slider").input_value())


def test_steps_on_and_back(browser: Any, flip: Path) -> None:
    with open_page(browser, flip) as page:
        assert now(page).startswith("Transition 0 of ")
        page.click("#step")
        page.keyboard.press("ArrowRight")
        assert time(page) == 2
        page.keyboard.press("ArrowLeft")
        assert time(page) == 1
        page.click("#end")
        assert "the machine halted with `accept`" in now(page)
        out = page.locator(".tape").nth(1)
        assert "".join(out.locator(".cell").all_inner_texts()).strip("_") == "1001"
        assert page.locator("#announcer").inner_text() == now(page)
        page.keyboard.press("Home")
        assert time(page) == 0


def test_a_span_leads_to_the_transition_that_wrote_it(browser: Any, flip: Path) -> None:
    with open_page(browser, flip) as page:
        solved = page.locator(".span.solve", has_text="1").first
        solved.click()
        assert "current" in solved.get_attribute("class")
        written = time(page)
        assert "[1]" in page.locator(".cells").nth(1).get_attribute("aria-label")
        page.keyboard.press("]")
        assert time(page) > written
        page.keyboard.press("[")
        assert time(page) == written
        page.keyboard.press("n")
        assert page.locator("#text .here").inner_text().startswith("flip 1")


def test_the_source_and_the_rule_of_each_transition(browser: Any, tmp_path: Path) -> None:
    machine = tmp_path / "flip.tm"
    machine.write_text(MACHINE)
    from tm import load

    ran = run(load(machine, cached=False), {"t": "01"}, trace=True)
    path = tmp_path / "page.html"
    path.write_text(written_page(ran, {"t": "01"}), "utf-8")
    with open_page(browser, path) as page:
        assert page.locator("#rules .here").count() == 1
        assert page.locator("#source-title").inner_text().startswith("Source: flip.tm, line ")
        assert page.locator("#source .here").count() == 1


def test_jumps_and_refuses_numbers_beyond_the_run(browser: Any, flip: Path) -> None:
    with open_page(browser, flip) as page:
        page.select_option("#jump-kind", "state")
        page.fill("#jump-number", "2")
        page.click("#jump button")
        assert page.locator("#text .here").inner_text().startswith("flip 1")
        page.fill("#jump-number", "99")
        page.click("#jump button")
        message = "input => input.validationMessage"
        assert page.locator("#jump-number").evaluate(message) == "there is no state 99"


def test_breakpoints_on_and_back(browser: Any, tmp_path: Path) -> None:
    table = parse_busy_beaver("1RB1LB_1LA0LC_1RZ1LD_1RD0RA")
    ran = run(table, {})
    path = tmp_path / "bb.html"
    path.write_text(run_page(ran, {}, title="BB(4)", summary=""), "utf-8")
    states = [run(table, {}, limits=Limits(steps=n)).state for n in range(107)]
    in_d = [n for n, state in enumerate(states) if state == 3]
    with open_page(browser, path) as page:
        assert not page.locator("#text-section").is_visible()
        page.fill("#break-state", "X")
        page.click("#break button")
        assert page.locator("#break-fault").inner_text() == "there is no state X"
        page.fill("#break-state", "D")
        page.click("#break button")
        for expected in in_d[:3]:
            page.click("#continue")
            assert time(page) == expected
        page.keyboard.press("End")
        for expected in in_d[:-4:-1]:
            page.keyboard.press("r")
            wait_for(page, expected)
        page.locator("#breakpoints button").click()
        assert page.locator("#continue").is_disabled()


def test_the_page_answers_during_a_long_way(browser: Any, tmp_path: Path) -> None:
    table = parse_busy_beaver("1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA")
    ran = run(table, {}, limits=Limits(steps=3_000_000))
    path = tmp_path / "bb.html"
    path.write_text(run_page(ran, {}, title="BB(5)", summary=""), "utf-8")
    with open_page(browser, path) as page:
        page.evaluate(
            "() => new MutationObserver(([{ target }]) => {"
            " window.interim ||= target.textContent.startsWith('Computing'); })"
            ".observe(document.getElementById('now'), { childList: true })"
        )
        page.click("#end")
        wait_for(page, 3000000)
        page.keyboard.press("ArrowLeft")
        wait_for(page, 2999999)
        assert page.evaluate("window.interim")
        page.click("#play")
        wait_for(page, 3000000)
        page.click("#start")
        assert time(page) == 0


def test_plays_until_a_breakpoint(browser: Any, flip: Path) -> None:
    with open_page(browser, flip) as page:
        page.select_option("#break-kind", "transition")
        page.fill("#break-transition", "4")
        page.click("#break button")
        page.select_option("#speed", "1000")
        page.keyboard.press("Escape")
        page.click("#play")
        page.get_by_role("button", name="Play", exact=True).wait_for()
        assert time(page) == 4


def test_hostile_text_is_shown_and_does_nothing(browser: Any, tmp_path: Path) -> None:
    inputs = {"t": "01"}
    ran = run(loads(MACHINE), inputs, trace=True)
    rows = ((0, HOSTILE), (1, None), (2, "x"), (None, HOSTILE))
    comparison = Comparison(rows, 0, (Fact(HOSTILE, HOSTILE), Fact("operand b", "0", 1)))
    path = tmp_path / "hostile.html"
    html = run_page(
        ran,
        inputs,
        title=HOSTILE,
        summary=HOSTILE,
        prompt=HOSTILE,
        written=written_text(ran, render(ran.table, ran.trace)),
        comparison=comparison,
    )
    path.write_text(html, "utf-8")
    shown = HOSTILE.replace("\u202e", "[U+202E]").replace("\u2069", "[U+2069]")
    with open_page(browser, path) as page:
        assert page.title() == shown
        assert page.locator("h1").text_content() == shown
        assert page.locator("#prompt").text_content() == shown
        assert page.locator(".pair.first .different").text_content() == shown
        assert page.locator("img").count() == 0
        page.click("#comparison button")
        assert page.locator("#text .here").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_a_phone(browser: Any, flip: Path, scheme: str) -> None:
    size = {"width": 360, "height": 740}
    with open_page(browser, flip, viewport=size, color_scheme=scheme) as page:
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360
        unnamed = page.evaluate(
            "[...document.querySelectorAll('button, select, input')].filter((control) =>"
            " !control.textContent && !control.labels?.length"
            " && !control.getAttribute('aria-label')).map(({ id }) => id)"
        )
        assert unnamed == []
