"""The screen of the debugger, driven by Textual's pilot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.widgets import Input, Static

import tasks
from compiler import render
from compiler.player.texts import written_text
from tasks.corpus import items
from tests.support.cli import call_here
from tm import Limits, check_text, run
from tm.formats import parse_busy_beaver
from tmtail.debugger.app import Debugger, Panel
from tmtail.debugger.session import Session

CHAMPION = parse_busy_beaver("1RB1LB_1LA0LC_1RZ1LD_1RD0RA")


def drive(app: Debugger, play: Callable[[Any], Awaitable[None]]) -> None:
    async def driven() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            await play(pilot)

    asyncio.run(driven())


def shown(app: Debugger, panel: str) -> str:
    return app.query_one(f"#{panel}", Panel).shown.plain


def status(app: Debugger) -> str:
    return str(app.query_one("#status", Static).content)


async def command(pilot: Any, line: str) -> str:
    """Type a command and return the message that it shows."""
    await pilot.press("colon")
    await pilot.press(*line, "enter")
    await pilot.pause()
    return str(pilot.app.query_one("#message", Static).content)


def task_debugger(name: str) -> Debugger:
    task = tasks.get(name)
    (item,) = items(task, "S", "train", 0, [0])
    inputs = task.inputs(item.instance, item.wording)
    ran = run(task.table, inputs, trace=True)
    written = written_text(ran, render(task.table, ran.trace))
    return Debugger(Session(task.table, inputs, Limits()), written)


def test_printed_lines_are_shown() -> None:
    source = "tape t: '0'..'3'\nmain {\n    each t { print \"{t.cell}\" }\n}"
    table = check_text(source, "up.tm", prints=True).table
    app = Debugger(Session(table, {"t": "123"}, Limits()), None)

    async def play(pilot: Any) -> None:
        assert not app.query_one("#printed", Panel).display
        await pilot.press("n", "n")
        await pilot.pause()
        assert shown(app, "printed") == "up.tm:3: 1\nup.tm:3: 2"
        await pilot.press("b")
        await pilot.pause()
        assert shown(app, "printed") == "up.tm:3: 1"

    drive(app, play)


def test_steps_with_keys() -> None:
    app = Debugger(Session(CHAMPION, {}, Limits()), None)

    async def play(pilot: Any) -> None:
        await pilot.press("n", "n", "right")
        assert status(app) == "transition 3, state B"
        await pilot.press("b")
        assert status(app) == "transition 2, state A"
        assert not app.query_one("#text").display
        assert shown(app, "tapes").replace("·", "") == "tape 11"
        await pilot.press("c")
        await pilot.pause(0.5)
        assert status(app) == "transition 107, state accept: accept"
        assert shown(app, "rules") == "the machine has halted"
        await pilot.press("home")
        assert status(app) == "transition 0, state A"

    drive(app, play)


def test_commands() -> None:
    app = Debugger(Session(CHAMPION, {}, Limits()), None)

    async def play(pilot: Any) -> None:
        assert await command(pilot, "break D") == "1: break D"
        await pilot.press("c")
        await pilot.pause(0.5)
        assert status(app).endswith("state D")
        first = app.session.time
        await pilot.press("n", "r")
        assert app.session.time == first
        assert "there is no state `X`" in await command(pilot, "break X")
        assert "watch TAPE" in await command(pilot, "help")
        await command(pilot, "go 20")
        assert status(app).startswith("transition 20,")
        await pilot.press("colon", "q", "escape", "q")
        assert app.query_one(Input).value == "q"

    drive(app, play)


def test_the_text_and_the_source_of_a_task() -> None:
    app = task_debugger("bubble_sort")

    async def play(pilot: Any) -> None:
        assert shown(app, "text").startswith("read start at ")
        assert "tape list" in shown(app, "source")
        title = app.query_one("#source", Panel).border_title
        assert title is not None
        assert title.startswith("bubble_sort.tm, line ")
        await command(pilot, "go 999999")
        assert "answer: " in shown(app, "text")

    drive(app, play)


def test_the_command_opens_the_debugger(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Debugger] = []
    monkeypatch.setattr(Debugger, "run", lambda app: opened.append(app))
    refused = call_here("debug", "bubble_sort", "--length", 3)
    assert (refused.code, opened) == (1, [])
    assert "debug needs a terminal; `tmtail trace --html FILE` writes a page" in refused.err
    monkeypatch.setattr("tmtail.cli.commands.runs._check_terminal", lambda: None)
    assert call_here("debug", "bubble_sort", "--length", 3).code == 0
    assert call_here("debug", "1RB1LB_1LA1RZ").code == 0
    assert [app.written is None for app in opened] == [False, True]
    assert call_here("debug", "bubble_sort", "--tape", "list=1").code == 2
    assert call_here("debug", "1RB1LB_1LA1RZ", "--length", 3).code == 2
