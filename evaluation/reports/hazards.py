"""Hazards: how often a chain of thought breaks on reaching a module, by the length of its text.

The share of broken chains does not show the effect of length alone, since a longer chain has more
steps in which it can break. A hazard, as in survival analysis, relates the first faults to the
states that reached the module without a fault. Length is that of prompt and reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.text import ROLES, Text
from evaluation.problems.replays import references
from evaluation.reports.markup import shown, table
from evaluation.reports.tables import NO_VALUE
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share

Int64Array = NDArray[np.int64]

INTRODUCTION = (
    "First faults, out of the atomic states that were right so far and reached the module, by the "
    "length of prompt and reference; with 95 % intervals."
)


def hazard_figures(scores: Sequence[Score]) -> list[dict[str, Any]]:
    """Return the hazards of each task and band of lengths, as plain data for JSON.

    Parameters
    ----------
    scores
        Scores of outputs; those of one task must be adjacent.

    Returns
    -------
    list of dict
        An entry for each ``task`` and band of lengths, ``from`` a power of two ``to`` the next.
        ``roles`` has, by module, the states that ``reached`` it without a fault, and the first
        ``faults`` in it.
    """
    figures = []
    for task, group in groupby(scores, key=lambda score: score.problem.task.name):
        chains = [s for s in group if s.problem.chain and s.verdict is not Verdict.NO_FIT]
        bands: dict[int, tuple[Int64Array, Int64Array]] = {}
        for score, reference in zip(chains, references(s.problem for s in chains), strict=True):
            band = 1 << max(0, score.text_length.bit_length() - 1)
            if band not in bands:
                bands[band] = np.zeros(len(ROLES), np.int64), np.zeros(len(ROLES), np.int64)
            reached, faults = bands[band]
            fault = score.divergence
            reached += states_by_role(reference, fault.at if fault else len(reference.string))
            if fault:
                faults[ROLES.index(fault.role)] += 1
        for band, counts in sorted(bands.items()):
            roles = {
                role.value: {"reached": int(reached), "faults": int(faults)}
                for role, reached, faults in zip(ROLES, *counts, strict=True)
            }
            figures.append({"task": task, "from": band, "to": 2 * band - 1, "roles": roles})
    return figures


def states_by_role(text: Text, until: int) -> Int64Array:
    """Return int64[roles]: number of states with a span of each role up to character ``until``."""
    spans = text.spans
    begun = np.stack([spans.state, spans.role])[:, np.asarray(spans.start) <= until]
    return np.bincount(np.unique(begun, axis=1)[1], minlength=len(ROLES))


def hazards_section(figures: Sequence[Mapping[str, Any]], unit: str) -> Iterator[str]:
    """Yield the parts of the report's section, as markup; ``unit`` is that of lengths."""
    yield "<h2>Hazards by length</h2>"
    yield f"<p>{shown(INTRODUCTION)}</p>"
    yield table(
        ("task", unit, *(role.value for role in ROLES)),
        (
            (
                entry["task"],
                f"{entry['from']:,}–{entry['to']:,}",
                *(_hazard(entry["roles"][role.value]) for role in ROLES),
            )
            for entry in figures
        ),
        names=2,
    )


def _hazard(counts: Mapping[str, int]) -> str:
    reached, faults = counts["reached"], counts["faults"]
    if not reached:
        return NO_VALUE
    return f"{faults:,} of {reached:,}: {Share(faults, reached, reached).percent}"
