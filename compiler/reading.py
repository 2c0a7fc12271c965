"""The reading phase of a run: its outermost steps up to the last one named ``read``.

In it a machine reads the operands from the prompt, a character or a short item in each step, and
gives each a key. All that later steps fetch has been solved there or later. A *keyed* prompt lists
what the reading phase solves, as index hints; its text then begins after that phase.
"""

from __future__ import annotations

from compiler.steps import Decoder, Step
from tm.speech import READ
from tm.trace import Trace


def reading_steps(steps: list[Step]) -> list[Step]:
    """Return the outermost steps of a run that make up its reading phase."""
    last = max((i for i, step in enumerate(steps) if step.name == READ), default=-1)
    return steps[: last + 1]


def reading_facts(decoder: Decoder, trace: Trace, index: int = 0) -> dict[str, str]:
    """Return what the reading phase of a run solves: the last value of each key."""
    facts: dict[str, str] = {}
    for step in reading_steps(decoder.decode(trace, index).steps):
        for emission in step.solved:
            if emission.value is not None:
                facts.pop(emission.key, None)
                facts[emission.key] = emission.value
    return facts
