"""A headless browser for tests of pages: Chromium, as the system has it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""Names of the program."""


@contextmanager
def open_browser() -> Iterator[Any]:
    """Yield Chromium; skip the test if it, or Playwright, is not installed."""
    playwright = pytest.importorskip("playwright.sync_api")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Any, path: Path, **options: Any) -> Iterator[Any]:
    """Yield a file as a page that may load nothing; fail if it has errors or asks for more."""
    faults: list[str] = []
    context = browser.new_context(**options)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.on("request", lambda request: faults.append(request.url))
    page.on("dialog", lambda dialog: faults.append("a dialog opened"))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert faults == [path.as_uri()]
