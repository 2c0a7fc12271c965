"""Speed of the simulator: the compiled loop, compared with plain C and with automata-lib.

    python -m benchmarks.simulator [--json] [--repeats 9]

Each figure is nanoseconds of CPU time per transition, the median of the repeats. *ours* is the
compiled loop, including loading and clearing the tapes (C excludes that). *traced* is the same with
the trace, for machines with utterances. *call* is a call of `tm.run_batch` without a trace, from
texts to results. *C* is `simulator.c`, compiled with ``-O3 -march=native``: a table indexed by all
symbols if it has at most 65,536 entries, decision trees otherwise. C must make the same number of
transitions and leave the same tapes. automata-lib runs the first 2,000 transitions only, which
favours it, because it slows down as its tapes grow.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from itertools import islice, product
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from automata.base.exceptions import RejectionException
from automata.tm.dtm import DTM
from automata.tm.mntm import MNTM

from benchmarks.workloads import Workload, workloads
from tm.engine import Limits, buffers, compiled, run, run_batch
from tm.engine.alphabet import encode
from tm.engine.batch import empty_results
from tm.table import ACCEPT, REJECT, Table
from tm.trees import Branch, Tree, descend

MAX_DENSE_ENTRIES = 65_536
"""Maximum entries of a table that C and automata-lib index by all symbols."""

HALF_TAPE_CELLS = 2**23
"""Cells of a tape in C, on either side of the first, for workloads with one input."""

SHORT_HALF_TAPE_CELLS = 2**13
"""Cells of a tape in C, on either side of the first, for workloads with many inputs."""

MAX_AUTOMATA_TRANSITIONS = 2_000
MAX_AUTOMATA_INPUT = 200
"""Maximum length of the input for automata-lib, which copies tapes."""

HALT = -1
"""State in which C halts."""

DIRECTIONS = {-1: "L", 0: "N", 1: "R"}
"""Moves in the notation of automata-lib."""


def measure(workload: Workload, repeats: int, folder: Path) -> dict[str, Any]:
    """Return the figures of a workload: one row of the table."""
    transitions, checksum = _end(workload)
    c = _c(workload, repeats, folder)
    if (transitions, checksum) != c["end"]:
        raise SystemExit(f"{workload.name}: C and the compiled loop end differently")
    limits = Limits(steps=workload.steps)
    calls = []
    for _ in range(repeats):
        start = time.thread_time_ns()
        run_batch(workload.table, workload.inputs, workers=1, limits=limits, trace=False)
        calls.append(time.thread_time_ns() - start)
    ours = _ours(workload, repeats, limits, trace=False) / transitions
    result = {
        "name": workload.name,
        "states": len(workload.table.states),
        "tapes": len(workload.table.tapes),
        "transitions": transitions,
        "ours": ours,
        "traced": None,
        "call": median(calls) / transitions,
        "c": c["nanoseconds"] / transitions,
        "c_form": c["form"],
        "ratio": ours * transitions / c["nanoseconds"],
        "automata": None,
        "times": None,
    }
    if workload.table.utterances:
        result["traced"] = _ours(workload, repeats, limits, trace=True) / transitions
    if (library := _automata(workload)) is not None:
        result |= {"automata": library, "times": library / ours}
    return result


def _ours(workload: Workload, repeats: int, limits: Limits, *, trace: bool) -> float:
    """Return the nanoseconds for all inputs, one after the other."""
    inputs = encode(workload.table, workload.inputs)
    times = []
    for _ in range(repeats + 1):
        with compiled.machine_of(workload.table, trace) as machine:
            machine.reset(inputs.longest)
            results = empty_results(len(workload.inputs), np.zeros(0, dtype=np.int64))
            start = time.thread_time_ns()
            while (status := machine.run_items(inputs, 0, limits, results)) != buffers.DONE:
                machine.grow(status)
            times.append(time.thread_time_ns() - start)
    return median(times[1:])


def _end(workload: Workload) -> tuple[int, int]:
    """Return the number of transitions and a checksum of the final tapes, over all inputs."""
    transitions = checksum = 0
    for texts in workload.inputs:
        result = run(workload.table, texts, limits=Limits(steps=workload.steps))
        transitions += result.transitions
        for number, tape in enumerate(result.tapes, start=1):
            symbols = tape.symbols.astype(np.uint64)
            cells = np.arange(len(symbols), dtype=np.uint64) + np.uint64(tape.origin + 1_000_003)
            checksum += number * int((symbols * cells).sum())
    return transitions, checksum % 2**64


def _c(workload: Workload, repeats: int, folder: Path) -> dict[str, Any]:
    """Return the nanoseconds of C, the form of its table, and its final state."""
    entries = len(workload.table.states) * int(
        np.prod([tape.size for tape in workload.table.tapes])
    )
    sparse = entries > MAX_DENSE_ENTRIES
    tapes = len(workload.table.tapes)
    binary = folder / f"simulator-{tapes}-{sparse}"
    if not binary.exists():
        flags = ["-O3", "-march=native", f"-DK={tapes}", *(["-DSPARSE"] if sparse else [])]
        source = Path(__file__).with_name("simulator.c")
        subprocess.run(["gcc", *flags, "-o", str(binary), str(source)], check=True)
    half = HALF_TAPE_CELLS if len(workload.inputs) == 1 else SHORT_HALF_TAPE_CELLS
    numbers = [repeats + 1, workload.steps, half, *(tape.size for tape in workload.table.tapes)]
    numbers += list(_trees(workload.table) if sparse else _entries(workload.table))
    inputs = encode(workload.table, workload.inputs)
    columns = dict(zip(inputs.tapes.tolist(), inputs.ends.tolist(), strict=True))
    numbers.append(len(workload.inputs))
    for item in range(len(workload.inputs)):
        for tape in range(tapes):
            start, end = columns[tape][item : item + 2] if tape in columns else (0, 0)
            numbers += [end - start, *inputs.symbols[start:end].tolist()]
    text = "\n".join(map(str, numbers))
    process = subprocess.run([str(binary)], input=text, capture_output=True, text=True, check=True)
    lines = [tuple(map(int, line.split())) for line in process.stdout.splitlines()]
    return {
        "nanoseconds": median(nanoseconds for _, _, nanoseconds in lines[1:]),
        "form": "trees" if sparse else "dense",
        "end": lines[0][:2],
    }


def _leaf(table: Table, state: int, symbols: tuple[int, ...]) -> int | None:
    leaf = descend(table.states[state].tree, symbols.__getitem__)
    return leaf if isinstance(leaf, int) and leaf >= 0 else None


def _situations(table: Table) -> Iterator[tuple[int, tuple[int, ...], int | None]]:
    """Yield every state with every combination of symbols, and the index of its action or None."""
    for state in range(len(table.states)):
        for symbols in product(*(range(tape.size) for tape in table.tapes)):
            yield state, symbols, _leaf(table, state, symbols)


def _entries(table: Table) -> Iterator[int]:
    """Yield the table for C with dense tables; undefined situations halt without a change."""
    rows = list(_situations(table))
    yield len(rows)
    for _, symbols, index in rows:
        action = None if index is None else table.actions[index]
        writes, moves = (dict(action.writes), dict(action.moves)) if action else ({}, {})
        yield max(action.next, HALT) if action else HALT
        yield from (writes.get(tape, symbol) for tape, symbol in enumerate(symbols))
        yield from (moves.get(tape, 0) for tape in range(len(symbols)))


def _trees(table: Table) -> Iterator[int]:
    """Yield the table for C with decision trees; undefined situations lead to a halting action."""
    nodes: list[int] = []
    halting_action = len(table.actions)

    def place(tree: Tree) -> int:
        if not isinstance(tree, Branch):
            return ~(tree if tree >= 0 else halting_action)
        index = len(nodes)
        nodes.extend([tree.tape, *[~halting_action] * table.tapes[tree.tape].size])
        for symbols, subtree in tree.cases:
            child = place(subtree)
            for symbol in symbols:
                nodes[index + 1 + symbol] = child
        return index

    roots = [place(state.tree) for state in table.states]
    yield from (len(nodes), len(roots), *nodes, *roots, len(table.actions) + 1)
    for action in table.actions:
        yield max(action.next, HALT)
        for pairs in (action.writes, action.moves):
            yield len(pairs)
            for pair in pairs:
                yield from pair
    yield from (HALT, 0, 0)


def _automata(workload: Workload) -> float | None:
    """Return nanoseconds per transition of automata-lib; None if the table is too large for it."""
    table = workload.table
    if np.prod([tape.size for tape in table.tapes]) * len(table.states) > MAX_DENSE_ENTRIES:
        return None
    names = {ACCEPT: "accept", REJECT: "reject"} | dict(enumerate(map(str, range(10**4))))
    rules: dict[str, dict[Any, Any]] = {str(state): {} for state in range(len(table.states))}
    for state, symbols, index in _situations(table):
        if index is None:
            continue
        action = table.actions[index]
        writes, moves = dict(action.writes), dict(action.moves)
        read = tuple(tape.symbols[s] for tape, s in zip(table.tapes, symbols, strict=True))
        does = tuple(
            (tape.symbols[writes.get(i, symbols[i])], DIRECTIONS[moves.get(i, 0)])
            for i, tape in enumerate(table.tapes)
        )
        if len(read) == 1:
            rules[str(state)][read[0]] = (names[action.next], *does[0])
        else:
            rules[str(state)][read] = [(names[action.next], does)]
    alphabet = {symbol for tape in table.tapes for symbol in tape.symbols}
    common: dict[str, Any] = {
        "states": {*rules, "accept", "reject"},
        "input_symbols": alphabet - {"\0"},
        "tape_symbols": alphabet,
        "transitions": rules,
        "initial_state": "0",
        "blank_symbol": "\0",
        "final_states": {"accept"},
    }
    multitape = len(table.tapes) > 1
    machine = MNTM(n_tapes=len(table.tapes), **common) if multitape else DTM(**common)
    # The library writes the input on the first tape only.
    text = workload.inputs[0].get(table.tapes[0].name, "")[:MAX_AUTOMATA_INPUT]
    start = time.thread_time_ns()
    count = 0
    with suppress(RejectionException):
        for _ in islice(machine.read_input_stepwise(text), MAX_AUTOMATA_TRANSITIONS):
            count += 1
    return (time.thread_time_ns() - start) / count


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description="Measure the speed of the simulator.")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=9, help="repeats of each figure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for workload in workloads():
            results.append(measure(workload, options.repeats, Path(folder)))
            if not options.json:
                print(_line(results[-1], first=len(results) == 1), flush=True)
    gcc = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
    versions = {name: version(name) for name in ("numba", "numpy", "automata-lib")}
    versions |= {"python": platform.python_version(), "gcc": gcc.stdout.strip()}
    if options.json:
        json.dump({"versions": versions, "results": results}, sys.stdout, indent=2)
        print()
    else:
        print(", ".join(f"{name} {number}" for name, number in versions.items()))


COLUMNS = {
    "transitions": ("transitions", 13, ",d"),
    "ours": ("ours", 8, ".2f"),
    "traced": ("traced", 8, ".2f"),
    "call": ("call", 8, ".2f"),
    "c": ("C", 8, ".2f"),
    "ratio": ("ours/C", 8, ".2f"),
    "automata": ("automata", 10, ",.0f"),
    "times": ("times", 8, ",.0f"),
}

"""Title, width and format of each printed figure."""


def _line(result: dict[str, Any], *, first: bool) -> str:
    """Return a row of the table, after the header if it is the first."""
    header = "ns a transition".ljust(28)
    line = result["name"].ljust(28)
    for key, (title, width, form) in COLUMNS.items():
        header += title.rjust(width)
        line += ("–" if result[key] is None else format(result[key], form)).rjust(width)
    return f"{header}\n{line}" if first else line


if __name__ == "__main__":
    main()
