"""Sessions of the debugger: movement, breakpoints and commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tm import Limits, check_text, load, loads, run
from tm.formats import parse_busy_beaver
from tm.table import Table
from tmtail.debugger import session as module
from tmtail.debugger.session import Session

CHAMPION = parse_busy_beaver("1RB1LB_1LA0LC_1RZ1LD_1RD0RA")
"""BB(4), which halts after 107 transitions."""


def states(table: Table) -> list[str]:
    """Return the state of each configuration, the last one excepted."""
    total = run(table, {}).transitions
    ends = [run(table, {}, limits=Limits(steps=n)).state for n in range(total)]
    return [table.state_names[state] for state in ends]


def test_steps_on_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRANSITIONS_PER_CHECKPOINT", 4)
    monkeypatch.setattr(module, "MAX_CHECKPOINTS", 3)
    session = Session(CHAMPION, {}, Limits())
    expected = states(CHAMPION)
    for time in (5, 3, 4, 50, 49, 0, 106, 1, 90):
        session.go_to(time)
        assert (session.time, session.state) == (time, expected[time])
        assert session.row is not None
    session.go_to(10**9)
    assert (session.time, session.state, session.row) == (107, "accept", None)
    assert not session.step()


@pytest.mark.parametrize("interval", [1, 3, 512])
def test_runs_to_the_breakpoints_on_and_back(
    monkeypatch: pytest.MonkeyPatch, interval: int
) -> None:
    monkeypatch.setattr(module, "TRANSITIONS_PER_CHECKPOINT", interval)
    session = Session(CHAMPION, {}, Limits())
    assert session.command("break D") == "1: break D"
    in_d = [time for time, state in enumerate(states(CHAMPION)) if state == "D"]
    for time in in_d:
        assert session.run_on(1000)
        assert session.time == time
    assert session.run_on(1000)
    assert session.time == 107
    for time in reversed(in_d):
        session.run_back()
        assert session.time == time
    session.run_back()
    assert session.time == 0


def test_breakpoints_on_symbols_writes_and_lines(tmp_path: Path) -> None:
    file = tmp_path / "copy.tm"
    file.write_text(
        "tape t: '0' | '1'\ntape u: '0' | '1'\nmain {\n  while t != _ {\n    u := t\n"
        "    right t, u\n  }\n  left u\n  u := '0'\n  accept\n}\n"
    )
    table = load(file, cached=False)
    session = Session(table, {"t": "001"}, Limits())
    session.command("break t = 1")
    assert session.run_on(100)
    assert session.time == 2
    session.command("delete 1")
    session.command("watch u")
    assert session.run_on(100)
    assert session.time == 3
    session.command("delete 2")
    lines = {state.place.line for state in table.states}
    session.command(f"break {max(lines)}")
    assert session.command("list") == f"3: break {max(lines)}"
    assert session.run_on(100)
    assert session.stepper.state >= 0
    with pytest.raises(ValueError, match="no state begins at line 1 of"):
        session.command("break 1")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("break E", "there is no state `E`"),
        ("break x = 1", "no tape `x`"),
        ("break tape = 9", "has no symbol '9'"),
        ("watch x", "no tape `x`"),
        ("delete 7", "there is no breakpoint 7"),
        ("go on", "`go on` is not a command"),
        ("", "`` is not a command"),
    ],
)
def test_what_is_wrong_with_a_command(command: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Session(CHAMPION, {}, Limits()).command(command)


def test_a_broken_contract_stops_the_run() -> None:
    table = loads("tape t: 'a'\nproc f(x at first) { right x }\nmain { right t\n f(t)\n accept }\n")
    session = Session(table, {"t": "aa"}, Limits())
    assert session.run_on(10)
    assert "contract `t at first` is broken" in session.fault
    session.go_to(0)
    assert session.fault == ""


def test_lines_are_those_printed_so_far() -> None:
    source = "tape t: '0'..'3'\nmain {\n    each t { print \"{t.cell}\" }\n}"
    session = Session(check_text(source, "up.tm", prints=True).table, {"t": "123"}, Limits())
    session.go_to(2)
    assert session.lines == ["up.tm:3: 1", "up.tm:3: 2"]
    session.go_to(1)
    assert session.lines == ["up.tm:3: 1"]
    session.go_to(9)
    assert session.lines == ["up.tm:3: 1", "up.tm:3: 2", "up.tm:3: 3"]
