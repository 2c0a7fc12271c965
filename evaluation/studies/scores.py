"""Results of ``tmtail eval`` as rows of a study, to show several runs in one table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.reports.results import ITEMS_FILE, read_results
from evaluation.scoring.scores import Verdict
from evaluation.studies.rows import StudyItem, StudyRow
from tm.support.strict_json import json_lines

STUDY_NAME = "eval"
"""Name of the study whose arms are the folders."""

_FORM = re.compile(r"(\S+?)(?: depth (\d+))?(?: without ([a-z ]+?))?(?: keyed)?")
"""Parts of ``tasks.corpus.Form.name``."""

Problems = dict[tuple[str, str, str], dict[str, tuple[Any, Any]]]
"""Length and right answer of each problem by its id, for a task, a range and a kind of wordings."""


def rows_of_results(folders: Sequence[Path]) -> tuple[list[StudyRow], list[StudyItem]]:
    """Return rows and scored problems of folders that ``tmtail eval`` wrote; each is an arm.

    Raises
    ------
    ValueError
        If a folder has no results, they are damaged or have several samples of a problem, or two
        folders have different problems of a task and range.
    """
    names = [folder.name for folder in folders]
    rows: list[StudyRow] = []
    items: list[StudyItem] = []
    problems: Problems = {}
    for folder, name in zip(folders, names, strict=True):
        arm = str(folder) if names.count(name) > 1 else name
        results = read_results(folder)
        try:
            own_items = list(_items(folder, arm, results, problems))
            rows += _rows(arm, results, own_items)
        except (KeyError, TypeError) as error:
            raise ValueError(
                f"{folder}: the results are not those of this version ({error}); score again"
            ) from None
        items += own_items
    return rows, items


def _items(
    folder: Path, arm: str, results: Mapping[str, Any], problems: Problems
) -> Iterator[StudyItem]:
    own: Problems = {}
    for _, item in json_lines(folder / ITEMS_FILE):
        if item["sample"]:
            raise ValueError(
                f"{folder}: the run has several samples of a problem; give runs with one"
            )
        part = item["task"], item["range"], item["wordings"]
        own.setdefault(part, {})[item["id"]] = item["length"], item["gold"]
        divergence = item["first_divergence"] or {}
        yield StudyItem(
            study=STUDY_NAME,
            scale="",
            arm=arm,
            seed=_seed(results),
            **{name: item[name] for name in ("task", "range", "wordings", "id", "length")},
            right=item["verdict"] == Verdict.RIGHT,
            **{name: item[name] for name in ("exact", "verdict", "tokens")},
            role=divergence.get("role"),
            step=divergence.get("step"),
        )
    for part, answers in own.items():
        if problems.setdefault(part, answers) != answers:
            raise ValueError(
                f"{folder}: the problems of {part[0]} {part[1]} are not those of the folders "
                "before; score all runs on the same problems"
            )


def _seed(results: Mapping[str, Any]) -> int:
    """Return the seed of training; 0 if it is unknown."""
    seed: int = results.get("training", {}).get("seed", 0)
    return seed


def _rows(arm: str, results: Mapping[str, Any], items: Sequence[StudyItem]) -> Iterator[StudyRow]:
    training = results.get("training", {})
    lengths = training.get("trained_lengths", {})
    form = _FORM.fullmatch(results["style"])
    if form is None:
        raise TypeError(f"style {results['style']}")
    style, depth, without = form.groups()
    for row in results["rows"]:
        own = [item for item in items if (item.task, item.range) == (row["task"], row["range"])]
        for wordings in dict.fromkeys(item.wordings for item in own):
            posed = [item for item in own if item.wordings == wordings]
            fitting = [item for item in posed if item.verdict != Verdict.NO_FIT]
            chains = row["exact_chains"] is not None
            yield StudyRow(
                study=STUDY_NAME,
                scale="",
                arm=arm,
                seed=_seed(results),
                # A loaded model without a record is a pretrained one.
                trained_on=",".join(lengths) if "weights" in results else None,
                task=row["task"],
                range=row["range"],
                min_length=row["lengths"][0],
                max_length=row["lengths"][1],
                split=results["split"],
                wordings=wordings,
                trained_length=lengths.get(row["task"]),
                style=style,
                without=",".join((without or "").split()),
                depth=int(depth or 1) if chains else None,
                prompt=results["prompt"],
                problems=len(posed),
                fitting=len(fitting),
                distinct=min(row["distinct"], len(fitting)),
                right=sum(item.right for item in fitting),
                exact=sum(item.exact for item in fitting) if chains else None,
                chance=row["chance"],
                chain_tokens=row["reference_length"] if row["unit"] == "tokens" else None,
                trained_tokens=None,
                parameters=results.get("parameters"),
                cpu_seconds=None,
                corpus=results.get("corpus", ""),
                recipe="",
            )
