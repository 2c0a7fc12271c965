"""Problems drawn by seed or taken from a corpus, in the order of its records and in any form."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tasks
from evaluation.backends.base import Reference
from evaluation.problems.selection import (
    WORDINGS,
    draw_problems,
    load_problems,
    longest_completions,
    requested_counts,
)
from evaluation.problems.suites import corpus_suite, output_form
from evaluation.runs.evaluate import evaluate, token_limit
from tasks.base import AnyTask
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tasks.corpus.documents.manifests import DIGEST
from tm.support.files import sha256
from tm.support.strict_json import content_digest

SORT = tasks.get("bubble_sort")
DEFAULT_FORM = Form()


def build_corpus(
    folder: Path,
    *made_of: AnyTask,
    form: Form = DEFAULT_FORM,
    eval_records: int = 5,
    **options: Any,
) -> Corpus:
    request = CorpusRequest(
        tasks=made_of or [SORT],
        train=4,
        eval=eval_records,
        probe=3,
        seed=2,
        options=RecordOptions(form=form, spans=False),
        **options,
    )
    return build(request, out=folder, workers=1)


@pytest.mark.parametrize("form", [Form(), Form(style="styled", without=("fetch",))])
def test_problems_are_the_records_of_a_split_in_their_order(tmp_path: Path, form: Form) -> None:
    corpus = build_corpus(tmp_path, ranges=("S", "M"), form=form)
    for split, count in (("eval", 5), ("probe", 3)):
        problems = list(load_problems(corpus, split, ("S", "M"), 99))
        records = corpus.read(split).to_pylist()
        assert [problem.id for problem in problems] == [record["id"] for record in records]
        assert [problem.completion for problem in problems] == [r["completion"] for r in records]
        assert [problem.gold for problem in problems] == [r["answer"] for r in records]
        assert len(problems) == 2 * count
        assert evaluate(problems, Reference())[0][0].exact == count
    assert len(list(load_problems(corpus, "eval", ("M",), 2))) == 2
    assert requested_counts(corpus, "eval", 99) == {
        ("bubble_sort", "S"): 5,
        ("bubble_sort", "M"): 5,
    }
    assert requested_counts(corpus, "probe", 2) == {
        ("bubble_sort", "S"): 2,
        ("bubble_sort", "M"): 2,
    }


def test_the_same_problems_can_be_written_in_another_form(tmp_path: Path) -> None:
    add = tasks.get("large_number_addition")
    corpus = build_corpus(tmp_path, add, ranges=("S",))
    own = list(load_problems(corpus, "eval", ("S",), 9))
    for form in (Form(format="reversed"), Form(format="answer"), Form(style="plain")):
        problems = list(load_problems(corpus, "eval", ("S",), 9, form=form))
        assert [problem.id for problem in problems] == [problem.id for problem in own]
        assert [problem.gold for problem in problems] == [problem.gold for problem in own]
        assert [problem.replay.form for problem in problems] == [form] * 5
    free = list(load_problems(corpus, "eval", ("S",), 9, free=True))
    assert [problem.prompt for problem in free] == [problem.prompt for problem in own]
    assert not any(problem.chain for problem in free)


def test_problems_that_the_corpus_left_out_as_too_long_do_not_fit(tmp_path: Path) -> None:
    task = tasks.get("derangement")
    corpus = build_corpus(tmp_path, task, ranges=("S", "M"), eval_records=40)
    parts = {p["range"]: p for p in corpus.manifest["parts"] if p["split"] == "eval"}
    assert parts["M"]["refused"]
    problems = list(load_problems(corpus, "eval", ("M",), 99))
    recorded = {record["id"] for record in corpus.records("eval", range_name="M")}
    assert {problem.id for problem in problems if problem.fits} == recorded
    assert len(problems) == parts["M"]["items"]
    (row,), _ = evaluate(problems, Reference())
    assert row.fitting == parts["M"]["records"] < row.problems
    assert row.fit


def test_the_token_limit_is_that_of_all_problems_however_few_are_scored(tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path, ranges=("L",), eval_records=12)
    few, all_problems = (list(load_problems(corpus, "eval", ("L",), n)) for n in (1, 12))
    most = max(len(problem.completion.encode()) for problem in all_problems)
    assert longest_completions(corpus, "eval") == {("bubble_sort", "L"): most}
    limits = [token_limit(problems, Reference().count, most) for problems in (few, all_problems)]
    assert limits == [token_limit(all_problems, Reference().count)] * 2


def test_a_corpus_of_a_users_own_task_requires_the_task(tmp_path: Path) -> None:
    for suffix in (".tm", ".py", ".prompts.txt"):
        text = SORT.source.with_suffix(suffix).read_text()
        (tmp_path / "own_sort").with_suffix(suffix).write_text(text)
    own = tasks.from_file(tmp_path / "own_sort.py")
    corpus = build_corpus(tmp_path / "corpus", own, ranges=("S",))
    assert len(list(load_problems(corpus, "eval", ("S",), 9, tasks=[own]))) == 5
    with pytest.raises(ValueError, match="own_sort"):
        list(load_problems(corpus, "eval", ("S",), 9))


def test_tasks_have_the_options_that_the_corpus_was_built_with(tmp_path: Path) -> None:
    plain = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4)})
    corpus = build_corpus(tmp_path, SORT, plain, ranges=("S",))
    problems = list(load_problems(corpus, "eval", ("S",), 9, tasks=[tasks.get("compare_numbers")]))
    assert {problem.task.name for problem in problems} == {"compare_numbers"}
    assert {problem.task.ranges["S"] for problem in problems} == {(2, 4)}
    assert len(problems) == 5
    with pytest.raises(ValueError, match="lcs: the corpus has no records of this task"):
        list(load_problems(corpus, "eval", ("S",), 9, tasks=[tasks.get("lcs")]))


def test_a_corpus_that_the_machine_does_not_reproduce_is_an_error(tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path, ranges=("S",))
    with pytest.raises(ValueError, match="no records of eval bubble_sort L"):
        list(load_problems(corpus, "eval", ("L",), 9))
    request = corpus.manifest["request"]
    request["form"]["style"] = "styled"
    with pytest.raises(ValueError, match="differs from what the machine writes now"):
        list(load_problems(corpus, "eval", ("S",), 9))
    request["tasks"][0]["machine"] = "another"
    with pytest.raises(ValueError, match="is not the machine that built the corpus"):
        list(load_problems(corpus, "eval", ("S",), 9))


def test_a_form_that_a_task_does_not_have_is_an_error() -> None:
    with pytest.raises(ValueError, match="is a baseline of large_number_addition"):
        list(draw_problems([SORT], ("S",), 2, form=Form(format="reversed")))
    with pytest.raises(ValueError, match="style"):
        list(draw_problems([SORT], ("S",), 2, form=Form(style="rhymed")))


def test_mangled_ids_and_files_are_errors_and_not_problems_that_do_not_fit(tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path, ranges=("S",))
    (file,) = corpus.files("eval", range_name="S")
    table = pq.read_table(file)
    ids = table["id"].to_pylist()
    for mangled in (
        [ids[0].replace("-eval-2-", "-eval-3-"), *ids[1:]],
        [ids[1], *ids[1:]],
        ["x", *ids[1:]],
    ):
        pq.write_table(table.set_column(0, "id", pa.array(mangled)), file)
        with pytest.raises(ValueError, match="is not the one that was built"):
            list(load_problems(corpus, "eval", ("S",), 9))
        corpus.manifest["files"][str(file.relative_to(tmp_path))] = sha256(file)
        with pytest.raises(ValueError, match="record id"):
            list(load_problems(corpus, "eval", ("S",), 9))
    pq.write_table(table.slice(1), file)
    corpus.manifest["files"][str(file.relative_to(tmp_path))] = sha256(file)
    with pytest.raises(ValueError, match="has other records than manifest"):
        list(load_problems(corpus, "eval", ("S",), 9))


@pytest.mark.parametrize("name", ["evil", "evil.py", "./evil", "../evil"])
def test_no_code_in_a_corpus_is_run(tmp_path: Path, name: str) -> None:
    corpus = build_corpus(tmp_path / "corpus", ranges=("S",))
    mark = tmp_path / "ran"
    for folder in (tmp_path, tmp_path / "corpus", tmp_path / "corpus" / "data"):
        for file in ("evil.py", "bubble_sort.py", "conftest.py", "__init__.py"):
            (folder / file).write_text(f"open({str(mark)!r}, 'w')\n")
    list(load_problems(corpus, "eval", ("S",), 9))
    manifest = json.loads(json.dumps(corpus.manifest).replace("bubble_sort", name))
    content = {key: value for key, value in manifest.items() if key != DIGEST}
    manifest[DIGEST] = content_digest(content)
    (tmp_path / "corpus" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ValueError, match="evil"):
        list(load_problems(Corpus.open(tmp_path / "corpus"), "eval", ("S",), 9))
    assert not mark.exists()


def test_problems_are_posed_in_wordings_that_training_has_not_seen() -> None:
    compare = tasks.get("compare_numbers")
    unseen, seen, both = (
        list(draw_problems([compare], ("S",), 12, wordings=wordings)) for wordings in WORDINGS
    )
    assert [p.instance for p in unseen] == [p.instance for p in seen] == [p.instance for p in both]
    kinds = [[compare.wording_kind(p.wording) for p in each] for each in (unseen, seen, both)]
    assert kinds == [["unseen"] * 12, ["seen"] * 12, ["unseen", "seen"] * 6]
    assert len({p.wording for p in seen}) > 6
    with pytest.raises(ValueError, match="`wordings` must be one of unseen, seen, both, not 'all'"):
        list(draw_problems([compare], ("S",), 1, wordings="all"))


def test_the_problems_of_a_corpus_can_be_posed_in_seen_wordings(tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path, tasks.get("compare_numbers"), ranges=("S",))
    unseen, seen = (
        list(load_problems(corpus, "eval", ("S",), 9, wordings=wordings))
        for wordings in ("unseen", "seen")
    )
    assert [problem.id for problem in unseen] == [problem.id for problem in seen]
    assert {problem.prompt for problem in unseen}.isdisjoint({p.prompt for p in seen})


@pytest.mark.parametrize(
    ("options", "form", "free"),
    [
        ({}, Form(style="styled", prompt="keyed"), False),
        ({"prompt": "plain"}, Form(style="styled"), False),
        ({"format": "answer"}, Form(format="answer", prompt="keyed"), False),
        ({"format": "any"}, Form(prompt="keyed"), True),
        ({"format": "any", "prompt": "plain"}, Form(), True),
    ],
)
def test_the_prompts_are_those_of_the_corpus(
    tmp_path: Path, options: dict[str, Any], form: Form, free: bool
) -> None:
    add = tasks.get("large_number_addition")
    own = RecordOptions(form=Form(style="styled", prompt="keyed"))
    request = CorpusRequest(tasks=[add], train=1, eval=1, probe=1, ranges=("S",), options=own)
    corpus = build(request, out=tmp_path / "c", workers=1)
    assert output_form(corpus, **options) == (form, free)
    description = corpus_suite(corpus, "eval", ("S",), 1, form=form, free=free).description
    assert description["prompt"] == form.prompt
