"""Every task as a data set of Reasoning Gym, with lengths as its difficulty and curriculum.

    import reasoning_gym
    from tmtail.integrations.reasoning_gym import register

    register()
    data = reasoning_gym.create_dataset("tmtail_bubble_sort", seed=1, size=100)

Programs that read Reasoning Gym's data sets read these as well. Problems are drawn at random, so
those of tasks with few problems also occur in evaluation sets.
"""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from typing import Any, ClassVar

from reasoning_gym.coaching import BaseCurriculum, RangeAttributeDefinition
from reasoning_gym.dataset import ProceduralDataset
from reasoning_gym.factory import DATASETS, register_dataset

from evaluation.rewards.grading import grade
from evaluation.scoring.lenient import is_leniently_right
from tasks import Stream, all
from tasks.base import AnyTask

PREFIX = "tmtail_"
"""The name of a data set is this and the name of its task."""


@dataclass(kw_only=True)
class Config:
    """Settings of a data set; each task's own class has its default lengths.

    Attributes
    ----------
    min_length, max_length
        Least and greatest length of the problems.
    seed, size
        Seed of the problems, drawn at random if None, and number of problems.
    """

    min_length: int
    max_length: int
    seed: int | None = None
    size: int = 500

    def validate(self) -> None:
        """Raise ``ValueError`` unless 1 ≤ least length ≤ greatest length."""
        if not 1 <= self.min_length <= self.max_length:
            raise ValueError(
                f"`min_length` and `max_length` must be 1 ≤ least ≤ greatest, not "
                f"{self.min_length} and {self.max_length}"
            )


class TaskDataset(ProceduralDataset):  # type: ignore[misc]
    """Problems of one task, with the machine's answers."""

    task: ClassVar[AnyTask]

    def __init__(self, config: Config) -> None:
        super().__init__(config=config, seed=config.seed, size=config.size)

    def __getitem__(self, idx: int) -> dict[str, Any]:
        if not 0 <= idx < self.size:
            raise IndexError(f"problem {idx} does not exist; there are {self.size}")
        task, lengths = self.task, (self.config.min_length, self.config.max_length)
        draws = Stream("reasoning_gym", task.name, self.seed, *lengths).at(idx)
        wordings = task.wording_indices("train")
        wording = wordings[draws.below(len(wordings))]
        instance = task.draw(draws, lengths)
        return {
            "question": task.prompt(instance, wording),
            "answer": task.answer(instance),
            "metadata": {
                "source_dataset": PREFIX + task.name,
                "source_index": idx,
                "instance": instance.to_json(),
                "wording": wording,
                "length": task.length(instance),
                "difficulty": {"length": lengths},
            },
        }

    def score_answer(self, answer: str | None, entry: dict[str, Any]) -> float:
        """Return 1 if an answer, alone or at the end of a text, is right, and 0 otherwise."""
        if not isinstance(answer, str):
            return 0.0
        instance = self.task.instance.from_json(entry["metadata"]["instance"])
        posed = (self.task, instance, entry["metadata"]["wording"])
        right = grade(posed, answer).answer
        return float(right or is_leniently_right(self.task, instance, answer, entry["answer"]))


def register() -> list[str]:
    """Register a data set and a curriculum for each task; return their names.

    Tasks that are registered already are left alone.
    """
    names = []
    for task in all():
        name = PREFIX + task.name
        names.append(name)
        if name not in DATASETS:
            config = _config(task)
            dataset = type(f"Dataset_{task.name}", (TaskDataset,), {"task": task})
            register_dataset(name, dataset, config, _curriculum(task, config))
    return names


def _config(task: AnyTask) -> type[Config]:
    """Return the settings class of a task; its default lengths are those of the first range."""
    low, high = next(iter(task.ranges.values()))
    defaults = [("min_length", int, field(default=low)), ("max_length", int, field(default=high))]
    return make_dataclass(f"Config_{task.name}", defaults, bases=(Config,), kw_only=True)


def _curriculum(task: AnyTask, config: type[Config]) -> type[BaseCurriculum]:
    """Return the curriculum of a task: one level for each range, and that of the first is 0."""
    low, first_high = next(iter(task.ranges.values()))
    highs = [high for name, (_, high) in task.ranges.items() if name not in task.beyond]
    levels = sorted({low, first_high, *highs})
    length = RangeAttributeDefinition(
        name="length",
        levels=levels,
        description="Length of the problem",
        lower_field_name="min_length",
        upper_field_name="max_length",
        ensure_interval=len(levels) > 1,
    )
    name = f"Curriculum_{task.name}"

    def initialise(self: BaseCurriculum) -> None:
        BaseCurriculum.__init__(self, name, config)
        self._define_attributes(length)

    return type(name, (BaseCurriculum,), {"__init__": initialise})
