"""The paper's ablations (arXiv 2507.13332, Table 2): what each leaves out of a text, defined here
alone.

Each rewrites the list of events; the byte loop then writes it like any other. In combination they
are applied in the order ``atomic``, ``fetch``, ``linear``. Where a style's wording refers to a
value that was left out, it says ``…``, so that no dropped value stands between a step's label and
its result.

Take this text of a machine that adds numbers up::

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

from compiler.renderer.events import GAP, Events, key_and_value
from tm.speech import Utterance, UtteranceKind
from tm.table import Table
from tm.trace import Trace

ABLATIONS = ("fetch", "atomic", "linear")

RUN_KEEPS = 4
"""Steps of one name in a row that ``linear`` keeps whole."""


def check_options(without: Collection[str], depth: int, group: int) -> frozenset[str]:
    """The ablations asked for; ``ValueError`` when one is unknown or does not go with the rest."""
    if isinstance(without, str):
        raise ValueError(f"without is {without!r}: it is a set of names, {{{without!r}}}")
    if unknown := sorted(set(without) - set(ABLATIONS)):
        raise ValueError(f"no ablation {unknown[0]!r}; there are {', '.join(ABLATIONS)}")
    if "atomic" in without and depth > 1:
        raise ValueError("`atomic` makes steps coarser than the outermost ones: it needs depth 1")
    if group < 2:
        raise ValueError(f"a group of {group} steps is no group: it has at least 2")
    return frozenset(without)


def ablate(
    table: Table, trace: Trace, events: Events, without: Collection[str], *, group: int = 3
) -> Events:
    """Apply ablations to a list of events; ``group`` is that of ``without_atomic``."""
    said = _Said(table, trace, events)
    if "atomic" in without:
        events = said.rewritten(lambda run: without_atomic(run, said, group))
        said = _Said(table, trace, events)
    if "fetch" in without:
        events = said.rewritten(lambda run: without_fetch(run, said))
        said = _Said(table, trace, events)
    if "linear" in without:
        events = said.rewritten(lambda run: without_linear(run, said))
    return events


def without_fetch(run: list[_Step | int], said: _Said) -> Iterator[int]:
    """Without Memory Fetcher: the fetched pairs are dropped.

    ::

        add 1: ; t1 = 4 -> add 2
        add 2: ; t2 = 9 -> add 3
        ...
    """
    for item in _items(run):
        if said.kind(item) is not UtteranceKind.FETCH:
            yield item


def without_atomic(run: list[_Step | int], said: _Said, group: int) -> Iterator[int]:
    """Without Atomic State: each ``group`` steps in a row become one.

    What it says: the first one's label; the fetched pairs, each once, that were not solved inside
    the group before; each key's last solve, a bare verdict counting under its emission's name. With
    groups of 3::

        add 1: t0 = 0 x1 = 4 x2 = 5 x3 = 2 ; t1 = 4 ; t2 = 9 ; t3 = 11 -> add 4
        add 4: t3 = 11 x4 = 1 x5 = 6 ; t4 = 12 ; t5 = 18 ; done -> end
        answer: 18
    """
    siblings: list[_Step] = []
    for node in [*run, None]:
        if isinstance(node, _Step):
            siblings.append(node)
        if siblings and (len(siblings) == group or not isinstance(node, _Step)):
            yield from _merged(siblings, said)
            siblings = []
        if isinstance(node, int):
            yield node


def _merged(steps: list[_Step], said: _Said) -> Iterator[int]:
    opening = steps[0].opening
    known: set[str | tuple[str, str]] = set()
    fetched: list[int] = []
    solved: dict[str | tuple[str, str], int] = {}
    for item in _items([node for step in steps for node in step.content]):
        key = said.key(item)
        if said.kind(item) is UtteranceKind.SOLVE:
            solved.pop(key, None)
            solved[key] = item
        elif key not in known:
            fetched.append(item)
        known.add(key)
    for item in (opening, *fetched, *solved.values()):
        said.opener[item] = opening
        yield item


def without_linear(run: list[_Step | int], said: _Said) -> Iterator[int]:
    """Without Linear Transition: no labels, no transitions, and states are skipped.

    Labels and transitions are dropped. Steps that solve no named pair are left out, with what is
    inside them. Of more than 4 siblings of one name in a row, the first 2 and the last stay, with a
    line ``…`` between; a step of another name ends such a row, even when it is left out itself. ::

         t0 = 0 x1 = 4 ; t1 = 4
         t1 = 4 x2 = 5 ; t2 = 9
        …
         t4 = 12 x5 = 6 ; t5 = 18
        answer: 18
    """
    row: list[_Step] = []
    name = ""
    for node in [*run, None]:
        ends = node is None or (
            isinstance(node, _Step) and said.utterance(node.opening).step != name
        )
        if isinstance(node, int) or ends:
            for index, step in enumerate(row):
                if len(row) <= RUN_KEEPS or index < 2 or index == len(row) - 1:
                    yield step.opening
                    yield from without_linear(step.content, said)
                elif index == 2:
                    yield GAP
            row = []
        if isinstance(node, int):
            yield node
        elif isinstance(node, _Step):
            name = said.utterance(node.opening).step
            if any(said.solves_pair(item) for item in _items(node.content)):
                row.append(node)


@dataclass(slots=True)
class _Step:
    """A step's opening, and in order what it says itself and its inner steps."""

    opening: int
    content: list[_Step | int] = field(default_factory=list)


