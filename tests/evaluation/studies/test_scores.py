"""Results of `eval` as rows of a study: the form, the training and the figures of each run."""

from pathlib import Path

import pytest

from evaluation.backends.base import Reference
from evaluation.problems.suites import Suite, drawn_suite
from evaluation.runs.run import run_suite
from evaluation.studies.scores import rows_of_results
from evaluation.studies.summary import paper_counterpart, summarize
from tasks import get
from tasks.corpus import Form

LONGEST = get("lcs").ranges["S"][1]
TRAINED = {"weights": "w", "training": {"seed": 4, "trained_lengths": {"lcs": LONGEST}}}
PLAIN = Form()


class Tokens(Reference):
    """The machine, whose tokens are characters."""

    unit = "tokens"


def suite_of(form: Form = PLAIN, *, wordings: str = "unseen") -> Suite:
    return drawn_suite([get("lcs")], ("S", "M"), 3, form=form, wordings=wordings)


def test_a_run_is_an_arm_with_its_form_and_its_training(tmp_path: Path) -> None:
    suite = suite_of(Form(depth=2, without=("fetch", "linear"), prompt="keyed"))
    run_suite(suite, Tokens(), out=tmp_path / "tail", more={**TRAINED, "parameters": 7})
    rows, items = rows_of_results([tmp_path / "tail"])
    row = rows[0]
    assert (row.study, row.scale, row.arm, row.seed) == ("eval", "", "tail", 4)
    assert (row.task, row.range, row.split, row.wordings) == ("lcs", "S", "eval", "unseen")
    assert (row.style, row.depth, row.without, row.prompt) == (
        "minimal",
        2,
        "fetch,linear",
        "keyed",
    )
    assert (row.min_length, row.max_length, row.trained_length) == (
        *get("lcs").ranges["S"],
        LONGEST,
    )
    assert (row.problems, row.fitting, row.distinct, row.right, row.exact) == (3, 3, 3, 3, 3)
    assert (row.trained_on, row.parameters) == ("lcs", 7)
    lengths = [len(p.completion) for p in suite.problems if p.range == "S"]
    assert row.chain_tokens == sum(lengths) / 3
    assert [(item.range, item.exact, item.role) for item in items[2:4]] == [
        ("S", True, None), ("M", True, None),
    ]  # fmt: skip
    assert summarize(rows, items)[1].accuracy == (3, 3, None)


def test_a_run_whose_training_is_unknown_has_no_figure_of_the_paper(tmp_path: Path) -> None:
    run_suite(suite_of(), Tokens(), out=tmp_path / "tail", more=TRAINED)
    run_suite(suite_of(), Tokens(), out=tmp_path / "base", more={"weights": "w"})
    run_suite(suite_of(), Reference(), out=tmp_path / "machine")
    rows, _ = rows_of_results([tmp_path / name for name in ("tail", "base", "machine")])
    figures = {row.arm: paper_counterpart(row) for row in rows if row.range == "M"}
    assert {arm: figure and figure.accuracy for arm, figure in figures.items()} == {
        "tail": 90.2, "base": 11.2, "machine": None,
    }  # fmt: skip
    assert [row.trained_on for row in rows[::2]] == ["lcs", "", None]
    assert rows[-1].chain_tokens is None  # lengths in characters


def test_both_kinds_of_wordings_have_rows_of_their_own(tmp_path: Path) -> None:
    run_suite(suite_of(wordings="both"), Tokens(), out=tmp_path / "a")
    rows, items = rows_of_results([tmp_path / "a"])
    counts = {(row.range, row.wordings): row.problems for row in rows}
    assert set(counts) == {(name, kind) for name in "SM" for kind in ("seen", "unseen")}
    assert sum(counts.values()) == len(items) == 6


def test_folders_of_one_name_are_told_apart_and_must_have_the_same_problems(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name / "scores" for name in "abc"]
    for folder, task in zip(folders, (get("lcs"), get("lcs"), get("lcs", ranges={"S": (2, 3)})),
                            strict=True):  # fmt: skip
        run_suite(drawn_suite([task], ("S",), 3), Reference(), out=folder)
    rows, _ = rows_of_results(folders[:2])
    assert [row.arm for row in rows] == [str(folder) for folder in folders[:2]]
    with pytest.raises(ValueError, match=r"c/scores: the problems of lcs S are not those"):
        rows_of_results(folders)


def test_several_samples_are_refused(tmp_path: Path) -> None:
    run_suite(suite_of(), Reference(), out=tmp_path / "a", samples=2)
    with pytest.raises(ValueError, match="several samples of a problem"):
        rows_of_results([tmp_path / "a"])
