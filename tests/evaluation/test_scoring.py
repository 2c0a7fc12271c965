"""Scores by replay, on a real task: what is right, what is wrong, and that nothing breaks it."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import tasks
from evaluation.backends.base import End, Output, OutputRequest, Reference
from evaluation.problems.replays import EvalProblem, replay
from evaluation.problems.selection import problems
from evaluation.reports.results import divergence_table, results_table, write_results
from evaluation.runs.evaluate import evaluate, token_limit
from evaluation.scoring.scores import Verdict, score
from tasks import Stream
from tasks.corpus import Form

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})


def some(where: str, count: int) -> list[EvalProblem]:
    stream = Stream("tests", where)
    instances = [TASK.draw(stream.at(i), where) for i in range(count)]
    names = [f"{where}{i}" for i in range(count)]
    return replay(TASK, where, names, instances, [TASK.prompt(x) for x in instances])


ITEMS = some("S", 40) + some("M", 20)
ITEM = ITEMS[0]


def stopped(text: str) -> Output:
    return Output(text, End.STOP, len(text))


def test_the_machine_scores_all() -> None:
    rows, scores = evaluate(ITEMS, Reference())
    assert [(row.range, row.items) for row in rows] == [("S", 40), ("M", 20)]
    for row in rows:
        assert row.accuracy.rate == row.exactness.rate == 1
        assert dict(row.verdicts) == {Verdict.RIGHT: row.items}
        assert not row.roles
        assert 1 / 3 <= row.chance < 0.8
    assert [s.item.id for s in scores] == [item.id for item in ITEMS]


def test_progress_is_told_for_every_item() -> None:
    told: list[int] = []
    evaluate(ITEMS, Reference(), told.append)
    assert sum(told) == len(ITEMS)


def test_the_limit_leaves_room_for_the_longest_reference_and_its_end() -> None:
    longest = max(len(item.completion) for item in ITEMS)
    assert token_limit(ITEMS, Reference()) == math.ceil(1.1 * longest) + 32
    # A longer one elsewhere in the corpus, by its bytes: here a token each.
    assert token_limit(ITEMS, Reference(), 3 * longest) == math.ceil(3.3 * longest) + 32
    assert token_limit(ITEMS, Reference(), 10) == token_limit(ITEMS, Reference())


@pytest.mark.parametrize("item", ITEMS[:8], ids=lambda item: item.gold)
def test_verdicts(item: EvalProblem) -> None:
    reference, gold = item.completion, item.gold
    wrong = next(sign for sign in "<>=" if sign != gold)
    cases = {
        reference: Verdict.RIGHT,
        f"answer: {gold}": Verdict.RIGHT,
        f"nonsense\nanswer: {gold}\n": Verdict.RIGHT,
        f"answer: {wrong}": Verdict.WRONG,
        f"answer: {gold}\nanswer: {wrong}": Verdict.WRONG,
        "answer: < > =": Verdict.WRONG,
        f"answer: {gold} I think": Verdict.WRONG,
        "answer:": Verdict.WRONG,
        "": Verdict.NO_ANSWER,
        gold: Verdict.NO_ANSWER,
        item.prompt: Verdict.NO_ANSWER,
        f"answer: {gold}\nDone.": Verdict.NO_ANSWER,
    }
    for text, verdict in cases.items():
        scored = score(item, stopped(text))
        assert scored.verdict is verdict, text
        assert scored.exact == (text == reference)
        assert (scored.divergence is None) == scored.exact


def test_a_text_cut_at_the_limit_is_truncated_whatever_it_holds() -> None:
    scored = score(ITEM, Output(ITEM.completion, End.LENGTH, 9))
    assert scored.verdict is Verdict.TRUNCATED
    assert not scored.exact
    assert scored.divergence is None  # no character of it is wrong; it has no end


class Narrow(Reference):
    """The machine, with a context of so many characters."""

    def __init__(self, context: int) -> None:
        self.context = context


def test_what_does_not_fit_is_told_and_never_asked() -> None:
    (row,), scores = evaluate(ITEMS[:10], Narrow(5))
    longest = max(len(item.prompt) + len(item.completion) + 1 for item in ITEMS[:10])
    assert row.fit == f"does not fit ({longest:,} characters)"
    assert (row.items, row.fitting, row.limit) == (10, 0, 0)
    assert row.verdicts == {Verdict.NO_FIT: 10}
    assert row.accuracy == (0, 0, 0)
    assert all(s.divergence is None and not s.exact and not s.reasoned for s in scores)


def test_of_a_range_that_fits_partly_both_accuracies_are_told() -> None:
    sizes = sorted(len(item.prompt) + len(item.completion) + 1 for item in ITEMS[:10])
    (row,), _ = evaluate(ITEMS[:10], Narrow(sizes[6]))
    assert row.fitting == sum(size <= sizes[6] for size in sizes) < 10
    assert row.fit == f"fits {row.fitting} of 10"
    assert row.accuracy.rate == row.exactness.rate == 1
    assert row.overall == (row.fitting, 10, 10)
    rate = f"{10 * row.fitting}.0"
    assert row.notes == [f"{row.fit}; with the others counted wrong, label accuracy {rate}"]


def test_texts_too_long_to_be_written_do_not_fit_and_are_no_error() -> None:
    task = tasks.get("permutation_combination")
    (row,), scores = evaluate(problems([task], ("L",), 3), Reference())
    assert row.fitting == 0
    assert row.cut
    assert row.fit.startswith("does not fit (over ")
    assert row.longest > 100_000
    assert [s.item.gold for s in scores] == [""] * 3


def test_right_answers_by_wrong_reasoning_and_the_reverse() -> None:
    text, gold = ITEM.completion, ITEM.gold
    false = next(sign for sign in "<>=" if sign != gold)
    at = text.index(" -> ")
    lucky = score(ITEM, stopped(text[:at] + " => " + text[at + 4 :]))
    slipped = score(ITEM, stopped(text.removesuffix(gold) + false))
    assert (lucky.verdict, lucky.reasoned) == (Verdict.RIGHT, False)
    assert (slipped.verdict, slipped.reasoned) == (Verdict.WRONG, True)
    outputs = {ITEMS[0].id: lucky.output, ITEMS[1].id: stopped(ITEMS[1].completion + " ")}
    (row,), _ = evaluate(ITEMS[:2], Told(outputs))
    assert (row.lucky, row.slipped, row.exact) == (1, 0, 0)
    (row,), _ = evaluate(ITEMS[:1], Told({ITEMS[0].id: slipped.output}))
    assert (row.lucky, row.slipped, row.exact) == (0, 1, 0)


class Told(Reference):
    """Outputs that are told beforehand, by item and, for several samples, in turn."""

    def __init__(self, outputs: Mapping[str, Output | Sequence[Output]]) -> None:
        self.outputs = outputs
        self.asked: list[tuple[str, int]] = []

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        for place, request in reversed(list(enumerate(requests))):  # in any order
            self.asked.append(request.key)
            told = self.outputs[request.item.id]
            yield place, told if isinstance(told, Output) else told[request.sample]


def test_several_samples_of_each_item() -> None:
    right = [stopped(item.completion) for item in ITEMS[:3]]
    wrong = stopped("answer: no")
    told = {
        ITEMS[0].id: [right[0], wrong, wrong, wrong],
        ITEMS[1].id: [wrong] * 4,
        ITEMS[2].id: [right[2]] * 4,
    }
    (row,), scores = evaluate(ITEMS[:3], Told(told), samples=4, passes=(1, 2, 4))
    keys = [(item.id, sample) for item in ITEMS[:3] for sample in range(4)]
    assert [(s.item.id, s.sample) for s in scores] == keys
    assert row.accuracy == (1.25, 3, 3)
    assert row.exactness == (1.25, 3, 3)
    assert row.passes == pytest.approx({1: 1.25 / 3, 2: (0.5 + 0 + 1) / 3, 4: 2 / 3})


def test_what_is_kept_is_not_asked_for_again() -> None:
    told = Told({item.id: stopped(item.completion) for item in ITEMS[:6]})
    kept = {(ITEMS[2].id, 0): stopped("answer: no")}
    (row,), _ = evaluate(ITEMS[:6], told, kept=kept)
    assert sorted(told.asked) == sorted((i.id, 0) for i in ITEMS[:6] if i is not ITEMS[2])
    assert len(kept) == 6
    assert row.exact == 5


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
def test_the_machine_scores_all_in_every_form(form: Form) -> None:
    task = tasks.get("large_number_addition")
    (row,), scores = evaluate(problems([task], ("S",), 5, form=form), Reference())
    assert (row.exact, row.accuracy.rate) == (5, 1)
    assert row.chain == (form.format not in ("answer", "index_hint", "reversed"))
    item = scores[0].item
    broken = score(item, stopped(item.completion.replace(" ", "", 1)))
    assert (broken.divergence is not None) == row.chain
    assert not broken.exact


def test_any_text_that_ends_in_the_answer_is_right_where_texts_are_free() -> None:
    items = list(problems([TASK], ("S",), 4, free=True))
    told = {item.id: stopped(f"Let me think.\n\nanswer: {item.gold}") for item in items}
    told[items[0].id] = stopped(f"The answer: {items[0].gold}")
    with pytest.raises(ValueError, match="max_new_tokens"):
        evaluate(items, Told(told))
    (row,), scores = evaluate(items, Told(told), limit=100)
    assert row.verdicts == {Verdict.RIGHT: 3, Verdict.NO_ANSWER: 1}
    assert not row.chain
    assert (row.lucky, row.slipped, sum(row.roles.values())) == (0, 0, 0)
    assert all(s.divergence is None for s in scores)


def test_fewer_problems_than_were_asked_for_are_told() -> None:
    task = tasks.get("derangement_fit")
    items = list(problems([task], ("M",), 500))
    (row,), _ = evaluate(items, Reference(), asked={(task.name, "M"): 500})
    assert row.items < row.asked == 500
    assert row.notes == [f"{len(items)} problems are all there are (500 asked)"]
    assert evaluate(items, Reference())[0][0].notes == []


@given(st.text(), st.sampled_from(End))
def test_the_scorer_never_raises(text: str, end: End) -> None:
    scored = score(ITEM, Output(text, end, 1))
    assert scored.verdict in Verdict
    assert not scored.exact or text == ITEM.completion


def test_the_scorer_is_linear_in_the_output() -> None:
    scored = score(ITEM, stopped("answer: " * 1_500_000))
    assert scored.verdict is Verdict.WRONG


def test_results_are_files_that_read_back(tmp_path: Path) -> None:
    evil = Output('\x1b[31m=cmd()\u2028"answer: <', End.STOP, 3)
    rows, scores = evaluate(ITEMS, Reference())
    scores[0] = score(ITEM, evil)
    folder = tmp_path / "out" / "results"
    write_results(folder, rows, scores, {"seed": 1})
    results = json.loads((folder / "results.json").read_text())
    assert results["seed"] == 1
    assert results["rows"][0]["label_accuracy"]["value"] == 1
    lines = (folder / "items.jsonl").read_bytes().decode("ascii").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [item.id for item in ITEMS]
    assert json.loads(lines[0])["output"] == evil.text
    assert json.loads(lines[0])["first_divergence"]["at"] == 0
    with pytest.raises(ValueError, match="never overwritten"):
        write_results(folder, rows, scores, {})


def test_results_that_cannot_be_written_whole_are_not_written(tmp_path: Path) -> None:
    rows, scores = evaluate(ITEMS[:3], Reference())
    with pytest.raises(TypeError):
        write_results(tmp_path / "results", rows, scores, {"not JSON": object()})
    assert not (tmp_path / "results").exists()


def test_tables_show_every_row() -> None:
    rows, _ = evaluate(ITEMS, Reference())
    console = Console(width=160, record=True, quiet=False, file=StringIO())
    console.print(results_table(rows))
    console.print(divergence_table(rows))
    text = console.export_text()
    assert "S (2–4)" in text
    assert "100.0 [" in text
    assert text.count("compare_numbers") == 2  # one task stands in the titles
