"""How fast machines run: the compiled loop beside plain C and beside automata-lib.

    python -m benchmarks.simulator [--json] [--repeats 9]

Every figure is nanoseconds a transition, the median of the repeats, on one core. C is
`simulator.c`, compiled with ``-O3 -march=native``: indexed by all symbols at once where that table
has at most 65,536 entries, else decision trees. Both loops are timed without loading and clearing
the tapes, and must end alike: same transitions, same tapes. `run` is a whole call of
`tm.engine.run`, input and result included. automata-lib runs the first few thousand transitions
only, its best case, since its tapes get slower as they grow.
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

from benchmarks.machines import Case, cases
from tm.engine import Limits, compiled, run
from tm.engine.alphabet import encode
from tm.table import ACCEPT, REJECT, Branch, Table, Tree

DENSE_ENTRIES = 65_536
HALF = 2**23
"""Cells of each tape in C, to either side of the first."""
HALT = -1
DIRECTIONS = {-1: "L", 0: "N", 1: "R"}


def measure(case: Case, repeats: int, folder: Path) -> dict[str, Any]:
    """One line of the table."""
    ours = _ours(case, repeats)
    c = _c(case, repeats, folder)
    if ours["end"] != c["end"]:
        raise SystemExit(
            f"{case.name}: C ends with {c['end']}, the compiled loop with {ours['end']}"
        )
    result = {
        "name": case.name,
        "states": len(case.table.states),
        "tapes": len(case.table.tapes),
        "transitions": ours["end"][0],
        "ours": ours["loop"],
        "run": ours["run"],
        "c": c["loop"],
        "c_form": c["form"],
        "ratio": ours["loop"] / c["loop"],
    }
    library = _automata(case)
    if library is not None:
        result |= {"automata": library, "times_automata": library / ours["loop"]}
    return result


def _ours(case: Case, repeats: int) -> dict[str, Any]:
    limits = Limits(steps=case.steps)
    inputs = encode(case.table, [case.inputs])
    whole = run(case.table, case.inputs, limits=limits)
    loops, runs = [], []
    for _ in range(repeats):
        with compiled.machine_of(case.table, False) as machine:
            machine.reset(inputs.longest)
            machine.load(inputs, 0)
            start = time.perf_counter_ns()
            machine.finish(limits, recording=False)
            loops.append((time.perf_counter_ns() - start) / whole.transitions)
            machine.clear()
        start = time.perf_counter_ns()
        run(case.table, case.inputs, limits=limits)
        runs.append((time.perf_counter_ns() - start) / whole.transitions)
    checksum = 0
    for number, tape in enumerate(whole.tapes, start=1):
        cells = np.arange(len(tape.symbols), dtype=np.uint64) + np.uint64(tape.origin + 1_000_003)
        checksum += number * int((tape.symbols.astype(np.uint64) * cells).sum())
    return {
        "loop": median(loops),
        "run": median(runs),
        "end": (whole.transitions, checksum % 2**64),
    }


def _c(case: Case, repeats: int, folder: Path) -> dict[str, Any]:
    entries = len(case.table.states) * int(np.prod([tape.size for tape in case.table.tapes]))
    sparse = entries > DENSE_ENTRIES
    tapes = len(case.table.tapes)
    binary = folder / f"simulator-{tapes}-{sparse}"
    if not binary.exists():
        flags = ["-O3", "-march=native", f"-DK={tapes}", *(["-DSPARSE"] if sparse else [])]
        source = Path(__file__).with_name("simulator.c")
        subprocess.run(["gcc", *flags, "-o", str(binary), str(source)], check=True)
    half = HALF if tapes <= 4 else HALF >> 8
    numbers = [repeats + 1, case.steps, half, *(tape.size for tape in case.table.tapes)]
    numbers += list(_trees(case.table) if sparse else _entries(case.table))
    inputs = encode(case.table, [case.inputs])
    columns = dict(zip(inputs.tapes.tolist(), inputs.ends.tolist(), strict=True))
    for tape in range(tapes):
        start, end = columns.get(tape, (0, 0))
        numbers += [end - start, *inputs.symbols[start:end].tolist()]
    text = "\n".join(map(str, numbers))
    done = subprocess.run([str(binary)], input=text, capture_output=True, text=True, check=True)
    lines = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    return {
        "loop": median(nanoseconds / n for n, _, _, nanoseconds in lines[1:]),
        "form": "trees" if sparse else "dense",
        "end": (lines[0][0], lines[0][2]),
    }


def _leaf(table: Table, state: int, symbols: tuple[int, ...]) -> int | None:
    tree = table.states[state].tree
    while isinstance(tree, Branch):
        found = (subtree for case, subtree in tree.cases if symbols[tree.tape] in case)
        if (tree := next(found, None)) is None:  # type: ignore[assignment]
            return None
    return tree if tree >= 0 else None


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


def _automata(case: Case) -> float | None:
    """Nanoseconds a transition; ``None`` where a machine is too large to be written for it."""
    table = case.table
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
    text = case.inputs.get(table.tapes[0].name, "")[:200]
    start = time.perf_counter_ns()
    count = 0
    with suppress(RejectionException):
        for _ in islice(machine.read_input_stepwise(text), 2_000):
            count += 1
    return (time.perf_counter_ns() - start) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = []
        for case in cases():
            results.append(measure(case, options.repeats, Path(folder)))
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


def _line(result: dict[str, Any], *, first: bool) -> str:
    header = (
        f"{'ns a transition':32}{'transitions':>12}{'ours':>8}{'run':>8}{'C':>8}{'ours/C':>8}"
        f"{'automata':>10}{'times':>9}\n"
    )
    library = (
        f"{result['automata']:10.0f}{result['times_automata']:9.0f}"
        if "automata" in result
        else f"{'–':>10}{'–':>9}"
    )
    return (header if first else "") + (
        f"{result['name']:32}{result['transitions']:>12,}{result['ours']:8.2f}"
        f"{result['run']:8.2f}{result['c']:8.2f}{result['ratio']:8.2f}{library}"
    )


if __name__ == "__main__":
    main()
