"""Studies from their definition to the table, with models that have learned nothing."""

import re
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from evaluation.reports.results import read_results
from evaluation.schema import ConfigError
from evaluation.studies.report import scores_table
from evaluation.studies.rows import (
    ATTENTION_FILE,
    ITEMS_FILE,
    AttentionRow,
    StudyItem,
    read_entries,
    write_entries,
)
from evaluation.studies.summary import summarize
from tasks.corpus import build
from tests.support.tasks.parity_task import PARITY_MACHINE, PARITY_TASK
from tmtail.cli import app
from training.config import Model
from training.models.random import make_model
from training.studies.cell import run_cell
from training.studies.cells import Cell, Experiment, expand
from training.studies.definition import (
    SCALES,
    TaskRanges,
    read_scale,
    read_study,
    study_names,
)
from training.studies.planning import plan_cells
from training.studies.running import _waves, attention_in, is_finished, results_in, run_cells

STUDY = """
title: two forms of the text
tasks: [any_substring]
seeds: [0]
items: 2
arms:
  - {name: tail, train: 20, recipe: &RECIPE}
  - {name: answer-only, train: 20, format: answer, recipe: &RECIPE}
""".replace(
    "&RECIPE",
    "{model: {layers: 1, width: 16, heads: 2, head_width: 8, feed_forward: 16, start: mimetic,"
    " vocabulary: 300}, schedule: {steps: 4, batch_size: 2, save_every: 2}}",
)


NO_FETCH = "no-fetch, train: 4, without: [fetch]"
"""Keys of an arm whose texts do not repeat their operands."""


@pytest.fixture
def study_file(tmp_path: Path) -> Path:
    path = tmp_path / "forms.yaml"
    path.write_text(STUDY)
    return path


def cells_of(study: Path, out: Path, **selection: list[str]) -> list[Cell]:
    return expand(Experiment(source=str(study), scale_name="tiny", out=out), **selection)


def run_here(cells: list[Cell]) -> None:
    """Run cells in this process, which is faster than one process for each."""
    for cell in cells:
        for request in cell.requests:
            build(request, out=cell.corpus_folder(request))
        run_cell(cell)


def outcomes(out: Path, arm: str) -> list[tuple[object, ...]]:
    """Return everything about the results of an arm that does not depend on time."""
    rows, items = results_in(out)
    return [
        *(
            (row.seed, row.range, row.right, row.exact, row.corpus)
            for row in rows
            if row.arm == arm
        ),
        *((i.seed, i.id, i.verdict, i.tokens, i.step) for i in items if i.arm == arm),
    ]


