"""Rewards of graded outputs, and the same as functions that trainers call."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluation.rewards.grading import (
    Graded,
    check_form,
    grade,
    grade_batch,
    tasks_by_name,
    ungraded,
)
from tasks.base import AnyTask
from tasks.corpus.records.forms import Form

Reward = Callable[[Graded], float]
"""The reward of a grade, from 0 to 1 unless weights say otherwise."""

MESSAGE_CONTENT = "content"


def answer(graded: Graded) -> float:
    """Return 1 for a right answer, whatever the reasoning, and 0 otherwise."""
    return float(graded.answer)


def exact(graded: Graded) -> float:
    """Return 1 for the machine's own text, character for character, and 0 otherwise."""
    return float(graded.exact)


def progress(graded: Graded) -> float:
    """Return the share of the reference's atomic states before the first divergence."""
    return graded.progress


REWARDS: Mapping[str, Reward] = {"answer": answer, "exact": exact, "progress": progress}
"""Rewards by name."""


def weighted(**weights: float) -> Reward:
    """Return the weighted sum of rewards, as in ``weighted(progress=0.5, answer=0.5)``.

    Raises
    ------
    ValueError
        If there are no weights, or a name is not that of a reward.
    """
    if not weights:
        raise ValueError(f"weighted: give at least one weight; the rewards are {_names()}")
    parts = [(named(name), weight) for name, weight in weights.items()]

    def total(graded: Graded) -> float:
        return sum(weight * reward(graded) for reward, weight in parts)

    total.__name__ = "_".join(["weighted", *weights])
    return total


def named(name: str) -> Reward:
    """Return the reward of this name.

    Raises
    ------
    ValueError
        If no reward has this name.
    """
    if name not in REWARDS:
        raise ValueError(f"{name!r} is not a reward; the rewards are {_names()}")
    return REWARDS[name]


def _names() -> str:
    return ", ".join(REWARDS)


def trl_reward(
    reward: Reward, *, form: Form = Form(), tasks: Sequence[AnyTask] = ()
) -> Callable[..., list[float | None]]:
    """Return a reward function for the ``reward_funcs`` of TRL's trainers.

    The trainer's data set must have the column ``id`` of a corpus. Completions may be texts or
    conversations, of which the last message counts. If an id names no problem, the reward is None:
    TRL learns nothing from the completion and logs a warning.

    Parameters
    ----------
    form, tasks
        See ``grade_batch``.

    Raises
    ------
    ValueError
        If ``reward`` is no function, the form is not a chain of thought, or ``tasks`` does not hold
        tasks.
    """
    if not callable(reward):
        raise ValueError(
            f"`reward` must be a function of a grade, such as tmtail.rewards.exact, not {reward!r}"
        )
    check_form(form)
    own = tuple(tasks_by_name(tasks).values())

    def reward_function(
        *, completions: Sequence[Any], id: Sequence[str], **columns: Any
    ) -> list[float | None]:
        texts = [_last_message(completion) for completion in completions]
        grades = grade_batch(id, texts, form=form, tasks=own)
        return [None if graded.error else reward(graded) for graded in grades]

    reward_function.__name__ = getattr(reward, "__name__", "reward")  # TRL logs it
    return reward_function


def _last_message(completion: Any) -> Any:
    """Return the text of a completion, or the content of the last message of a conversation."""
    if isinstance(completion, list):
        return completion[-1].get(MESSAGE_CONTENT) if completion else None
    return completion


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Score an output for verl, whose data ``corpus export --format verl`` writes.

    Parameters
    ----------
    data_source, ground_truth
        Name of the task, and the machine's answer; not used, because the id determines both.
    extra_info
        Holds the record's id, ``id``, and the form of the corpus as JSON, ``form``.
    options
        Other arguments that verl passes, and ``weights``, those of ``weighted``; by default
        ``progress`` and ``answer`` count half each.

    Returns
    -------
    dict
        ``score``, and the figures that verl logs beside it: each reward, and ``error``, which is 1
        if the row names no problem, and 0 otherwise. The score of such a row is 0.

    Raises
    ------
    ValueError
        If a weight is not that of a reward.
    """
    reward = weighted(**options.get("weights", DEFAULT_WEIGHTS))
    graded = graded_row(extra_info or {}, solution_str)
    figures = {name: each(graded) for name, each in REWARDS.items()}
    return {"score": reward(graded), **figures, "error": float(bool(graded.error))}


def graded_row(extra_info: Mapping[str, Any], text: str) -> Graded:
    """Grade an output for a row of verl's data."""
    try:
        if "id" not in extra_info:
            raise ValueError("`extra_info` has no `id`; export with --format verl")
        form = Form.from_json(json.loads(extra_info["form"])) if "form" in extra_info else Form()
        return grade(extra_info["id"], text, form=form)
    except Exception as error:
        return ungraded(error)


DEFAULT_WEIGHTS: Mapping[str, float] = {"progress": 0.5, "answer": 0.5}
"""Weights of ``compute_score``."""
