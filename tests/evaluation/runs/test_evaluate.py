"""A backend's outputs for many problems: figures by task and range, limits, and stored outputs."""

import math
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import tasks
from evaluation.backends.base import End, Output, Reference
from evaluation.problems.selection import draw_problems
from evaluation.reports.results import read_results, write_results
from evaluation.reports.tables import wording_lines, wordings_table
from evaluation.runs.evaluate import evaluate, token_limit
from evaluation.scoring.scores import Verdict, score
from tasks.corpus import Form
from tests.support.models.eval_problems import COMPARE, replayed
from tests.support.models.fixed_backends import FixedOutputs, LimitedContext

PROBLEMS = replayed("S", 40) + replayed("M", 20)
WRONG = Output("answer: no", End.STOP, 10)


def stopped(text: str) -> Output:
    return Output(text, End.STOP, len(text))


def test_the_machine_scores_all_problems() -> None:
    rows, scores = evaluate(PROBLEMS, Reference())
    assert [(row.range, row.problems) for row in rows] == [("S", 40), ("M", 20)]
    for row in rows:
        assert row.accuracy.rate == row.exactness.rate == 1
        assert dict(row.verdicts) == {Verdict.RIGHT: row.problems}
        assert not row.roles
        assert list(row.shortcuts) == [
            "commonest answer", "the longer is greater", "the first character decides"
        ]  # fmt: skip
        assert 1 / 3 <= row.shortcuts["commonest answer"] < 0.8
        assert row.chance == max(row.shortcuts.values()) < 1
    assert [s.problem.id for s in scores] == [problem.id for problem in PROBLEMS]


@pytest.mark.parametrize(
    "form",
    [
        Form(style="plain"),
        Form(style="styled"),
        Form(without=("fetch",)),
        Form(without=("atomic", "linear")),
        Form(format="transitions"),
        Form(format="configurations"),
        Form(format="answer"),
        Form(format="index_hint"),
        Form(format="reversed"),
    ],
    ids=lambda form: form.name,
)
def test_the_machine_scores_all_problems_in_every_form(form: Form) -> None:
    task = tasks.get("large_number_addition", ranges={"S": (4, 6)})
    (row,), scores = evaluate(draw_problems([task], ("S",), 5, form=form), Reference())
    assert (row.exact, row.accuracy.rate) == (5, 1)
    assert row.chain == (form.format not in ("answer", "index_hint", "reversed"))
    problem = scores[0].problem
    broken = score(problem, stopped(problem.completion.replace(" ", "", 1)))
    assert (broken.divergence is not None) == row.chain
    assert not broken.exact


def test_progress_is_reported_for_every_problem() -> None:
    steps: list[int] = []
    evaluate(PROBLEMS, Reference(), steps.append)
    assert sum(steps) == len(PROBLEMS)


def test_the_token_limit_leaves_room_for_the_longest_reference_and_its_end() -> None:
    longest = max(len(problem.completion) for problem in PROBLEMS)
    assert token_limit(PROBLEMS, Reference().count) == math.ceil(1.1 * longest) + 32
    # The corpus may have a longer reference, known by its bytes: here one token each.
    assert token_limit(PROBLEMS, Reference().count, 3 * longest) == math.ceil(3.3 * longest) + 32
    assert token_limit(PROBLEMS, Reference().count, 10) == token_limit(PROBLEMS, Reference().count)


def test_problems_that_do_not_fit_are_reported_and_not_generated() -> None:
    (row,), scores = evaluate(PROBLEMS[:10], LimitedContext(5))
    longest = max(len(p.prompt) + len(p.completion) + 1 for p in PROBLEMS[:10])
    assert row.fit == f"does not fit ({longest:,} characters)"
    assert (row.problems, row.fitting, row.token_limit) == (10, 0, 0)
    assert row.verdicts == {Verdict.NO_FIT: 10}
    assert row.accuracy == (0, 0, 0)
    assert all(s.divergence is None and not s.exact and not s.reasoned for s in scores)


def test_a_range_that_fits_in_part_has_both_accuracies() -> None:
    sizes = sorted(len(p.prompt) + len(p.completion) + 1 for p in PROBLEMS[:10])
    (row,), _ = evaluate(PROBLEMS[:10], LimitedContext(sizes[6]))
    assert row.fitting == sum(size <= sizes[6] for size in sizes) < 10
    assert row.fit == f"fits {row.fitting} of 10"
    assert row.accuracy.rate == row.exactness.rate == 1
    assert row.overall == (row.fitting, 10, 10)
    rate = f"{10 * row.fitting}.0"
    assert row.notes == [
        f"{row.fit}; answer accuracy with the others counted as wrong: {rate}",
        f"chance is that of the rule `{row.best_shortcut}`",
    ]


def test_references_that_are_too_long_to_write_do_not_fit() -> None:
    task = tasks.get("permutation_combination")
    (row,), scores = evaluate(draw_problems([task], ("L",), 3), Reference())
    assert row.fitting == 0
    assert row.cut
    assert row.fit.startswith("does not fit (over ")
    assert row.longest > 100_000
    assert [s.problem.gold for s in scores] == [""] * 3


