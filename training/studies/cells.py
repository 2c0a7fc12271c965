"""Cells of a study: one model each, with its corpus, its recipe and the tasks it is scored on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import blake2b
from math import ceil
from pathlib import Path
from typing import Any, Literal

from evaluation.schema import from_mapping, read_document
from evaluation.studies.rows import read_results
from tasks.base import AnyTask
from tasks.corpus import CorpusRequest, Form, RecordOptions
from tasks.registry import from_file, names
from training.config import Config
from training.configs import recipe_path
from training.studies.definition import (
    Arm,
    Scale,
    Study,
    read_scale,
    read_study,
    study_path,
    unknown,
)

RANGES = ("S", "M", "L")

MIXTURE_FILE = "records.parquet"
"""Training records of a cell that mixes several corpora, or has texts of a model's own."""

Split = Literal["probe", "eval"]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A study at a scale, in a folder.

    Attributes
    ----------
    source
        Name or path of the study.
    scale_name
        Name of the scale.
    out
        Folder of corpora, cells and results.
    split
        Split that is scored: ``probe`` while a recipe is developed, ``eval`` once it is frozen.
    model
        Folder or hub name that replaces the recipe's ``model.base``; None for the recipe's.
    task_files
        Python files of tasks that the study gets in addition, with the ranges that they state.
    ranges
        Ranges that are scored; the others can be, later, in the same folder.

    Raises
    ------
    ValueError
        If the study, the scale or a range does not exist, the study does not run at this scale, or
        a file has no task or one whose name is taken.
    """

    source: str
    scale_name: str
    out: Path
    split: Split = "probe"
    model: str | None = None
    task_files: tuple[str, ...] = ()
    ranges: tuple[str, ...] = RANGES

    def __post_init__(self) -> None:
        for name in self.ranges:
            if name not in RANGES:
                raise ValueError(unknown(name, RANGES, "range of a study"))
        if self.scale_name not in (known := self.study.scales):
            _ = self.scale  # raises if no study has such a scale
            raise ValueError(
                f"study {self.name}: it does not run at the scale `{self.scale_name}`; its scales "
                f"are {', '.join(known)}"
            )
        taken = {*names()}
        for file, task in self.own_tasks.items():
            if task.name in taken:
                raise ValueError(f"{file}: another task is called `{task.name}`; rename this one")
            taken.add(task.name)

    @property
    def name(self) -> str:
        """Name of the study: that of its file."""
        return Path(self.source).stem

    @cached_property
    def study(self) -> Study:
        """The study."""
        return read_study(self.source)

    @cached_property
    def scale(self) -> Scale:
        """The scale."""
        return read_scale(self.scale_name)

    @cached_property
    def own_tasks(self) -> dict[Path, AnyTask]:
        """Tasks that are not installed, by absolute path: the study's, then ``task_files``."""
        folder = study_path(self.source).parent
        files = [*(folder / file for file in self.study.task_files), *map(Path, self.task_files)]
        return {file: from_file(file) for file in (path.resolve() for path in files)}

    @property
    def task_names(self) -> tuple[str, ...]:
        """Names of the tasks, those that are not installed last."""
        return (*self.study.task_names, *(task.name for task in self.own_tasks.values()))

    def task(self, name: str) -> AnyTask:
        """Return a task with its ranges at the scale; one that is not installed has its own."""
        own = {task.name: task for task in self.own_tasks.values()}
        return own[name] if name in own else self.scale.task(name)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One model of a study.

    Attributes
    ----------
    experiment
        The study and its scale.
    arm
        The arm.
    trained_on, scored
        Names of the tasks that the model is trained and scored on.
    label
        Name of this choice of tasks.
    seed
        Seed of training.
    """

    experiment: Experiment
    arm: Arm
    trained_on: tuple[str, ...]
    scored: tuple[str, ...]
    label: str
    seed: int

    @property
    def name(self) -> str:
        """Name of the cell within its study, and of its folder."""
        return f"{self.arm.name}.{self.label}.{self.seed}"

    @property
    def folder(self) -> Path:
        """Folder of the cell."""
        return self.experiment.out / "cells" / self.name

    def request(
        self,
        names: Sequence[str],
        *,
        share: float = 1.0,
        form: Form | None = None,
        mix: tuple[int, ...] | None = None,
    ) -> CorpusRequest:
        """Return the request of the corpus of some tasks, in the form of this arm.

        All arms hold out the same problems. With a share of 0, the corpus has only these.
        """
        scale = self.experiment.scale
        return CorpusRequest(
            tasks=[self.experiment.task(name) for name in names],
            train=ceil(share * (self.arm.train or scale.records(names))),
            eval=self.items,
            probe=self.items,
            ranges=RANGES,
            mix=self.arm.mix if mix is None else mix,
            options=RecordOptions(
                form=form or self.arm.forms[0], spans="role_weights" in self.arm.recipe
            ),
        )

    @property
    def training_requests(self) -> list[CorpusRequest]:
        """Requests of the corpora that the model is trained on; none without training.

        With several styles, the corpora have the same problems, and each gives a part of the
        records.
        """
        arm = self.arm
        if not arm.trained or arm.model_of:
            return []
        if arm.own_share is None:
            return [self.request(self.trained_on, form=form) for form in arm.forms]
        own = self.request(self.scored, share=arm.own_share)
        rest = [name for name in self.trained_on if name not in self.scored]
        return [self.request(rest), own] if rest else [own]

    @property
    def longer_request(self) -> CorpusRequest | None:
        """Request of the corpus with the problems of ``Arm.bootstrap``; None without it."""
        bootstrap = self.arm.bootstrap
        if bootstrap is None:
            return None
        mix = tuple(int(name == bootstrap.range) for name in RANGES)
        return self.request(self.trained_on, share=bootstrap.share, mix=mix)

    @property
    def source(self) -> Cell | None:
        """Cell whose model this one needs; None if it needs none."""
        name = self.arm.source
        return None if name is None else replace(self, arm=self.experiment.study.arm(name))

    @property
    def trained(self) -> Cell:
        """Cell that trains the model: the source if ``Arm.model_of`` names one, else this one."""
        return self.source.trained if self.arm.model_of and self.source else self

    @property
    def has_mixture(self) -> bool:
        """True if the model is trained on records of several corpora, or on texts of a model."""
        return len(self.training_requests) > 1 or self.arm.bootstrap is not None

    def scoring_request(self, task: str) -> CorpusRequest:
        """Return the request of the corpus that has the scored problems of a task."""
        for request in self.trained.training_requests:
            if task in (each.name for each in request.tasks):
                return request
        return self.request([task], share=0)

    @property
    def requests(self) -> list[CorpusRequest]:
        """Requests of all corpora that the cell reads."""
        scoring = [self.scoring_request(task) for task in self.scored]
        longer = [] if self.longer_request is None else [self.longer_request]
        return [*self.training_requests, *longer, *scoring]

    @property
    def trained_ranges(self) -> tuple[str, ...]:
        """Ranges that the model is trained on."""
        bootstrap = self.trained.arm.bootstrap
        longer = bootstrap and bootstrap.range
        weights = dict(zip(RANGES, self.arm.mix, strict=False))
        return tuple(name for name in RANGES if weights.get(name) or name == longer)

    def corpus_folder(self, request: CorpusRequest) -> Path:
        """Return the folder of a corpus, which cells with the same request share."""
        names = [task.name for task in request.tasks]
        label = names[0] if len(names) == 1 else f"{len(names)}-tasks"
        form = request.options.form.name.replace(" ", "-")
        return self.experiment.out / "corpora" / f"{label}.{form}.{request.key}"

    @cached_property
    def recipe(self) -> Config:
        """Recipe of the model; without training, only its model and precision are used."""
        if self.trained is not self:
            return self.trained.recipe
        experiment, arm = self.experiment, self.arm
        path = recipe_path(experiment.scale.recipe)
        document = read_document(path)
        document = changed(document, experiment.scale.changes)
        if (steps := document["schedule"].get("steps")) is not None:
            share = experiment.scale.records(self.trained_on) / experiment.scale.train
            document = changed(document, {"schedule": {"steps": round(share * steps)}})
        document = changed(document, arm.recipe)
        corpus = self.folder / MIXTURE_FILE
        if not self.has_mixture:
            request = next(iter(self.training_requests), self.request(self.scored))
            corpus = self.corpus_folder(request)
        document = changed(
            document,
            {
                "out": str(self.folder / "run"),
                "data": {
                    "corpus": str(corpus),
                    "ranges": list(self.trained_ranges),
                    "prompt": arm.prompt,
                },
                "seed": self.seed,
            },
        )
        if experiment.model is not None:
            if "base" not in document.get("model", {}):
                raise ValueError(
                    f"scale {experiment.scale_name}: its recipe starts from random weights; leave "
                    "out the model, or choose another scale"
                )
            document = changed(document, {"model": {"base": experiment.model}})
        return from_mapping(document, Config, f"study {experiment.name}, arm {arm.name}")

    @property
    def recipe_digest(self) -> str:
        """Digest of the recipe without seeds and folders; empty without training."""
        if not self.arm.trained:
            return ""
        recipe = asdict(self.recipe)
        for key in ("out", "seed"):
            del recipe[key]
        del recipe["data"]["corpus"]
        return blake2b(json.dumps(recipe, default=str).encode(), digest_size=8).hexdigest()

    @property
    def description(self) -> dict[str, Any]:
        """Plain data that decides about the results of the cell."""
        source, attention = self.source, self.experiment.study.attention
        return {
            **({"attention": attention} if attention else {}),
            **({"styles": self.arm.styles} if self.arm.styles else {}),
            **({"bootstrap": asdict(self.arm.bootstrap)} if self.arm.bootstrap else {}),
            **({"source": source.description} if source else {}),
            **({"far": asdict(self.arm.far)} if self.arm.far else {}),
            "study": self.experiment.name,
            "scale": self.experiment.scale_name,
            "split": self.experiment.split,
            "arm": self.arm.name,
            "seed": self.seed,
            "corpora": [request.key for request in self.requests],
            "scored": self.scored,
            "wordings": self.wordings,
            "recipe": self.recipe_digest,
            "model": self.recipe.model.base,
        }

    @property
    def items(self) -> int:
        """Number of scored problems of each task and range."""
        return self.experiment.study.items or self.experiment.scale.items

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """Task, range and wordings of each row of the cell, in the order of scoring."""
        ranges = [name for name in RANGES if name in self.experiment.ranges]
        return [(t, r, w) for r in ranges for t in self.scored for w in self.wordings]

    @property
    def unscored(self) -> list[tuple[str, str, str]]:
        """Those of ``parts`` that have no row yet."""
        rows, _ = read_results(self.folder)
        scored = {row.part for row in rows}
        return [part for part in self.parts if part not in scored]

    @property
    def wordings(self) -> tuple[str, ...]:
        """Wordings that pose the scored problems."""
        study = self.experiment.study
        return study.wordings or self.experiment.scale.wordings

    def task(self, name: str) -> AnyTask:
        """Return a task of the cell, with its ranges at this scale."""
        return self.experiment.task(name)


def changed(document: Mapping[str, Any], changes: Mapping[str, object]) -> dict[str, Any]:
    """Return a document with some keys changed; mappings are merged."""
    merged = dict(document)
    for key, value in changes.items():
        section = merged.get(key)
        if isinstance(section, Mapping) and isinstance(value, Mapping):
            merged[key] = changed(section, value)
        else:
            merged[key] = value
    return merged


def expand(
    experiment: Experiment,
    *,
    arms: Sequence[str] = (),
    tasks: Sequence[str] = (),
    seeds: Sequence[str] = (),
) -> list[Cell]:
    """Return the cells of a study: by seed, then by task, then by arm.

    Parameters
    ----------
    arms, tasks
        Names to restrict the study to; all if empty. An arm brings those that it builds on.
        Restricting the tasks does not change what a model is trained on.
    seeds
        Seeds, as texts, to restrict the study to; all if empty.

    Raises
    ------
    ValueError
        If the study has no such arm, task or seed.
    """
    study = experiment.study
    arms = [*arms, *_source_arms(study, arms)]
    arm_names = tuple(arm.name for arm in study.arms)
    all_seeds = {seed for arm in study.arms for seed in _seeds(study, arm)}
    for name, known, kind in [
        *((name, arm_names, "arm of the study") for name in arms),
        *((name, experiment.task_names, "task of the study") for name in tasks),
        *((seed, tuple(map(str, sorted(all_seeds))), "seed of the study") for seed in seeds),
    ]:
        if name not in known:
            raise ValueError(unknown(name, known, kind))
    chosen_tasks = tasks or experiment.task_names
    cells = [
        Cell(experiment=experiment, arm=arm, seed=seed, **choice)
        for arm in study.arms
        if experiment.scale_name in arm.scales and (not arms or arm.name in arms)
        for choice in _choices(arm, experiment.task_names, chosen_tasks)
        for seed in _seeds(study, arm)
        if not seeds or str(seed) in seeds
    ]
    seed_order = list(dict.fromkeys(cell.seed for cell in cells))
    order = {name: number for number, name in enumerate(chosen_tasks)}
    return sorted(cells, key=lambda cell: (seed_order.index(cell.seed), order[cell.scored[0]]))


def _seeds(study: Study, arm: Arm) -> Sequence[int]:
    """Return the seeds of an arm: its own, or those of the study."""
    return study.seeds if arm.seeds is None else arm.seeds


def _source_arms(study: Study, arms: Sequence[str]) -> Iterator[str]:
    """Yield the names of the arms that some arms build on, directly or not."""
    by_name = {arm.name: arm for arm in study.arms}
    for name in arms:
        arm = by_name.get(name)
        while arm is not None and arm.source is not None:
            yield arm.source
            arm = by_name[arm.source]


def _choices(arm: Arm, all_tasks: Sequence[str], chosen: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the tasks that each model of an arm is trained and scored on."""
    if not arm.trained:
        yield from ({"trained_on": (), "scored": (name,), "label": name} for name in chosen)
    elif arm.train_on == "all":
        yield {"trained_on": tuple(all_tasks), "scored": tuple(chosen), "label": "all"}
    elif arm.train_on == "rest":
        for name in chosen:
            rest = tuple(other for other in all_tasks if other != name)
            if arm.own_share is None:
                yield {"trained_on": rest, "scored": (name,), "label": f"without-{name}"}
            else:
                yield {"trained_on": (*rest, name), "scored": (name,), "label": f"adding-{name}"}
    else:
        yield from ({"trained_on": (name,), "scored": (name,), "label": name} for name in chosen)
