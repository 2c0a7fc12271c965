"""Every task is a data set of the real Reasoning Gym."""

from __future__ import annotations

import json
from typing import Any

import pytest

import tasks

reasoning_gym: Any = pytest.importorskip("reasoning_gym")

from reasoning_gym.factory import create_curriculum, get_score_answer_fn  # noqa: E402

from tmtail.integrations.reasoning_gym import register  # noqa: E402

NAMES = register()


def test_all_tasks_are_registered_once() -> None:
    assert [f"tmtail_{name}" for name in tasks.names()] == NAMES == register()


@pytest.mark.parametrize("name", NAMES)
def test_answers_score_and_lengths_are_those_of_the_first_range(name: str) -> None:
    data = reasoning_gym.create_dataset(name, seed=3, size=6)
    task = tasks.get(name.removeprefix("tmtail_"))
    low, high = next(iter(task.ranges.values()))
    for entry in [*data]:
        assert {"question", "answer", "metadata"} == set(entry)
        assert entry["metadata"]["length"] <= high
        assert entry["metadata"]["difficulty"]["length"] == (low, high)
        sent = json.loads(json.dumps(entry))  # as servers send it
        gold = entry["answer"]
        for text in (gold, f"answer: {gold}", f"The answer is **{gold}**."):
            assert data.score_answer(text, sent) == 1.0, text
        for wrong in (None, "", f"{gold} or not", "\ud800", entry["question"]):
            assert data.score_answer(wrong, sent) == 0.0, wrong


def test_a_seed_gives_the_same_problems_and_another_one_others() -> None:
    def questions(seed: int) -> list[str]:
        data = reasoning_gym.create_dataset("tmtail_lcs", seed=seed, size=20)
        return [entry["question"] for entry in data]

    assert questions(1) == questions(1)
    assert not {*questions(1)} & {*questions(2)}


def test_the_scorer_needs_no_data_set() -> None:
    entry = reasoning_gym.create_dataset("tmtail_bubble_sort", seed=1, size=1)[0]
    assert get_score_answer_fn("tmtail_bubble_sort")(entry["answer"], entry) == 1.0


@pytest.mark.parametrize("name", NAMES)
def test_the_curriculum_lengthens_problems_range_by_range(name: str) -> None:
    curriculum = create_curriculum(name)
    task = tasks.get(name.removeprefix("tmtail_"))
    first = next(iter(task.ranges.values()))
    config = curriculum.generate_configuration({"seed": 1, "size": 3})
    assert (config.min_length, config.max_length) == first
    greatest = [config.max_length]
    while curriculum.increment_attr_level("length"):
        config = curriculum.generate_configuration({"seed": 1, "size": 3})
        greatest.append(config.max_length)
        assert config.min_length == first[0]
    highs = [high for name, (_, high) in task.ranges.items() if name not in task.beyond]
    assert greatest[-1] == max(first[1], *highs, 0)
    assert greatest == sorted(greatest)


def test_lengths_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="1 ≤ least ≤ greatest, not 5 and 2"):
        reasoning_gym.create_dataset("tmtail_lcs", min_length=5, max_length=2)
    data = reasoning_gym.create_dataset("tmtail_lcs", size=2)
    with pytest.raises(IndexError):
        data[2]