def test_a_range_with_fewer_problems_than_requested_has_a_note() -> None:
    task = tasks.get("derangement_fit")
    problems = list(draw_problems([task], ("M",), 500))
    (row,), _ = evaluate(problems, Reference(), requested={(task.name, "M"): 500})
    assert row.problems < row.requested == 500
    assert row.notes == [f"the range has only {len(problems)} problems (500 requested)"]
    assert evaluate(problems, Reference())[0][0].notes == []


def test_lucky_and_slipped_outputs_are_counted() -> None:
    text, gold = PROBLEMS[0].completion, PROBLEMS[0].gold
    wrong = next(sign for sign in "<>=" if sign != gold)
    lucky = stopped(text.replace(" -> ", " => ", 1))
    outputs = {PROBLEMS[0].id: lucky, PROBLEMS[1].id: stopped(PROBLEMS[1].completion + " ")}
    (row,), _ = evaluate(PROBLEMS[:2], FixedOutputs(outputs))
    assert (row.lucky, row.slipped, row.exact) == (1, 0, 0)
    slipped = stopped(text.removesuffix(gold) + wrong)
    (row,), _ = evaluate(PROBLEMS[:1], FixedOutputs({PROBLEMS[0].id: slipped}))
    assert (row.lucky, row.slipped, row.exact) == (0, 1, 0)


def test_several_samples_of_each_problem() -> None:
    right = [stopped(problem.completion) for problem in PROBLEMS[:3]]
    backend = FixedOutputs({
        PROBLEMS[0].id: [right[0], WRONG, WRONG, WRONG],
        PROBLEMS[1].id: [WRONG] * 4,
        PROBLEMS[2].id: [right[2]] * 4,
    })  # fmt: skip
    (row,), scores = evaluate(PROBLEMS[:3], backend, samples=4, pass_ks=(1, 2, 4))
    keys = [(problem.id, sample) for problem in PROBLEMS[:3] for sample in range(4)]
    assert [(s.problem.id, s.sample) for s in scores] == keys
    assert row.accuracy == (1.25, 3, 3)
    assert row.exactness == (1.25, 3, 3)
    assert row.pass_at == pytest.approx({1: 1.25 / 3, 2: (0.5 + 0 + 1) / 3, 4: 2 / 3})


def test_stored_outputs_are_not_generated_again() -> None:
    backend = FixedOutputs({problem.id: stopped(problem.completion) for problem in PROBLEMS[:6]})
    store = {(PROBLEMS[2].id, 0): WRONG}
    (row,), _ = evaluate(PROBLEMS[:6], backend, store=store)
    others = [problem for problem in PROBLEMS[:6] if problem is not PROBLEMS[2]]
    assert sorted(backend.requested) == sorted((problem.id, 0) for problem in others)
    assert len(store) == 6
    assert row.exact == 5


def test_a_free_output_is_right_if_it_ends_in_the_answer() -> None:
    problems = list(draw_problems([COMPARE], ("S",), 4, free=True))
    outputs = {p.id: stopped(f"Let me think.\n\nanswer: {p.gold}") for p in problems}
    outputs[problems[0].id] = stopped(f"The answer: {problems[0].gold}")
    with pytest.raises(ValueError, match="max_new_tokens is required"):
        evaluate(problems, FixedOutputs(outputs))
    (row,), scores = evaluate(problems, FixedOutputs(outputs), max_new_tokens=100)
    assert row.verdicts == {Verdict.RIGHT: 3, Verdict.NO_ANSWER: 1}
    assert not row.chain
    assert (row.lucky, row.slipped, sum(row.roles.values())) == (0, 0, 0)
    assert all(s.divergence is None for s in scores)


def test_seen_and_unseen_wordings_have_figures_of_their_own(tmp_path: Path) -> None:
    problems = list(draw_problems([COMPARE], ("S",), 10, wordings="both"))
    kinds = {problem.id: COMPARE.wording_kind(problem.wording) for problem in problems}
    outputs = {p.id: stopped(p.completion) if kinds[p.id] == "seen" else WRONG for p in problems}
    rows, scores = evaluate(problems, FixedOutputs(outputs))
    assert {
        kind: (each.problems, each.accuracy.rate, each.exactness.rate)
        for kind, each in rows[0].wordings.items()
    } == {"unseen": (5, 0, 0), "seen": (5, 1, 1)}
    write_results(tmp_path / "out", rows, scores, {"backend": "fixed"})
    (row,) = read_results(tmp_path / "out")["rows"]
    assert [each["label_accuracy"]["value"] for each in row["wordings"].values()] == [0, 1]
    items = pq.read_table(tmp_path / "out" / "items.parquet")
    assert items["wordings"].to_pylist() == list(kinds.values())
    assert items["wording"].to_pylist() == [problem.wording for problem in problems]
    assert "Seen and unseen wordings" in (tmp_path / "out" / "report.html").read_text()
    assert wordings_table(rows).row_count == 2


def test_wordings_of_one_kind_have_no_table() -> None:
    rows, _ = evaluate(draw_problems([COMPARE], ("S",), 2), Reference())
    assert list(rows[0].wordings) == ["unseen"]
    assert wording_lines(rows) == []
