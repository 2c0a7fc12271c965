"""Definition of a study: its tasks, arms and seeds, and the scale at which it runs.

A study is a YAML file such as ``training/studies/builtin/main.yaml``; a scale is one of
``training/studies/scales``. Both are read strictly: an unknown key is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from evaluation.models.distances import FarPositions
from evaluation.schema import read_yaml
from tasks.base import AnyTask
from tasks.corpus import Form
from tasks.registry import get, names
from tm.support.suggestions import did_you_mean, similar_file

ScaleName = Literal["tiny", "small", "7b"]
WordingKind = Literal["seen", "unseen"]

SCALES: tuple[ScaleName, ...] = ("tiny", "small", "7b")
"""Names of the scales, from the cheapest to the paper's."""

Changes = dict[str, object]
"""Changed keys of a recipe, by section."""

_FOLDER = Path(__file__).parent
_NAME = re.compile("[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """Longer texts of a model's own, which a new model is trained on together with those of S.

    Attributes
    ----------
    source
        Arm whose model, with the same task and seed, writes the texts.
    keep
        Texts that are kept: ``replay``, those that equal the machine's; ``majority``, of each
        problem one that has the answer of most samples; ``truth``, the machine's texts of all
        problems instead of the model's own.
    range
        Range of the problems.
    share
        Number of problems, as a share of the training records.
    samples, temperature
        Samples of each problem, and their temperature, for ``majority``; otherwise decoding is
        greedy.
    """

    source: str
    keep: Literal["replay", "majority", "truth"]
    range: Literal["M", "L"] = "M"
    share: float = 0.1
    samples: int = 8
    temperature: float = 0.7

    def __post_init__(self) -> None:
        _check_share("share", self.share)
        if self.samples < 1:
            raise ValueError(f"`samples` must be at least 1, not {self.samples}")


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One side of a comparison: how its texts are written, and how its models are trained.

    Attributes
    ----------
    name
        Lower-case letters, digits and hyphens.
    format, style, depth, without, prompt
        Form of the texts; see ``tasks.corpus.Form``.
    trained
        Whether the model is trained. False: the recipe's model is scored as it is.
    train_on
        Tasks that a model is trained on: ``task``, the one that is scored; ``rest``, all tasks of
        the study but this one; ``all``, all tasks of the study in one model.
    mix
        Weights that distribute the training records over the ranges S, M and L.
    train
        Training records of each task. None: as many as the scale has.
    styles
        Styles of the training records, in turn, instead of ``style``. A chain is exact if it is
        exact in one of them.
    own_share
        Records of the scored task, as a share of ``train``. None: all, or none with
        ``train_on: rest``.
    bootstrap
        Longer texts of a model's own as further training records.
    model_of
        Arm whose model, with the same task and seed, is scored; this arm trains none.
    far
        Distances at which models see far tokens when they are scored. None: their own.
    recipe
        Keys of the recipe that this arm changes, by section.
    seeds
        Seeds of this arm. None: those of the study.
    scales
        Scales at which the arm exists.
    """

    name: str
    format: str = "tail"
    style: str = "minimal"
    depth: int = 1
    without: tuple[str, ...] = ()
    prompt: str = "plain"
    trained: bool = True
    train_on: Literal["task", "rest", "all"] = "task"
    mix: tuple[int, ...] = (1,)
    train: int | None = None
    styles: tuple[str, ...] = ()
    own_share: float | None = None
    bootstrap: Bootstrap | None = None
    model_of: str | None = None
    far: FarPositions | None = None
    recipe: Changes = field(default_factory=dict)
    seeds: tuple[int, ...] | None = None
    scales: tuple[ScaleName, ...] = SCALES

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"`name` must have lower-case letters, digits and hyphens only, not {self.name!r}"
            )
        if self.train is not None and self.train < 1:
            raise ValueError(f"`train` must be at least 1, not {self.train}")
        if self.own_share is not None:
            _check_share("own_share", self.own_share)
            if self.train_on == "all":
                raise ValueError("`own_share` applies to `train_on: task` and `train_on: rest`")
        if len(self.styles) == 1:
            raise ValueError("`styles` must name at least two styles; use `style` for one")
        if self.styles and (self.own_share is not None or self.bootstrap):
            raise ValueError("`styles` cannot be combined with `own_share` or `bootstrap`")
        if "role_weights" in self.recipe and (
            self.styles or self.bootstrap or self.own_share is not None
        ):
            raise ValueError(
                "`role_weights` cannot be combined with `styles`, `own_share` or `bootstrap`: "
                "their records have no spans"
            )
        if self.bootstrap and (self.train_on != "task" or self.own_share is not None):
            raise ValueError("`bootstrap` requires `train_on: task`, without `own_share`")
        if not self.trained and (self.styles or self.bootstrap or self.own_share is not None):
            raise ValueError("`styles`, `own_share` and `bootstrap` require a trained arm")
        if self.model_of and (self.recipe or self.train or self.bootstrap or not self.trained):
            raise ValueError(
                "`model_of` cannot be combined with `recipe`, `train`, `bootstrap` or `trained`: "
                "nothing is trained"
            )
        _ = self.forms  # raises if a form does not exist

    @property
    def source(self) -> str | None:
        """Name of the arm whose model this arm needs; None if it needs none."""
        return self.bootstrap.source if self.bootstrap else self.model_of

    def has_corpus_of(self, other: Arm) -> bool:
        """Return whether the texts and tasks are those of another arm."""
        names = ("train_on", "mix", "own_share", "trained")
        same = all(getattr(self, name) == getattr(other, name) for name in names)
        return same and self.forms == other.forms

    @property
    def forms(self) -> tuple[Form, ...]:
        """Forms of the texts: one for each style."""
        return tuple(
            Form(
                format=self.format,
                style=style,
                depth=self.depth,
                without=self.without,
                prompt=self.prompt,
            )
            for style in self.styles or (self.style,)
        )


