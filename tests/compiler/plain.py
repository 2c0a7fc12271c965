"""A renderer that appends strings, written apart from the compiler's: what its text must equal."""

from __future__ import annotations

from compiler.renderer.events import key_and_value
from tm.speech import Kind
from tm.table import Table
from tm.trace import Trace


def minimal(table: Table, trace: Trace, run: int, depth: int) -> str:
    """The minimal text of one run down to ``depth``."""
    out = ""
    stack: list[str] = []  # the open steps
    speaker: int | None = None  # which of the opened steps the line is of
    opened: list[int] = []
    count = 0
    for event in range(int(trace.runs[run]), int(trace.runs[run + 1])):
        kind = table.utterances[trace.utterance[event]].kind
        step = table.utterances[trace.utterance[event]].step
        key, value = key_and_value(table, trace, event)
        if kind is Kind.CLOSE:
            stack.pop()
            opened.pop()
        elif kind is Kind.OPEN:
            stack.append(f"{step} {key}" if table.utterances[trace.utterance[event]].key else step)
            opened.append(count)
            count += 1
            if len(stack) <= depth:
                if speaker is not None:
                    out += f" -> {stack[-1]}\n"
                out += f"{stack[-1]}:"
                speaker = opened[-1]
        elif kind is Kind.ANSWER:
            if speaker is not None:
                out += " -> end\n"
            out += f"answer: {key}"
            speaker = None
        elif len(stack) <= depth:
            if stack and speaker != opened[-1]:
                if speaker is not None:
                    out += f" -> {stack[-1]}\n"
                out += f"{stack[-1]}:"
                speaker = opened[-1]
            lead = " " if kind is Kind.FETCH else " ; "
            out += lead + (key if value is None else f"{key} = {value}")
    return out
