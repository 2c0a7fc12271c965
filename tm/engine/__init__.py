"""The simulator: one interface, a reference engine and a compiled one.

Both give the same outcome, tapes, trace and counts for every table, input and limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def run(
    table: Table,
    inputs: Mapping[str, str],
    *,
    engine: Literal["compiled", "reference"] = "compiled",
    limits: Limits = DEFAULT_LIMITS,
    trace: bool = False,
    actions: bool = False,
) -> Run:
    """Run a machine on one input.

    Parameters
    ----------
    inputs
        Texts by tape name; a text begins at cell 0, the other tapes are blank.
    engine
        ``reference`` is slow, plainly right, and the only one that tests contracts.
    trace
        Whether to keep what the machine says.
    actions
        Whether to keep the action of every transition, from which every configuration follows.

    Raises
    ------
    InputError
        For an unknown tape or a character that a tape cannot hold.
    ContractBroken
        By the reference engine, when the machine breaks a contract it states.
    """
    if engine == "reference":
        return Stepper(table, inputs, limits=limits, trace=trace, actions=actions).finish()
    if engine != "compiled":
        raise ValueError(f"no engine is called {engine!r}; there are `compiled` and `reference`")
    from tm.engine import compiled  # imports numba, which takes longer than all the rest

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
    """Run a machine on many inputs, on many threads without the GIL.

    Parameters
    ----------
    workers
        Threads; ``None`` for as many as there are cores.
    outputs
        Names of the tapes whose text is kept; ``None`` for the tape ``out`` where there is one.

    Raises
    ------
    InputError
        As in ``run``; ``item`` says which input.
    KeyError
        For an output that is no tape.
    """
    from tm.engine import batch

    return batch.run_batch(
        table, inputs, workers=workers, outputs=outputs, limits=limits, trace=trace
    )