@dataclass(frozen=True, kw_only=True)
class Study:
    """Several arms that are trained and scored on the same tasks and problems.

    Attributes
    ----------
    title
        What is compared, in a few words.
    tasks
        Names of the tasks, and Python files of tasks, relative to the folder of the study; ``all``
        means every installed task.
    arms
        The arms; the first one is the reference of the others.
    seeds
        Seeds of training.
    items
        Scored problems of each task and range. None: as many as the scale has.
    wordings
        Wordings that pose the scored problems: ``seen`` in training, ``unseen``, or both. None:
        those of the scale.
    attention
        Problems of each task and range on whose references the models' attention to operands is
        measured.
    scales
        Scales at which the study is meaningful.
    """

    title: str
    tasks: tuple[str, ...]
    arms: tuple[Arm, ...]
    seeds: tuple[int, ...] = (0,)
    items: int | None = None
    wordings: tuple[WordingKind, ...] | None = None
    attention: int = 0
    scales: tuple[ScaleName, ...] = SCALES

    def __post_init__(self) -> None:
        arm_names = [arm.name for arm in self.arms]
        if not arm_names or not self.tasks or not self.seeds:
            raise ValueError("a study needs at least one of `tasks`, of `arms` and of `seeds`")
        if self.items is not None and self.items < 1:
            raise ValueError(f"`items` must be at least 1, not {self.items}")
        if self.attention < 0:
            raise ValueError(f"`attention` must be at least 0, not {self.attention}")
        if repeated := [name for name in arm_names if arm_names.count(name) > 1]:
            raise ValueError(f"`arms`: two arms are called {repeated[0]!r}; rename one")
        for arm in self.arms:
            if arm.source and arm.source not in _sources(arm_names, arm.name):
                key = "bootstrap.source" if arm.bootstrap else "model_of"
                raise ValueError(
                    f"arm {arm.name}: `{key}` must be an arm before it, not {arm.source!r}"
                )
            if arm.model_of and not arm.has_corpus_of(self.arm(arm.model_of)):
                raise ValueError(
                    f"arm {arm.name}: its texts and tasks must be those of {arm.model_of}, whose "
                    "model it scores"
                )
            if arm.far and self.attention:
                raise ValueError("`attention` cannot be measured with `far`; leave out one of them")
        for name in self.task_names:
            if name not in names():
                raise ValueError(f"`tasks`: {unknown(name, names(), 'task')}")

    def arm(self, name: str) -> Arm:
        """Return the arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)

    @property
    def task_names(self) -> tuple[str, ...]:
        """Names of the tasks that are installed."""
        if self.tasks == ("all",):
            return names()
        return tuple(name for name in self.tasks if name not in self.task_files)

    @property
    def task_files(self) -> tuple[str, ...]:
        """Python files of tasks."""
        return tuple(name for name in self.tasks if name.endswith(".py"))


@dataclass(frozen=True, kw_only=True)
class TaskRanges:
    """Ranges of one task at a scale, each with its least and greatest length.

    Attributes
    ----------
    S, M, L
        The ranges; models are trained on S, and the greatest length of L is at least twice that
        of S, but for an ``exception``.
    options
        Further options of the task.
    train
        Training records of the task, if its texts are so long that those of the scale take too
        much time; the steps of the recipe change in proportion. None: as many as the scale has.
    """

    S: tuple[int, ...]
    M: tuple[int, ...]
    L: tuple[int, ...]
    options: dict[str, object] = field(default_factory=dict)
    train: int | None = None
    exception: str = ""

    def __post_init__(self) -> None:
        for name, lengths in self.lengths.items():
            if len(lengths) != 2:
                raise ValueError(f"`{name}` must be two lengths, not {len(lengths)}")
        if self.L[1] < 2 * self.S[1] and not self.exception:
            raise ValueError(
                f"the greatest length of `L` must be at least {2 * self.S[1]}, twice that of `S`, "
                f"not {self.L[1]}; or give the reason as `exception`"
            )

    @property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        """Least and greatest length, by range."""
        return {"S": self.S, "M": self.M, "L": self.L}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Preset of sizes at which every study can run.

    Attributes
    ----------
    recipe
        Name of a recipe of tmtail, or path of one.
    changes
        Keys of the recipe that this scale changes, by section.
    train
        Training records of each task.
    items
        Scored problems of each task and range.
    wordings
        Wordings that pose the scored problems.
    tasks
        Ranges of each task. A task that is not in this table has the paper's ranges.
    """

    recipe: str
    train: int
    items: int
    changes: Changes = field(default_factory=dict)
    wordings: tuple[WordingKind, ...] = ("unseen",)
    tasks: dict[str, TaskRanges] = field(default_factory=dict)

    def task(self, name: str) -> AnyTask:
        """Return a task with its ranges at this scale."""
        if name not in self.tasks:
            return get(name)
        table = self.tasks[name]
        return get(name, ranges=table.lengths, **table.options)

    def records(self, names: Sequence[str]) -> int:
        """Return the number of training records of each task of a model."""
        own = self.tasks[names[0]].train if len(names) == 1 and names[0] in self.tasks else None
        return own or self.train


