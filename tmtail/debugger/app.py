"""The screen of the debugger: tapes, the table, the source, the text, and a line for commands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text as Coloured
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Footer, Input, Static

from compiler.player.sources import source_lines, source_name
from compiler.player.texts import WrittenText
from tm.display import rule_texts
from tm.support.escaping import name_invisible
from tm.table import Row
from tm.trees import paths
from tmtail.cli.output import COLOURS
from tmtail.debugger.session import USAGE, Session

TRANSITIONS_PER_BURST = 5_000
"""Transitions between two looks at the keyboard."""

CHARACTERS_BEFORE, CHARACTERS_AFTER = 600, 1_200
"""Characters of the text that are shown around the present transition."""

LINES_PRINTED = 6
"""Lines of ``print`` statements that are shown, the last ones."""

HERE = "reverse"
"""Style of the cell under a head, the row that applies and the line of the source."""


class Panel(Static):
    """A panel with a title, which shows text and never markup."""

    def __init__(self, title: str, id: str) -> None:
        super().__init__(id=id, markup=False)
        self.border_title = title
        self.shown = Coloured()

    def draw(self, content: Coloured) -> None:
        """Show a text."""
        self.shown = content
        self.update(content)


class Debugger(App[None]):
    """The debugger of a run.

    Parameters
    ----------
    session
        The run.
    written
        The text of the whole run; None if it has none.
    """

    CSS = """
    Panel { border: round $primary; height: auto; padding: 0 1 }
    #left { width: 3fr } #right { width: 2fr }
    #rules, #printed { max-height: 40% } #text, #source { height: 1fr }
    #status, #message { height: auto; padding: 0 1 }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,right", "step", "step"),
        Binding("b,left", "step_back", "back"),
        Binding("c", "run_on", "run on"),
        Binding("r", "run_back", "run back"),
        Binding("home", "start", "start"),
        Binding("colon", "type", "command"),
        Binding("q", "quit", "quit"),
    ]
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = ""  # keys make transitions until the line for commands is asked for

    def __init__(self, session: Session, written: WrittenText | None) -> None:
        super().__init__()
        self.session = session
        self.written = written
        self.running = False

    def compose(self) -> ComposeResult:
        """Return the panels."""
        yield Static(id="status", markup=False)
        with Horizontal():
            with Vertical(id="left"):
                yield Panel("Tapes", "tapes")
                yield Panel("Text", "text")
                yield Panel("Printed", "printed")
            with Vertical(id="right"):
                yield Panel("Table", "rules")
                yield Panel("Source", "source")
        yield Static(id="message", markup=False)
        yield Input(placeholder="break main:12 · break t = 1 · watch t · go 100 · help", id="line")
        yield Footer()

    def on_mount(self) -> None:
        """Show the first configuration."""
        self.query_one("#text", Panel).display = self.written is not None
        self.call_after_refresh(self.draw)

    def on_resize(self) -> None:
        """Fit the tapes to the width."""
        self.call_after_refresh(self.draw)

    # Commands

    def action_step(self) -> None:
        """Make one transition."""
        self._stop()
        self.session.step()
        self.draw()

    def action_step_back(self) -> None:
        """Take one transition back."""
        self._stop()
        self.session.go_to(self.session.time - 1)
        self.draw()

    def action_start(self) -> None:
        """Go to the first configuration."""
        self._stop()
        self.session.go_to(0)
        self.draw()

    def action_run_on(self) -> None:
        """Run until a breakpoint or the end; any other command stops it."""
        self.running = True
        self._burst()

    def action_run_back(self) -> None:
        """Run back to a breakpoint or the beginning."""
        self._stop()
        self.session.run_back()
        self.draw()

    def action_type(self) -> None:
        """Move to the line for commands."""
        self.query_one("#line", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Carry out the command of the line."""
        self._stop()
        line = event.value.strip()
        event.input.clear()
        self.set_focus(None)
        if line in ("quit", "q"):
            self.exit()
        elif line in ("help", "h", "?"):
            self.say(USAGE)
        elif line:
            try:
                message = self.session.command(line)
            except ValueError as error:
                message = str(error)
            self.draw()
            self.say(message)

    def on_key(self, event: object) -> None:
        """Leave the line for commands with Escape."""
        if getattr(event, "key", "") == "escape":
            self.set_focus(None)

    def _burst(self) -> None:
        if not self.running:
            return
        if self.session.run_on(TRANSITIONS_PER_BURST):
            self.running = False
        else:
            self.set_timer(0.001, self._burst)
        self.draw()

    def _stop(self) -> None:
        self.running = False

    # Drawing

    def say(self, message: str) -> None:
        """Show a message above the line for commands."""
        self.query_one("#message", Static).update(name_invisible(message))

    def draw(self) -> None:
        """Show the present configuration."""
        session = self.session
        status = f"transition {session.time:,}, state {session.state}"
        if session.stepper.outcome is not None:
            status += f": {session.stepper.outcome}"
        self.query_one("#status", Static).update(name_invisible(status))
        tapes = self.query_one("#tapes", Panel)
        tapes.draw(Coloured("\n").join(self._tape_lines(max(20, tapes.size.width - 4))))
        self.query_one("#rules", Panel).draw(Coloured("\n").join(self._rule_lines()))
        source = self.query_one("#source", Panel)
        lines = self._source_lines(source, max(3, source.size.height))
        source.draw(Coloured("\n", no_wrap=True, overflow="ellipsis").join(lines))
        self.query_one("#text", Panel).draw(self._text())
        printed = self.query_one("#printed", Panel)
        printed.display = bool(session.lines)
        printed.draw(Coloured(name_invisible("\n".join(session.lines[-LINES_PRINTED:]))))
        self.say(session.fault)

    def _tape_lines(self, width: int) -> Iterator[Coloured]:
        names = max(len(tape.name) for tape in self.session.table.tapes)
        for contents in self.session.stepper.tapes:
            line = Coloured(f"{contents.tape.name:{names}} ", "cyan")
            count = max(4, width - names - 1)
            first = max(min(contents.origin, 0), contents.head - count * 2 // 3)
            for cell in range(first, first + count):
                shown = contents.tape.show(contents[cell])
                shown = "·" if shown == "_" else shown if shown != "'_'" else "_"
                line.append(shown, HERE if cell == contents.head else "")
            line.truncate(width)
            yield line

    def _rule_lines(self) -> Iterator[Coloured]:
        session, current = self.session, self.session.row
        if session.stepper.state < 0:
            yield Coloured("the machine has halted")
            return
        state = session.stepper.state
        for reads, action in paths(session.table.states[state].tree, {}):
            row = Row(state, tuple(sorted(reads.items())), action)
            left, right = rule_texts(session.table, row)
            text = f"{left}: {right or 'nothing'} -> {session.table.next_name(action)}"
            yield Coloured(text, HERE if row == current else "")

    def _source_lines(self, panel: Panel, height: int) -> Iterator[Coloured]:
        state = self.session.stepper.state
        if state < 0:
            return
        place = self.session.table.states[state].place
        lines = source_lines(place.file)
        panel.display = bool(lines)
        panel.border_title = f"{name_invisible(source_name(place.file))}, line {place.line}"
        first = max(0, place.line - 1 - height // 2)
        for number, line in enumerate(lines[first : first + height], first + 1):
            text = f"{number:4}  {name_invisible(line)}"
            yield Coloured(text, HERE if number == place.line else "")

    def _text(self) -> Coloured:
        if self.written is None:
            return Coloured()
        text, transitions = self.written
        time = self.session.time
        written = bisect_left(transitions, time)
        at = int(text.spans.start[written]) if written < len(text.spans) else len(text.string)
        shown = Coloured()
        for span, transition in zip(text.spans, transitions, strict=True):
            if span.end <= at - CHARACTERS_BEFORE or span.start >= at + CHARACTERS_AFTER:
                continue
            style = COLOURS.get(span.role, "")
            style = f"{style} reverse" if transition == time else style
            style = f"{style} dim" if transition > time else style
            shown.append(name_invisible(text.string[span.start : span.end]), style)
        return shown
