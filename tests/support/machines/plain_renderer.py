"""A second renderer that appends strings: an independent reference for the compiler's texts."""

from __future__ import annotations

from compiler.renderer.events import key_and_value
from tm.speech import UtteranceKind
from tm.table import Table
from tm.trace import Trace


def render_minimal(table: Table, trace: Trace, run: int, depth: int) -> str:
    """Return the text of run number ``run`` in the minimal style, down to ``depth``."""
    text = ""
    open_headings: list[str] = []  # name and label of each open step
    open_numbers: list[int] = []  # number of each open step
    line_owner: int | None = None  # number of the step that the current line belongs to
    steps = 0
    for event in range(int(trace.runs[run]), int(trace.runs[run + 1])):
        utterance = table.utterances[trace.utterance[event]]
        key, value = key_and_value(table, trace, event)
        if utterance.kind is UtteranceKind.CLOSE:
            open_headings.pop()
            open_numbers.pop()
        elif utterance.kind is UtteranceKind.OPEN:
            open_headings.append(f"{utterance.step} {key}" if utterance.key else utterance.step)
            open_numbers.append(steps)
            steps += 1
            if len(open_headings) <= depth:
                if line_owner is not None:
                    text += f" -> {open_headings[-1]}\n"
                text += f"{open_headings[-1]}:"
                line_owner = open_numbers[-1]
        elif utterance.kind is UtteranceKind.ANSWER:
            if line_owner is not None:
                text += " -> end\n"
            text += f"answer: {key}"
            line_owner = None
        elif len(open_headings) <= depth:
            if open_headings and line_owner != open_numbers[-1]:
                if line_owner is not None:
                    text += f" -> {open_headings[-1]}\n"
                text += f"{open_headings[-1]}:"
                line_owner = open_numbers[-1]
            lead = " " if utterance.kind is UtteranceKind.FETCH else " ; "
            text += lead + (key if value is None else f"{key} = {value}")
    return text
