"""Arms that mix corpora, or train on longer texts of a model's own."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem
from evaluation.schema import ConfigError
from evaluation.scoring.scores import Score, score
from tasks.corpus import build
from tests.support.models.eval_problems import replayed
from training.studies.cell import run_cell
from training.studies.cells import MIXTURE_FILE, Cell, Experiment, expand
from training.studies.definition import Bootstrap, read_study
from training.studies.mixtures import KEPT_FILE, kept_texts, write_mixture
from training.studies.planning import plan_cells
from training.studies.running import _waves, results_in

RECIPE = (
    "recipe: {model: {layers: 1, width: 16, heads: 2, head_width: 8, feed_forward: 16,"
    " start: mimetic, vocabulary: 300}, schedule: {steps: 2, batch_size: 2, save_every: 0}}"
)
STUDY = f"""
title: mixtures
tasks: [any_substring, compare_numbers]
items: 2
arms:
  - {{name: base, train: 8, {RECIPE}}}
  - {{name: mixed, train: 8, styles: [minimal, styled], {RECIPE}}}
  - {{name: added, train: 8, train_on: rest, own_share: 0.25, {RECIPE}}}
  - {{name: alone, train: 8, own_share: 0.25, {RECIPE}}}
  - {{name: truth, train: 8, bootstrap: {{source: base, keep: truth, share: 0.5}}, {RECIPE}}}
  - {{name: replay, train: 8, bootstrap: {{source: base, keep: replay, share: 0.5}}, {RECIPE}}}
"""


@pytest.fixture
def cells(tmp_path: Path) -> dict[str, Cell]:
    """Cells of the study by the name of their arm, for one task."""
    path = tmp_path / "mixtures.yaml"
    path.write_text(STUDY)
    experiment = Experiment(source=str(path), scale_name="tiny", out=tmp_path / "out")
    return {cell.arm.name: cell for cell in expand(experiment, tasks=["any_substring"])}


def records_of(cell: Cell) -> list[tuple[str, str, str]]:
    """Return task, range and completion of the training records of a cell."""
    for request in cell.requests:
        build(request, out=cell.corpus_folder(request))
    cell.folder.mkdir(parents=True)
    write_mixture(cell)
    table = pq.read_table(cell.folder / MIXTURE_FILE).to_pylist()
    return [(row["task"], row["range"], row["completion"]) for row in table]


def test_styles_take_turns_on_the_same_problems(cells: dict[str, Cell]) -> None:
    cell = cells["mixed"]
    records = records_of(cell)
    minimal, styled = (
        build(request, out=cell.corpus_folder(request)).read("train")["completion"].to_pylist()
        for request in cell.training_requests
    )
    assert len(records) == 8
    expected = [pair[n % 2] for n, pair in enumerate(zip(minimal, styled, strict=True))]
    assert [completion for *_, completion in records] == expected


def test_a_task_is_added_with_a_share_of_its_records(cells: dict[str, Cell]) -> None:
    counts = [task for task, *_ in records_of(cells["added"])]
    assert counts == ["compare_numbers"] * 8 + ["any_substring"] * 2
    assert cells["added"].name == "added.adding-any_substring.0"
    assert not cells["alone"].has_mixture
    (request,) = cells["alone"].training_requests
    assert request.train == 2
    assert cells["base"].training_requests[0].train == 8


def test_the_machine_s_longer_texts_are_records(cells: dict[str, Cell]) -> None:
    ranges = [name for _, name, _ in records_of(cells["truth"])]
    assert ranges == ["S"] * 8 + ["M"] * 4
    assert cells["truth"].trained_ranges == ("S", "M")
    assert cells["truth"].recipe.data.ranges == ("S", "M")
    assert [plan.records for plan in plan_cells([cells["truth"], cells["mixed"]])] == [12, 8]


def test_replay_keeps_exact_texts_and_a_vote_keeps_the_commonest_answer() -> None:
    exact, voted, split = replayed("S", 3)
    wrong = f"answer: {next(each for each in '<>' if each != voted.gold)}"

    def scores_of(problem: EvalProblem, *texts: str) -> list[Score]:
        return [score(problem, Output(text, End.STOP, 1), n) for n, text in enumerate(texts)]

    scores = [
        *scores_of(exact, exact.completion, "nothing", "nothing"),
        *scores_of(voted, voted.completion, wrong, wrong),
        *scores_of(split, "nothing", "nothing", split.completion),
    ]
    replay = Bootstrap(source="base", keep="replay")
    assert [s.problem.id for s in kept_texts(scores, replay)] == [exact.id, voted.id, split.id]
    majority = list(kept_texts(scores, replace(replay, keep="majority")))
    assert [(s.problem.id, s.output.text) for s in majority] == [(voted.id, wrong)]


@pytest.mark.usefixtures("short_outputs")
def test_a_model_is_trained_on_its_own_texts_after_its_source(cells: dict[str, Cell]) -> None:
    assert [
        [cell.arm.name for cell in wave] for wave in _waves([cells["replay"], cells["base"]])
    ] == [
        ["base"],
        ["replay"],
    ]
    replay = cells["replay"]
    for name in ("base", "mixed", "replay"):
        for request in cells[name].requests:
            build(request, out=cells[name].corpus_folder(request))
    with pytest.raises(ValueError, match=r"model of base\.any_substring\.0 does not exist"):
        run_cell(replay)
    for name in ("base", "mixed", "replay"):
        run_cell(cells[name])
    assert '"kept": 0' in (replay.folder / KEPT_FILE).read_text()
    rows, _ = results_in(replay.experiment.out)
    limits = {row.arm: (row.style, row.trained_length) for row in rows}
    ranges = replay.experiment.scale.tasks["any_substring"]
    assert limits == {
        "base": ("minimal", ranges.S[1]),
        "mixed": ("minimal,styled", ranges.S[1]),
        "replay": ("minimal", ranges.M[1]),
    }


def test_an_arm_brings_those_that_it_builds_on(cells: dict[str, Cell]) -> None:
    chosen = expand(cells["base"].experiment, arms=["replay"], tasks=["any_substring"])
    assert [cell.arm.name for cell in chosen] == ["base", "replay"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("styles: [minimal]", "at least two styles"),
        ("own_share: 2", "`own_share` must be above 0 and at most 1"),
        ("train_on: all, own_share: 0.5", "`own_share` applies to"),
        ("bootstrap: {source: b, keep: replay}", "must be an arm before it, not 'b'"),
        ("bootstrap: {source: a, keep: replay}", "must be an arm before it, not 'a'"),
        ("bootstrap: {source: a, keep: exact}", "keep"),
        ("trained: false, own_share: 0.5", "require a trained arm"),
    ],
)
def test_faults_of_an_arm_are_named(tmp_path: Path, keys: str, message: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(f"title: t\ntasks: [lcs]\narms: [{{name: a, {keys}}}, {{name: b}}]\n")
    with pytest.raises(ConfigError, match=message):
        read_study(str(path))