def _items(nodes: list[_Step | int]) -> Iterator[int]:
    """What the nodes say, openings included, in order."""
    for node in nodes:
        if isinstance(node, int):
            yield node
        else:
            yield node.opening
            yield from _items(node.content)


class _Said:
    """What each item of a list of events says, and how the list is written anew."""

    def __init__(self, table: Table, trace: Trace, events: Events) -> None:
        self.table, self.trace, self.events = table, trace, events
        self.opener = events.opener.copy()

    def utterance(self, item: int) -> Utterance:
        return self.table.utterances[int(self.trace.utterance[self.events.event[item]])]

    def kind(self, item: int) -> UtteranceKind:
        return self.utterance(item).kind

    def solves_pair(self, item: int) -> bool:
        utterance = self.utterance(item)
        return utterance.kind is UtteranceKind.SOLVE and utterance.value is not None

    def key(self, item: int) -> str | tuple[str, str]:
        """What a pair is called; for a bare verdict its step's and its emission's name."""
        utterance = self.utterance(item)
        if utterance.value is None:
            return utterance.step, utterance.name
        return key_and_value(self.table, self.trace, int(self.events.event[item]))[0]

    def run(self, index: int) -> list[_Step | int]:
        """One run as a forest of steps; the answer is an item at the top."""
        top: list[_Step | int] = []
        open_steps: list[_Step] = []
        steps: dict[int, _Step] = {}
        for item in range(int(self.events.runs[index]), int(self.events.runs[index + 1])):
            opener = int(self.opener[item])
            if opener == item:
                steps[item] = _Step(item)
                del open_steps[int(self.events.level[item]) - 1 :]
                (open_steps[-1].content if open_steps else top).append(steps[item])
                open_steps.append(steps[item])
            else:
                (steps[opener].content if opener >= 0 else top).append(item)
        return top

    def rewritten(self, rewrite: Callable[[list[_Step | int]], Iterator[int]]) -> Events:
        """The list that holds, run by run, the items that ``rewrite`` yields."""
        runs = [list(rewrite(self.run(i))) for i in range(len(self.events.runs) - 1)]
        items = np.array([item for run in runs for item in run], np.int64)
        bounds = np.cumsum([0, *map(len, runs)], dtype=np.int64)
        return replace(self.events, opener=self.opener).take(items, bounds)
