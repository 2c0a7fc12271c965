"""The ablations of the paper (arXiv 2507.13332, Table 2), each of which drops a part of a text.

An ablation rewrites the list of events, and the byte loop then writes the new list like any other.
Several ablations are applied in the order ``atomic``, ``fetch``, ``linear``. If the wording of a
style refers to a value that was dropped, the text contains ``…`` instead, so that no dropped value
remains between the label of a step and its result.

The examples below start from this text of a machine that adds numbers up::

    add 1: t0 = 0 x1 = 4 ; t1 = 4 -> add 2
    add 2: t1 = 4 x2 = 5 ; t2 = 9 -> add 3
    add 3: t2 = 9 x3 = 2 ; t3 = 11 -> add 4
    add 4: t3 = 11 x4 = 1 ; t4 = 12 -> add 5
    add 5: t4 = 12 x5 = 6 ; t5 = 18 -> check
    check: ; done -> end
    answer: 18
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from compiler.renderer.events import OPEN, Events, Utterances, key_and_value
from tm.speech import READ, Utterance, UtteranceKind
from tm.table import Table
from tm.trace import Trace

ABLATIONS = ("fetch", "atomic", "linear")


def check_options(without: Collection[str], depth: int, group: int) -> frozenset[str]:
    """Return the ablations ``without`` as a set, after checking the options of a rendering.

    Raises
    ------
    ValueError
        If an ablation is unknown, or if it does not go with ``depth`` or ``group``.
    """
    if isinstance(without, str):
        raise ValueError(f"without must be a set of names, {{{without!r}}}, not {without!r}")
    if unknown := sorted(set(without) - set(ABLATIONS)):
        raise ValueError(
            f"without: no ablation {unknown[0]!r}; the ablations are {', '.join(ABLATIONS)}"
        )
    if "atomic" in without and depth > 1:
        raise ValueError(
            f"depth must be 1 with the ablation `atomic`, which merges outermost steps, not {depth}"
        )
    if group < 2:
        raise ValueError(f"group must be at least 2 steps, not {group}")
    return frozenset(without)


def ablate(
    table: Table, trace: Trace, events: Events, without: Collection[str], *, group: int = 3
) -> Events:
    """Apply ablations to a list of events.

    Parameters
    ----------
    table, trace
        The machine and the runs that the events come from.
    events
        The list to rewrite.
    without
        Names of the ablations.
    group
        Number of steps that ``atomic`` merges into one.
    """
    editor = _EventEditor(table, trace, events)
    if "atomic" in without:
        events = editor.rewrite(lambda run: without_atomic(run, editor, group))
        editor = _EventEditor(table, trace, events)
    if "fetch" in without:
        events = editor.rewrite(lambda run: without_fetch(run, editor))
        editor = _EventEditor(table, trace, events)
    if "linear" in without:
        events = editor.rewrite(lambda run: without_linear(run, editor))
    return events


def without_fetch(run: list[_StepNode | int], editor: _EventEditor) -> Iterator[int]:
    """Ablate the Memory Fetcher: drop the fetched pairs.

    ::

        add 1: ; t1 = 4 -> add 2
        add 2: ; t2 = 9 -> add 3
        ...
    """
    for item in _items(run):
        if editor.kind(item) is not UtteranceKind.FETCH:
            yield item


def without_atomic(run: list[_StepNode | int], editor: _EventEditor, group: int) -> Iterator[int]:
    """Ablate the Atomic State: merge each ``group`` steps in a row into one.

    The merged step has the label of the first one, each fetched pair once unless it was solved
    earlier in the group, and the last solve of each key; a bare verdict counts under the name of
    its emission, and every quote remains. With groups of 3::

        add 1: t0 = 0 x1 = 4 x2 = 5 x3 = 2 ; t1 = 4 ; t2 = 9 ; t3 = 11 -> add 4
        add 4: t3 = 11 x4 = 1 x5 = 6 ; t4 = 12 ; t5 = 18 ; done -> end
        answer: 18
    """
    siblings: list[_StepNode] = []
    for node in [*run, None]:
        if isinstance(node, _StepNode):
            siblings.append(node)
        if siblings and (len(siblings) == group or not isinstance(node, _StepNode)):
            yield from _merge(siblings, editor)
            siblings = []
        if isinstance(node, int):
            yield node


def _merge(steps: list[_StepNode], editor: _EventEditor) -> Iterator[int]:
    opening = steps[0].opening
    known: set[str | tuple[str, str] | int] = set()
    fetched: list[int] = []
    solved: dict[str | tuple[str, str] | int, int] = {}
    for item in _items([node for step in steps for node in step.content]):
        key = editor.key(item)
        if editor.kind(item) is UtteranceKind.SOLVE:
            solved.pop(key, None)
            solved[key] = item
        elif key not in known:
            fetched.append(item)
        known.add(key)
    for item in (opening, *fetched, *solved.values()):
        editor.opener[item] = opening
        yield item


def without_linear(run: list[_StepNode | int], editor: _EventEditor) -> Iterator[int]:
    """Ablate the Linear Transition: drop labels and transitions, and steps without a result.

    All pairs and verdicts that are solved remain, with what their steps fetch. ::

         t0 = 0 x1 = 4 ; t1 = 4
         t1 = 4 x2 = 5 ; t2 = 9
         t2 = 9 x3 = 2 ; t3 = 11
         t3 = 11 x4 = 1 ; t4 = 12
         t4 = 12 x5 = 6 ; t5 = 18
         ; done
        answer: 18
    """
    for node in run:
        if isinstance(node, int):
            yield node
        elif any(editor.kind(item) is UtteranceKind.SOLVE for item in _items(node.content)):
            yield node.opening
            yield from without_linear(node.content, editor)


@dataclass(slots=True)
class _StepNode:
    """A step in a tree of events: the item that opens it, and its content in order.

    The content consists of items of the step itself and of inner steps.
    """

    opening: int
    content: list[_StepNode | int] = field(default_factory=list)


def _items(nodes: list[_StepNode | int]) -> Iterator[int]:
    """Yield the items of the nodes in order, openings included."""
    for node in nodes:
        if isinstance(node, int):
            yield node
        else:
            yield node.opening
            yield from _items(node.content)


class _EventEditor:
    """Access to the utterances of a list of events, and a way to rewrite the list.

    Attributes
    ----------
    opener
        Copy of ``events.opener`` that an ablation may change before the list is rewritten.
    """

    def __init__(self, table: Table, trace: Trace, events: Events) -> None:
        self.table, self.trace, self.events = table, trace, events
        self.opener = events.opener.copy()

    def utterance(self, item: int) -> Utterance:
        return self.table.utterances[int(self.trace.utterance[self.events.event[item]])]

    def kind(self, item: int) -> UtteranceKind:
        return self.utterance(item).kind

    def key(self, item: int) -> str | tuple[str, str] | int:
        """Return the key of a pair; for a bare verdict, the names of its step and its emission.

        Every quote has another key, since equal ones are for different symbols.
        """
        utterance = self.utterance(item)
        if utterance.value is None:
            is_quote = utterance.kind is UtteranceKind.FETCH or utterance.is_quote
            return item if is_quote else (utterance.step, utterance.name)
        return key_and_value(self.table, self.trace, int(self.events.event[item]))[0]

    def run(self, index: int) -> list[_StepNode | int]:
        """Return one run as a forest of steps; the answer is an item at the top."""
        top: list[_StepNode | int] = []
        open_steps: list[_StepNode] = []
        steps: dict[int, _StepNode] = {}
        for item in range(int(self.events.runs[index]), int(self.events.runs[index + 1])):
            opener = int(self.opener[item])
            if opener == item:
                steps[item] = _StepNode(item)
                del open_steps[int(self.events.level[item]) - 1 :]
                (open_steps[-1].content if open_steps else top).append(steps[item])
                open_steps.append(steps[item])
            else:
                (steps[opener].content if opener >= 0 else top).append(item)
        return top

    def rewrite(self, ablation: Callable[[list[_StepNode | int]], Iterator[int]]) -> Events:
        """Return the list of the items that ``ablation`` yields for each run."""
        runs = [list(ablation(self.run(i))) for i in range(len(self.events.runs) - 1)]
        items = np.array([item for run in runs for item in run], np.int64)
        bounds = np.cumsum([0, *map(len, runs)], dtype=np.int64)
        return replace(self.events, opener=self.opener).take(items, bounds)


def drop_reading(utterances: Utterances, trace: Trace, events: Events) -> Events:
    """Return the events of each run after its reading phase; see ``compiler.reading``."""
    utterance = trace.utterance[events.event]
    outermost = events.opener == np.arange(len(events.opener))
    outermost &= (utterances.kind[utterance] == OPEN) & (events.level == 1)
    is_read = np.array([name == READ for name in utterances.steps])[utterances.step[utterance]]
    is_new = outermost | (events.opener < 0)
    kept, bounds = [], [0]
    for start, stop in zip(events.runs[:-1].tolist(), events.runs[1:].tolist(), strict=True):
        reads = np.flatnonzero(outermost[start:stop] & is_read[start:stop])
        if len(reads):
            last = start + int(reads[-1])
            later = np.flatnonzero(is_new[last + 1 : stop])
            start = last + 1 + int(later[0]) if len(later) else stop
        kept.append(np.arange(start, stop))
        bounds.append(bounds[-1] + stop - start)
    items = np.concatenate([*kept, np.empty(0, np.int64)]).astype(np.int64)
    return events.take(items, np.array(bounds, np.int64))
