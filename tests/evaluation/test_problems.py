"""Problems from a corpus on disk: its items in its order, whatever they are written in."""

import json
from pathlib import Path

import pytest

import tasks
from evaluation.backends.base import Reference
from evaluation.problems.selection import asked, held_out, longest, problems
from evaluation.runs.evaluate import evaluate, token_limit
from evaluation.runs.log import LOG, log_evaluation
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build

SORT = tasks.get("bubble_sort")


def corpus(folder: Path, *made_by: tasks.Task, **options) -> Corpus:  # type: ignore[no-untyped-def]
    form = options.pop("form", Form())
    request = CorpusRequest(
        tasks=made_by or [SORT],
        train=4,
        eval=options.pop("eval", 5),
        probe=3,
        seed=2,
        options=RecordOptions(form=form, spans=False),
        **options,
    )
    return build(request, out=folder, workers=1)


@pytest.mark.parametrize("form", [Form(), Form(style="styled", without=("fetch",))])
def test_items_are_the_records_of_a_split_in_their_order(tmp_path: Path, form: Form) -> None:
    made = corpus(tmp_path, ranges=("S", "M"), form=form)
    for split, count in (("eval", 5), ("probe", 3)):
        items = list(held_out(made, split, ("S", "M"), 99))
        records = made.read(split).to_pylist()
        assert [item.id for item in items] == [record["id"] for record in records]
        assert [item.completion for item in items] == [r["completion"] for r in records]
        assert [item.gold for item in items] == [r["answer"] for r in records]
        assert len(items) == 2 * count
        assert evaluate(items, Reference())[0][0].exact == count
    assert len(list(held_out(made, "eval", ("M",), 2))) == 2
    assert asked(made, "eval", 99) == {("bubble_sort", "S"): 5, ("bubble_sort", "M"): 5}
    assert asked(made, "probe", 2) == {("bubble_sort", "S"): 2, ("bubble_sort", "M"): 2}


def test_the_same_problems_can_be_written_in_another_form(tmp_path: Path) -> None:
    add = tasks.get("large_number_addition")
    made = corpus(tmp_path, add, ranges=("S",))
    own = list(held_out(made, "eval", ("S",), 9))
    for form in (Form(format="reversed"), Form(format="answer"), Form(style="plain")):
        items = list(held_out(made, "eval", ("S",), 9, form=form))
        assert [item.id for item in items] == [item.id for item in own]
        assert [item.gold for item in items] == [item.gold for item in own]
        assert [item.replay.form for item in items] == [form] * 5
    free = list(held_out(made, "eval", ("S",), 9, free=True))
    assert [item.prompt for item in free] == [item.prompt for item in own]
    assert not any(item.chain for item in free)


def test_what_the_corpus_left_out_as_too_long_does_not_fit(tmp_path: Path) -> None:
    task = tasks.get("derangement")
    made = corpus(tmp_path, task, ranges=("S", "M"), eval=40)
    parts = {p["range"]: p for p in made.manifest["parts"] if p["split"] == "eval"}
    assert parts["M"]["refused"]
    items = list(held_out(made, "eval", ("M",), 99))
    recorded = {record["id"] for record in made.records("eval", range_name="M")}
    assert {item.id for item in items if item.fits} == recorded
    assert len(items) == parts["M"]["items"]
    (row,), _ = evaluate(items, Reference())
    assert row.fitting == parts["M"]["records"] < row.items
    assert row.fit


def test_the_limit_is_that_of_the_whole_part_however_few_are_scored(tmp_path: Path) -> None:
    made = corpus(tmp_path, ranges=("L",), eval=12)
    few, whole = (list(held_out(made, "eval", ("L",), n)) for n in (1, 12))
    most = max(len(item.completion.encode()) for item in whole)
    assert longest(made, "eval") == {("bubble_sort", "L"): most}
    limits = [token_limit(items, Reference(), most) for items in (few, whole)]
    assert limits == [token_limit(whole, Reference())] * 2


def test_a_task_of_ones_own_is_given(tmp_path: Path) -> None:
    for suffix in (".tm", ".py", ".prompts.txt"):
        text = SORT.source.with_suffix(suffix).read_text()
        (tmp_path / "own_sort").with_suffix(suffix).write_text(text)
    own = tasks.from_file(tmp_path / "own_sort.py")
    made = corpus(tmp_path / "corpus", own, ranges=("S",))
    assert len(list(held_out(made, "eval", ("S",), 9, tasks=[own]))) == 5
    with pytest.raises(ValueError, match="own_sort"):
        list(held_out(made, "eval", ("S",), 9))


def test_tasks_of_a_corpus_have_its_options_whoever_names_them(tmp_path: Path) -> None:
    plain = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4)})
    made = corpus(tmp_path, SORT, plain, ranges=("S",))
    items = list(held_out(made, "eval", ("S",), 9, tasks=[tasks.get("compare_numbers")]))
    assert {item.task.name for item in items} == {"compare_numbers"}
    assert {item.task.ranges["S"] for item in items} == {(2, 4)}
    assert len(items) == 5
    with pytest.raises(ValueError, match="lcs: the corpus has no records of this task"):
        list(held_out(made, "eval", ("S",), 9, tasks=[tasks.get("lcs")]))


def test_corpora_that_are_not_what_the_machine_makes_are_refused(tmp_path: Path) -> None:
    made = corpus(tmp_path, ranges=("S",))
    with pytest.raises(ValueError, match="no records of eval bubble_sort L"):
        list(held_out(made, "eval", ("L",), 9))
    about = made.manifest["request"]
    about["form"]["style"] = "styled"
    with pytest.raises(ValueError, match="is not what the machine makes now"):
        list(held_out(made, "eval", ("S",), 9))
    about["tasks"][0]["machine"] = "another"
    with pytest.raises(ValueError, match="bubble_sort: the corpus was built with another machine"):
        list(held_out(made, "eval", ("S",), 9))


def test_a_form_that_a_task_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="is a baseline of large_number_addition"):
        list(problems([SORT], ("S",), 2, form=Form(format="reversed")))
    with pytest.raises(ValueError, match="style"):
        list(problems([SORT], ("S",), 2, form=Form(style="rhymed")))


def test_every_evaluation_leaves_a_line_beside_the_corpus(tmp_path: Path) -> None:
    made = corpus(tmp_path, ranges=("S",))
    items = list(held_out(made, "eval", ("S",), 9))
    styled = list(held_out(made, "eval", ("S",), 2, form=Form(style="styled")))
    first = log_evaluation(made, items, {"model": "a"})
    second = log_evaluation(made, items, {"model": "b"})
    other = log_evaluation(made, styled, {"model": "b"})  # in another form, the same problems
    unlike = log_evaluation(made, list(problems([SORT], ("S",), 2, seed=9)), {"model": "b"})
    assert [one.before for one in (first, second, other, unlike)] == [0, 1, 2, 0]
    assert first.path == tmp_path / LOG
    lines = [json.loads(line) for line in first.path.read_text().splitlines()]
    told = [(line["model"], line["items"]) for line in lines]
    assert told == [("a", 5), ("b", 5), ("b", 2), ("b", 2)]
    assert lines[0]["parts"] == ["bubble_sort-S-eval-2"]


def test_without_a_corpus_the_log_is_the_users(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    items = list(problems([SORT], ("S",), 2))
    logged = log_evaluation(None, items, {})
    assert logged.path == tmp_path / "state" / "tmtail" / LOG
    # Nor can a folder that is gone be written to.
    gone = Corpus(tmp_path / "gone", {})
    assert log_evaluation(gone, items, {}) == logged._replace(before=1)
