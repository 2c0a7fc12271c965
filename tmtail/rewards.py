"""Rewards by replay for trainers: outputs graded from the ids of their records.

Each name is loaded when it is first used::

    from tmtail.rewards import grade, trl_reward, weighted

    grade("bubble_sort-S-train-0-7", "answer: -3, 5")
    reward_funcs = [trl_reward(weighted(progress=0.5, answer=0.5))]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tm.support.lazy import lazy_names

if TYPE_CHECKING:
    from evaluation.rewards.functions import (
        answer,
        compute_score,
        exact,
        progress,
        trl_reward,
        weighted,
    )
    from evaluation.rewards.grading import Graded, grade, grade_batch

__all__ = [
    "Graded", "answer", "compute_score", "exact", "grade", "grade_batch", "progress", "trl_reward",
    "weighted",
]  # fmt: skip

_HOME = {
    "evaluation.rewards.functions": (
        "answer", "compute_score", "exact", "progress", "trl_reward", "weighted",
    ),
    "evaluation.rewards.grading": ("Graded", "grade", "grade_batch"),
}  # fmt: skip
__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