def _check_share(name: str, share: float) -> None:
    if not 0 < share <= 1:
        raise ValueError(f"`{name}` must be above 0 and at most 1, not {share}")


def _sources(arm_names: list[str], name: str) -> list[str]:
    """Return the arms that the arm of this name can build on: those before it."""
    return arm_names[: arm_names.index(name)]


def study_names() -> tuple[str, ...]:
    """Return the names of the built-in studies."""
    return tuple(sorted(path.stem for path in (_FOLDER / "builtin").glob("*.yaml")))


def read_study(name: str) -> Study:
    """Return a study: a built-in one by its name, or that of a YAML file.

    Raises
    ------
    ValueError
        If the study does not exist, or the file does not describe one.
    """
    return read_yaml(study_path(name), Study)


def is_study(name: str) -> bool:
    """Return whether a name is that of a built-in study or of a file."""
    return name in study_names() or Path(name).is_file()


def study_path(name: str) -> Path:
    """Return the file of a study."""
    if name in study_names():
        return _FOLDER / "builtin" / f"{name}.yaml"
    path = Path(name)
    if not path.is_file():
        help = similar_file(path) or unknown(name, study_names(), "study")
        raise ValueError(f"{name}: the file does not exist; {help}")
    return path


def read_scale(name: str) -> Scale:
    """Return the scale of this name."""
    if name not in SCALES:
        raise ValueError(unknown(name, SCALES, "scale"))
    return read_yaml(_FOLDER / "scales" / f"{name}.yaml", Scale)


def unknown(name: str, known: tuple[str, ...], kind: str) -> str:
    """Return the message for a name that does not exist."""
    help = did_you_mean(name, known) or f"there are {', '.join(known)}"
    return f"no {kind} is called `{name}`; {help}"