def test_a_study_runs_and_resumes_with_the_same_result(study_file: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    cells = cells_of(study_file, tmp_path / "whole")
    assert [cell.name for cell in cells] == [
        "tail.any_substring.0",
        "answer-only.any_substring.0",
    ]
    results = run_cells(cells, jobs=2, report=lines.append)
    assert [result.fault for result in results] == ["", ""]
    rows, items = results_in(tmp_path / "whole")
    assert [row.range for row in rows] == ["S", "M", "L"] * 2
    assert {row.exact is None for row in rows if row.arm == "answer-only"} == {True}
    assert {row.problems for row in rows} == {2}
    assert len(items) == 12
    shortest, longest = read_scale("tiny").tasks["any_substring"].L
    assert all(shortest <= item.length <= longest for item in items if item.range == "L")
    table = scores_table(summarize(rows, items))
    assert [len(line) for line in table.lines] == [len(table.header)] * 6

    # A published folder has the files of the report alone, and the same results in order.
    published = tmp_path / "published"
    shown = CliRunner().invoke(app, ["study", "show", str(tmp_path / "whole")])
    assert shown.exit_code == 0, shown.output
    published.mkdir()
    for name in ("rows.parquet", "problems.parquet"):
        (tmp_path / "whole" / name).rename(published / name)
    assert results_in(published) == (rows, items)
    assert [row.arm for row in rows] == ["tail"] * 3 + ["answer-only"] * 3

    before = (tmp_path / "whole" / "cells" / cells[0].name / "rows.parquet").stat().st_mtime_ns
    run_cells(cells, report=lines.append)
    assert lines[-1] == "2 of 2 cells are finished already"
    after = (tmp_path / "whole" / "cells" / cells[0].name / "rows.parquet").stat().st_mtime_ns
    assert before == after

    # A run that is killed after its first checkpoint goes on, with the same result.
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "tmtail", "study", "run", str(study_file), "--out", str(out),
               "--arms", "tail"]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while not any(out.glob("cells/*/run/checkpoints/*/whole")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.kill()
    deadline = time.monotonic() + 60
    while True:  # its cell ends when it notices
        results = run_cells(cells_of(study_file, out, arms=["tail"]))
        if not any(result.fault for result in results):
            break
        assert time.monotonic() < deadline, results
    assert outcomes(out, "tail") == outcomes(tmp_path / "whole", "tail") != []


def test_a_style_that_does_not_exist_is_found_before_anything_is_spent(
    study_file: Path, tmp_path: Path
) -> None:
    study_file.write_text(
        STUDY.replace("seeds: [0, 1]", "seeds: [0]")
        .replace("steps: 4", "steps: 1", 1)
        .replace("{name: tail,", "{name: tail, style: fluent,")
    )
    with pytest.raises(ValueError, match="fluent"):
        run_cells(cells_of(study_file, tmp_path / "out"))


@pytest.mark.usefixtures("short_outputs")
def test_a_range_has_its_row_before_the_others_are_scored(study_file: Path, tmp_path: Path) -> None:
    def cells(*ranges: str) -> list[Cell]:
        experiment = Experiment(
            source=str(study_file), scale_name="tiny", out=tmp_path / "out", ranges=ranges
        )
        return expand(experiment, arms=["tail"])

    run_here(cells("S"))
    (short,) = results_in(tmp_path / "out")[0]
    assert short.range == "S"
    shown = CliRunner().invoke(app, ["study", "show", str(tmp_path / "out")])
    assert shown.exit_code == 0, shown.output
    outputs = cells()[0].folder / "scores/any_substring.S.seen/outputs.jsonl"
    before = outputs.stat().st_mtime_ns

    # A process that is killed between the two files leaves problems without a row.
    problems = cells()[0].folder / ITEMS_FILE
    items = read_entries(problems, StudyItem)
    write_entries(problems, StudyItem, [*items, *(replace(item, range="M") for item in items)])
    assert results_in(tmp_path / "out")[1] == items

    assert not is_finished(cells("S", "L")[0])
    run_here(cells("S", "M", "L"))
    rows, scored = results_in(tmp_path / "out")
    assert [row.range for row in rows] == ["S", "M", "L"]
    assert rows[0] == short
    assert (rows[1].cpu_seconds or 0) > (short.cpu_seconds or 0) > 0
    assert [item.range for item in scored] == ["S"] * 2 + ["M"] * 2 + ["L"] * 2
    assert outputs.stat().st_mtime_ns == before
    with pytest.raises(ValueError, match="no range of a study is called `XL`"):
        cells("XL")


@pytest.mark.usefixtures("short_outputs")
def test_a_folder_holds_one_definition_of_a_cell(study_file: Path, tmp_path: Path) -> None:
    selection = {"arms": ["answer-only"]}
    run_here(cells_of(study_file, tmp_path / "out", **selection))
    (tmp_path / "out/cells/answer-only.any_substring.0/rows.parquet").unlink()
    study_file.write_text(STUDY.replace("steps: 4", "steps: 6"))
    (result,) = run_cells(cells_of(study_file, tmp_path / "out", **selection))
    assert "holds another evaluation" in result.fault


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A tiny random model that is used like a pretrained one."""
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=8192)
    model, tokenizer = make_model(shape, [], torch.float32)
    model.save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def test_a_study_may_score_more_problems_than_its_scale(
    study_file: Path, tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "training.studies.cells.read_scale", lambda name: replace(read_scale(name), items=1)
    )
    study_file.write_text(
        """
        title: before training
        tasks: [compare_numbers]
        items: 2
        arms: [{name: untrained, trained: false, format: answer}]
        """
    )
    experiment = Experiment(
        source=str(study_file), scale_name="small", out=tmp_path / "out", model=str(base)
    )
    run_here(expand(experiment))
    rows, _ = results_in(experiment.out)
    assert {row.problems for row in rows} == {2}


@pytest.mark.usefixtures("short_outputs")
def test_a_pretrained_model_is_scored_untrained_and_with_an_adapter(
    study_file: Path, tmp_path: Path, base: Path
) -> None:
    study_file.write_text(
        """
        title: before and after training
        tasks: [compare_numbers]
        items: 1
        arms:
          - {name: untrained, trained: false, format: answer}
          - {name: trained, train: 2, format: answer}
        """
    )
    experiment = Experiment(
        source=str(study_file), scale_name="small", out=tmp_path / "out", model=str(base)
    )
    run_here(expand(experiment))
    rows, _ = results_in(tmp_path / "out")
    untrained = [row for row in rows if row.arm == "untrained"]
    assert {(row.trained_on, row.recipe, row.trained_length) for row in untrained} == {
        ("", "", None)
    }
    (adapter,) = (tmp_path / "out").glob("cells/*/run/model/adapter_config.json")
    assert adapter.parts[-4] == "trained.compare_numbers.0"


@pytest.mark.usefixtures("short_outputs")
def test_attention_is_measured_and_shown(study_file: Path, tmp_path: Path) -> None:
    text = STUDY.replace("items: 2", "items: 1\nattention: 1").replace("train: 20", "train: 4")
    text = text.replace("any_substring", "lcs")  # its texts of L are short enough
    study_file.write_text(text.replace("answer-only, train: 4, format: answer", NO_FETCH))
    run_here(cells_of(study_file, tmp_path / "out"))
    rows, _ = results_in(tmp_path / "out")
    attention = attention_in(tmp_path / "out", rows)
    solved = [row for row in attention if row.module == "solve"]
    assert sorted((row.arm, row.range) for row in solved) == [
        (arm, name) for arm in ("no-fetch", "tail") for name in ("L", "M", "S")
    ]
    assert all((row.copy > 0) == (row.arm == "tail") for row in solved)
    assert all(0 < row.source < 1 for row in solved)
    shown = CliRunner().invoke(app, ["study", "show", str(tmp_path / "out")])
    assert "at the source" in shown.output
    assert (tmp_path / "out" / "attention.svg").exists()
    assert "Attention to the operands" in (tmp_path / "out" / "report.html").read_text()
    assert read_entries(tmp_path / "out" / ATTENTION_FILE, AttentionRow) == attention


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title:", "titel:", "unknown key `titel`; did you mean `title`"),
        ("format: answer", "fromat: answer", r"unknown key `arms\[1\].fromat`; did you mean"),
        ("any_substring", "any_substrings", "did you mean `any_substring`"),
        ("name: answer-only", "name: tail", "two arms are called 'tail'"),
        ("items: 2", "items: 0", "`items` must be at least 1"),
    ],
)
def test_faults_of_a_study_are_named(study_file: Path, old: str, new: str, message: str) -> None:
    study_file.write_text(STUDY.replace(old, new))
    with pytest.raises(ConfigError, match=message):
        read_study(str(study_file))


def test_a_wrong_key_of_a_recipe_is_found_before_anything_is_spent(
    study_file: Path, tmp_path: Path
) -> None:
    study_file.write_text(STUDY.replace("width: 16", "widht: 16", 1))
    with pytest.raises(ConfigError, match=r"arm tail: unknown key `model.widht`; did you mean"):
        run_cells(cells_of(study_file, tmp_path / "out"))
    assert not (tmp_path / "out" / "corpora").exists()


def test_a_task_without_problems_of_the_split_is_not_trained(tmp_path: Path) -> None:
    lines: list[str] = []
    experiment = Experiment(source="main", scale_name="tiny", out=tmp_path / "out")
    cells = expand(experiment, tasks=["derangement_fit"], arms=["tail"], seeds=["0"])
    (result,) = run_cells(cells, report=lines.append)
    assert "`probe` has no problem of derangement_fit S, derangement_fit M" in result.fault
    assert "`--split eval`" in result.fault
    assert lines == [f"tail.derangement_fit.0: {result.fault}"]
    assert not (tmp_path / "out" / "corpora").exists()


def test_every_built_in_study_can_be_expanded(tmp_path: Path) -> None:
    for name in study_names():
        for scale in read_study(name).scales:
            cells = expand(Experiment(source=name, scale_name=scale, out=tmp_path))
            assert len({cell.name for cell in cells}) == len(cells) > 0
            one_of_each_arm = {cell.arm.name: cell for cell in cells}.values()
            for cell in one_of_each_arm:
                assert cell.recipe.data.corpus.is_relative_to(tmp_path)


def test_ranges_of_a_scale_are_long_enough() -> None:
    for name in SCALES:
        assert read_scale(name).items > 0
    with pytest.raises(ValueError, match="at least 10, twice that of `S`"):
        TaskRanges(S=(2, 5), M=(6, 7), L=(8, 9))
    assert TaskRanges(S=(2, 5), M=(6, 7), L=(8, 9), exception="no space").L == (8, 9)


def test_a_task_with_longer_texts_has_fewer_records_and_steps(tmp_path: Path) -> None:
    experiment = Experiment(source="transfer-dp", scale_name="tiny", out=tmp_path)
    cells = {cell.name: cell for cell in expand(experiment, tasks=["lcs"])}
    records = experiment.scale.tasks["lcs"].train
    assert records is not None
    steps = {name: cell.recipe.schedule.steps for name, cell in cells.items()}
    assert records < experiment.scale.train
    assert cells["task.lcs.0"].training_requests[0].train == records
    assert steps["task.lcs.0"] == round(1900 * records / 7600)
    assert steps["all.all.0"] == steps["rest.without-lcs.0"] == 1900


def test_rest_and_all_train_on_other_tasks(tmp_path: Path) -> None:
    experiment = Experiment(source="transfer-dp", scale_name="tiny", out=tmp_path)
    cells = {cell.name: cell for cell in expand(experiment, tasks=["lcs"])}
    rest = cells["rest.without-lcs.0"]
    assert rest.trained_on == ("levenshtein_distance", "knapsack_01")
    assert rest.scored == ("lcs",)
    assert rest.scoring_request("lcs").train == 0
    assert cells["all.all.0"].trained_on == ("lcs", "levenshtein_distance", "knapsack_01")
    with pytest.raises(ValueError, match="did you mean `lcs`"):
        expand(experiment, tasks=["lcss"])


def test_a_study_is_restricted_to_seeds(tmp_path: Path) -> None:
    experiment = Experiment(source="main", scale_name="tiny", out=tmp_path)
    assert {cell.seed for cell in expand(experiment, tasks=["lcs"])} == {0, 1, 2}
    assert {cell.seed for cell in expand(experiment, tasks=["lcs"], seeds=["1"])} == {1}
    with pytest.raises(ValueError, match="no seed of the study is called `5`; there are 0, 1, 2"):
        expand(experiment, seeds=["5"])


FAR = "clamped, model_of: tail, far: {kind: clamp, window: 8}}"


def test_an_arm_scores_the_model_of_another(study_file: Path, tmp_path: Path) -> None:
    tail, _, end = STUDY.partition("  - {name: answer-only")
    study_file.write_text(f"{tail}  - {{name: {FAR}\n")
    assert end
    chosen = cells_of(study_file, tmp_path / "out", arms=["clamped"])
    assert [cell.arm.name for cell in chosen] == ["tail", "clamped"]  # the source comes along
    source, clamped = chosen
    assert _waves(chosen) == [[source], [clamped]]
    assert clamped.requests == [source.requests[0]]
    with pytest.raises(ValueError, match=r"clamped.any_substring.0: .*model does not exist"):
        run_here([clamped])
    run_here(chosen)
    assert not (clamped.folder / "run").exists()
    rows, _ = results_in(tmp_path / "out")
    scored, trained = rows[::3]
    assert (trained.arm, scored.arm) == ("tail", "clamped")
    assert (scored.recipe, scored.trained_tokens) == (trained.recipe, trained.trained_tokens)
    results = read_results(clamped.folder / "scores" / "any_substring.S.seen")
    assert results["far"] == {"kind": "clamp", "window": 8, "group": 4}
    assert plan_cells([clamped])[0].tokens == 0


@pytest.mark.parametrize(
    ("arm", "message"),
    [
        (FAR.replace("of: tail", "of: tial"), "`model_of` must be an arm before it, not 'tial'"),
        (
            FAR.replace("far", "train: 9, far"),
            "`model_of` cannot be combined with `recipe`, `train`",
        ),
        (FAR.replace("far", "depth: 2, far"), "its texts and tasks must be those of tail"),
        (FAR.replace("8}", "0}"), "`window` must be at least 1"),
        (FAR + "\nattention: 1", "`attention` cannot be measured with `far`"),
    ],
)
def test_an_arm_with_a_model_of_another_is_checked(
    study_file: Path, arm: str, message: str
) -> None:
    study_file.write_text(f"{STUDY}\n  - {{name: {arm}\n")
    with pytest.raises(ConfigError, match=re.escape(message)):
        read_study(str(study_file))


def test_an_arm_with_role_weights_has_records_with_spans(study_file: Path, tmp_path: Path) -> None:
    study_file.write_text(STUDY.replace("recipe: {", "recipe: {role_weights: {solve: 3}, ", 1))
    weighted, other = cells_of(study_file, tmp_path)
    assert [cell.requests[0].options.spans for cell in (weighted, other)] == [True, False]
    assert weighted.recipe.role_weights == {"solve": 3.0}
    study_file.write_text(
        STUDY.replace("recipe: {", "own_share: 0.5, recipe: {role_weights: {}, ", 1)
    )
    with pytest.raises(ConfigError, match="`role_weights` cannot be combined with"):
        cells_of(study_file, tmp_path)


def test_the_arms_of_positions_change_their_recipes(tmp_path: Path) -> None:
    cells = {
        scale: {
            cell.arm.name: cell.recipe
            for cell in expand(Experiment(source="positions", scale_name=scale, out=tmp_path))
        }
        for scale in ("tiny", "small")
    }
    small = cells["small"]
    assert small["averaged"].base_share == 0.5
    assert small["mlp-and-values"].adapter is not None
    assert "q_proj" not in (small["mlp-and-values"].adapter.targets or ())
    assert "averaged" not in cells["tiny"]
    epochs = [
        (each["drill"].schedule.steps, each["drill"].schedule.epochs) for each in cells.values()
    ]
    assert epochs == [(None, 2), (None, 2)]
    assert cells["tiny"]["skip-late"].positions.after == 0.5


def test_a_plan_counts_tokens_and_time(study_file: Path, tmp_path: Path) -> None:
    plans = plan_cells(cells_of(study_file, tmp_path))
    assert [plan.records for plan in plans] == [20, 20]
    tail, answer = plans
    assert tail.tokens > answer.tokens > 0
    assert tail.seconds > 0
    assert not tail.finished


def test_a_plan_of_bf16_on_the_cpu_is_not_that_of_a_gpu(tmp_path: Path) -> None:
    path = tmp_path / "cpu.yaml"
    half = "{name: half, recipe: {schedule: {precision: bf16, use_cpu: true}}}"
    path.write_text(f"title: x\ntasks: [lcs]\narms: [{{name: single}}, {half}]\n")
    single, on_cpu = plan_cells(cells_of(path, tmp_path))
    assert on_cpu.device == "CPU"
    assert on_cpu.seconds > single.seconds / 10


def test_a_plan_is_for_the_gpu_that_a_run_would_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "devices.yaml"
    arms = [
        f"{{name: {name}, recipe: {{schedule: {{{keys}}}}}}}"
        for name, keys in (
            ("auto", "precision: auto"),
            ("half", "precision: bf16"),
            ("on-cpu", "precision: auto, use_cpu: true"),
        )
    ]
    path.write_text(f"title: x\ntasks: [lcs]\narms: [{', '.join(arms)}]\n")
    without = [plan.device for plan in plan_cells(cells_of(path, tmp_path))]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "NVIDIA H200")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    with_gpu = [plan.device for plan in plan_cells(cells_of(path, tmp_path))]
    assert (without, with_gpu) == (["CPU", "H100", "CPU"], ["H200", "H200", "CPU"])


def test_a_plan_weights_the_ranges_of_a_mixture(tmp_path: Path) -> None:
    experiment = Experiment(source="activation", scale_name="tiny", out=tmp_path)
    cells = expand(experiment, arms=["s-only", "mix-8-1-1", "mix-4-3-3"], tasks=["compare_numbers"])
    short, few_long, many_long = (plan.tokens for plan in plan_cells(cells[:3]))
    assert short < few_long < many_long


def test_the_command_lists_and_plans(study_file: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["study", "list"])
    assert listed.exit_code == 0
    assert all(name in listed.output for name in study_names())
    arguments = ["study", "plan", str(study_file), "--out", str(tmp_path / "out"), "--arms", "tail"]
    planned = runner.invoke(app, arguments)
    assert planned.exit_code == 0, planned.output
    assert "1 of 1 cells to run" in planned.output
    assert not (tmp_path / "out").exists()


def test_a_study_of_a_task_of_ones_own(tmp_path: Path) -> None:
    task = PARITY_TASK.replace("M=(5, 8)", "M=(5, 8), L=(9, 12)")
    (tmp_path / "parity.py").write_text(task)
    (tmp_path / "parity.tm").write_text(PARITY_MACHINE)
    study, out = tmp_path / "mine.yaml", tmp_path / "out"
    study.write_text(STUDY.replace("any_substring", "parity.py"))
    arguments = ["study", "run", str(study), "--arms", "tail", "--out", str(out), "--yes"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert {row.task for row in results_in(out)[0]} == {"parity"}
    arguments += ["--tasks", str(tmp_path / "parity.py")]
    for text in (study.read_text(), STUDY):
        study.write_text(text)
        again = CliRunner().invoke(app, arguments)
        assert "1 of 1 cells are finished already" in again.output


def test_a_task_of_ones_own_needs_a_name_and_ranges_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "parity.py").write_text(PARITY_TASK)
    (tmp_path / "parity.tm").write_text(PARITY_MACHINE)
    shutil.copy(tmp_path / "parity.py", tmp_path / "lcs.py")
    shutil.copy(tmp_path / "parity.tm", tmp_path / "lcs.tm")
    other = shutil.copytree(tmp_path, tmp_path / "other")
    for files, message in [
        ([tmp_path / "parity.py"], "parity has no range 'L'"),
        ([tmp_path / "lcs.py"], "another task is called `lcs`; rename this one"),
        ([tmp_path / "parity.py", other / "parity.py"], "another task is called `parity`"),
    ]:
        result = CliRunner().invoke(
            app, ["study", "plan", "main", "--tasks", ",".join(map(str, files))]
        )
        assert message in result.output
