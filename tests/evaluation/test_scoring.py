"""Scores by replay, on a real task: what is right, what is wrong, and that nothing breaks it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import tasks
from evaluation.backends import End, Output, Reference
from evaluation.items import Item, replay
from evaluation.report import divergence_table, results_table, write_results
from evaluation.scoring import Verdict, evaluate, score, token_limit
from tasks import Stream

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})


def some(where: str, count: int) -> list[Item]:
    stream = Stream("tests", where)
    instances = [TASK.draw(stream.at(i), where) for i in range(count)]
    return replay(
        TASK, where, [(f"{where}{i}", x, TASK.prompt(x)) for i, x in enumerate(instances)]
    )


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
    longest = max(len(item.reference.string) for item in ITEMS)
    assert longest < token_limit(ITEMS, Reference()) <= longest * 1.05 + 1


@pytest.mark.parametrize("item", ITEMS[:8], ids=lambda item: item.gold)
def test_verdicts(item: Item) -> None:
    reference, gold = item.reference.string, item.gold
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
    scored = score(ITEM, Output(ITEM.reference.string, End.LENGTH, 9))
    assert scored.verdict is Verdict.TRUNCATED
    assert not scored.exact
    assert scored.divergence is None  # no character of it is wrong; it has no end


def test_what_does_not_fit_is_told_and_counts_against_the_model() -> None:
    class Narrow(Reference):
        def generate(self, items, limit, advance):  # type: ignore[no-untyped-def]
            return [Output("", End.NO_FIT, 0) for _ in items]

    (row,), scores = evaluate(ITEMS[:10], Narrow())
    assert row.verdicts[Verdict.NO_FIT] == row.items == 10
    assert row.accuracy.rate == 0
    assert all(s.divergence is None for s in scores)


@given(st.text(), st.sampled_from(End))
def test_the_scorer_never_raises(text: str, end: End) -> None:
    scored = score(ITEM, Output(text, end, 1))
    assert scored.verdict in Verdict
    assert not scored.exact or text == ITEM.reference.string


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
    console = Console(width=160, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(results_table(rows))
    console.print(divergence_table(rows))
    text = console.export_text()
    assert "S (2–4)" in text
    assert "100.0 [" in text
    assert text.count("compare_numbers") == 2  # one task stands in the titles
