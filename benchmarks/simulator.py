"""How fast machines run: the compiled loop beside plain C and beside automata-lib.

    python -m benchmarks.simulator [--json] [--repeats 9]

Every figure is nanoseconds of CPU time a transition, the median of the repeats. C is
`simulator.c`, compiled with ``-O3 -march=native``: indexed by all symbols at once where that table
has at most 65,536 entries, else decision trees. *ours* is the compiled loop, loading and clearing
the tapes included (not in C); *said* the same with the trace, on machines that say something;
*call* is a whole call of `tm.run_batch` without one, texts in, results out. C must end like ours:
same transitions, same tapes. automata-lib makes the first few thousand transitions only, its best
case, since it slows down as its tapes grow.
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

DENSE_ENTRIES = 65_536
HALF = 2**23
"""Cells of each tape in C, to either side of the first."""
HALT = -1
DIRECTIONS = {-1: "L", 0: "N", 1: "R"}


def measure(workload: Workload, repeats: int, folder: Path) -> dict[str, Any]:
    """One line of the table."""
    transitions, checksum = _end(workload)
    c = _c(workload, repeats, folder)
    if (transitions, checksum) != c["end"]:
        raise SystemExit(f"{workload.name}: C ends otherwise than the compiled loop")
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
        "said": None,
        "call": median(calls) / transitions,
        "c": c["nanoseconds"] / transitions,
        "c_form": c["form"],
        "ratio": ours * transitions / c["nanoseconds"],
        "automata": None,
        "times": None,
    }
    if workload.table.utterances:
        result["said"] = _ours(workload, repeats, limits, trace=True) / transitions
    if (library := _automata(workload)) is not None:
        result |= {"automata": library, "times": library / ours}
    return result


def _ours(workload: Workload, repeats: int, limits: Limits, *, trace: bool) -> float:
    """Nanoseconds for all inputs, one after the other."""
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
    """The transitions and the checksum of the tapes, over all inputs."""
    transitions = checksum = 0
    for texts in workload.inputs:
        done = run(workload.table, texts, limits=Limits(steps=workload.steps))
        transitions += done.transitions
        for number, tape in enumerate(done.tapes, start=1):
            symbols = tape.symbols.astype(np.uint64)
            cells = np.arange(len(symbols), dtype=np.uint64) + np.uint64(tape.origin + 1_000_003)
            checksum += number * int((symbols * cells).sum())
    return transitions, checksum % 2**64


def _c(workload: Workload, repeats: int, folder: Path) -> dict[str, Any]:
    entries = len(workload.table.states) * int(
        np.prod([tape.size for tape in workload.table.tapes])
    )
    sparse = entries > DENSE_ENTRIES
    tapes = len(workload.table.tapes)
    binary = folder / f"simulator-{tapes}-{sparse}"
    if not binary.exists():
        flags = ["-O3", "-march=native", f"-DK={tapes}", *(["-DSPARSE"] if sparse else [])]
        source = Path(__file__).with_name("simulator.c")
        subprocess.run(["gcc", *flags, "-o", str(binary), str(source)], check=True)
    half = HALF if len(workload.inputs) == 1 else 2**13
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
    done = subprocess.run([str(binary)], input=text, capture_output=True, text=True, check=True)
    lines = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return {
        "nanoseconds": median(nanoseconds for _, _, nanoseconds in lines[1:]),
        "form": "trees" if sparse else "dense",
        "end": lines[0][:2],
    }


def _leaf(table: Table, state: int, symbols: tuple[int, ...]) -> int | None:
    leaf = descend(table.states[state].tree, symbols.__getitem__)
    return leaf if isinstance(leaf, int) and leaf >= 0 else None


def _situations(table: Table) -> Iterator[tuple[int, tuple[int, ...], int | None]]:
    """Every state with every combination of symbols, and its action."""
    for state in range(len(table.states)):
        for symbols in product(*(range(tape.size) for tape in table.tapes)):
            yield state, symbols, _leaf(table, state, symbols)


def _entries(table: Table) -> Iterator[int]:
    """The table as dense C reads it; no transition is a halt that changes nothing."""
    rows = list(_situations(table))
    yield len(rows)
    for _, symbols, index in rows:
        action = None if index is None else table.actions[index]
        writes, moves = (dict(action.writes), dict(action.moves)) if action else ({}, {})
        yield max(action.next, HALT) if action else HALT
        yield from (writes.get(tape, symbol) for tape, symbol in enumerate(symbols))
        yield from (moves.get(tape, 0) for tape in range(len(symbols)))


def _trees(table: Table) -> Iterator[int]:
    """The table as sparse C reads it; a missing case leads to an action that halts."""
    nodes: list[int] = []
    nothing = len(table.actions)

    def place(tree: Tree) -> int:
        if not isinstance(tree, Branch):
            return ~(tree if tree >= 0 else nothing)
        at = len(nodes)
        nodes.extend([tree.tape, *[~nothing] * table.tapes[tree.tape].size])
        for symbols, subtree in tree.cases:
            child = place(subtree)
            for symbol in symbols:
                nodes[at + 1 + symbol] = child
        return at

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
    """Nanoseconds a transition; ``None`` where a machine is too large to be written for it."""
    table = workload.table
    if np.prod([tape.size for tape in table.tapes]) * len(table.states) > DENSE_ENTRIES:
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
    many = len(table.tapes) > 1
    machine = MNTM(n_tapes=len(table.tapes), **common) if many else DTM(**common)
    # The library puts an input on the first tape only; a short one, as it copies tapes.
    text = workload.inputs[0].get(table.tapes[0].name, "")[:200]
    start = time.thread_time_ns()
    count = 0
    with suppress(RejectionException):
        for _ in islice(machine.read_input_stepwise(text), 2_000):
            count += 1
    return (time.thread_time_ns() - start) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=9)
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
    "said": ("said", 8, ".2f"),
    "call": ("call", 8, ".2f"),
    "c": ("C", 8, ".2f"),
    "ratio": ("ours/C", 8, ".2f"),
    "automata": ("automata", 10, ",.0f"),
    "times": ("times", 8, ",.0f"),
}


def _line(result: dict[str, Any], *, first: bool) -> str:
    header = "ns a transition".ljust(28)
    line = result["name"].ljust(28)
    for key, (title, width, form) in COLUMNS.items():
        header += title.rjust(width)
        line += ("–" if result[key] is None else format(result[key], form)).rjust(width)
    return f"{header}\n{line}" if first else line


if __name__ == "__main__":
    main()
