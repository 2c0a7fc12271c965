"""The simulator: one interface to a reference engine and a compiled engine.

Both give the same outcome, tapes, trace and counts for every table, input and limit.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from tm.engine.outcome import DEFAULT_LIMITS, ContractBroken, InputError, Limits, Outcome
from tm.engine.reference import Stepper
from tm.engine.result import Batch, Contents, Run
from tm.engine.stepping import NamedStepper, NamedTransition, step
from tm.table import Table

__all__ = [
    "Batch",
    "Contents",
    "ContractBroken",
    "InputError",
    "Limits",
    "NamedStepper",
    "NamedTransition",
    "Outcome",
    "Run",
    "Stepper",
    "run",
    "run_batch",
    "step",
]

SHORT_RUN = 50_000
"""Transitions that the reference engine makes before the compiled one is loaded. They take a fifth
of a second or less; loading takes three times as long, and compiling 20 s."""


def run(
    table: Table,
    inputs: Mapping[str, str],
    *,
    engine: Literal["auto", "compiled", "reference"] = "auto",
    limits: Limits = DEFAULT_LIMITS,
    trace: bool = False,
    actions: bool = False,
) -> Run:
    """Run a machine on one input.

    Parameters
    ----------
    inputs
        Texts by tape name. A text begins at cell 0; tapes without a text are blank.
    engine
        ``compiled`` is fast; ``reference`` is slow and simple, and the only one that tests head
        contracts. ``auto`` is ``compiled``, but a process that has not loaded it makes short runs
        without it, with the same result.
    trace
        Whether to record the trace: the utterances with their captures.
    actions
        Whether to record the action of every transition, from which every configuration follows.

    Raises
    ------
    InputError
        If an input names an unknown tape or holds a character that its tape cannot hold.
    ContractBroken
        If the machine breaks one of its head contracts (``reference`` only).
    ValueError
        If `engine` names no engine.
    """
    if engine == "reference":
        return Stepper(table, inputs, limits=limits, trace=trace, actions=actions).finish()
    if engine not in ("auto", "compiled"):
        raise ValueError(f"`engine` must be `auto`, `compiled` or `reference`, not {engine!r}")
    if engine == "auto" and "tm.engine.compiled" not in sys.modules:
        short = replace(limits, steps=min(limits.steps, SHORT_RUN))
        stepper = Stepper(
            table, inputs, limits=short, trace=trace, actions=actions, contracts=False
        )
        result = stepper.finish()
        if result.outcome is not Outcome.STEP_LIMIT or short == limits:
            return result
    # Numba is imported only here: that takes longer than everything else.
    from tm.engine import compiled

    return compiled.run(table, inputs, limits=limits, trace=trace, actions=actions)


def run_batch(
    table: Table,
    inputs: Sequence[Mapping[str, str]],
    *,
    workers: int | None = None,
    outputs: Sequence[str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    trace: bool = True,
) -> Batch:
    """Run a machine on many inputs with the compiled engine, in threads that release the GIL.

    Parameters
    ----------
    inputs
        Texts by tape name, for each run.
    workers
        Number of threads; None means one for each available core.
    outputs
        Names of the tapes whose final text is kept; None means the tape ``out`` if there is one.
    trace
        Whether to record the trace: the utterances with their captures.

    Raises
    ------
    InputError
        As for ``run``; its ``item`` is the index of the input.
    KeyError
        If an output is not a tape.
    """
    from tm.engine import batch

    return batch.run_batch(
        table, inputs, workers=workers, outputs=outputs, limits=limits, trace=trace
    )
