"""Tasks of a corpus: with their options, and with the machine and the wordings of its version."""

import pickle
import shutil
from pathlib import Path

import pytest

import tasks
from evaluation.problems.selection import load_problems
from evaluation.problems.suites import corpus_suite
from tasks.base import AnyTask
from tasks.corpus import Corpus, CorpusRequest, build
from tasks.corpus.restoring import restore_tasks
from tasks.corpus.verification import verify
from tests.support.cli import call_here

NAME = "my_sort"
FILES = (f"{NAME}.py", f"{NAME}.tm", f"{NAME}.prompts.txt")


def test_tasks_are_restored_with_their_options(tmp_path: Path) -> None:
    task = tasks.get("compare_numbers", plain=True)
    corpus = Corpus(tmp_path, {"request": CorpusRequest(tasks=[task]).description})
    assert list(restore_tasks(corpus)) == [task]
    with pytest.raises(ValueError, match="lcs: the corpus has no records of this task"):
        list(restore_tasks(corpus, [tasks.get("lcs")]))


def write_task(folder: Path) -> AnyTask:
    """Write a copy of the task ``bubble_sort`` into a new folder."""
    folder.mkdir()
    source = tasks.get("bubble_sort").path
    for name in FILES:
        shutil.copy(source.with_name(name.replace(NAME, "bubble_sort")), folder / name)
    return tasks.from_file(folder / f"{NAME}.py")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A corpus of the copy."""
    request = CorpusRequest(
        tasks=[write_task(tmp_path / "old")], train=4, eval=3, probe=2, ranges=("S",)
    )
    return build(request, out=tmp_path / "c", workers=1)


@pytest.fixture
def later(tmp_path: Path) -> AnyTask:
    """A later version of the task: its machine has another key, and its wordings other words."""
    task = write_task(tmp_path / "new")
    edit(task.source, 'fetch "first" = {place}', 'fetch first "start" = {place}')
    edit(task.prompts_file, "sort", "arrange")
    return task


def test_an_unchanged_task_is_the_present_one(corpus: Corpus, tmp_path: Path) -> None:
    (task,) = restore_tasks(corpus, [tasks.from_file(tmp_path / "old" / f"{NAME}.py")])
    assert task.stored is None


def test_a_corpus_of_an_earlier_version_is_verified(corpus: Corpus, later: AnyTask) -> None:
    report = verify(corpus, tasks=[later], workers=1)
    assert report.faults == []
    assert report.records == 9
    assert report.earlier == [NAME]
    (stored,) = restore_tasks(corpus, [later])
    assert stored.table.digest == corpus.request["tasks"][0]["machine"] != later.table.digest
    again = pickle.loads(pickle.dumps(stored))
    assert (again, again.table, again.wordings) == (stored, stored.table, stored.wordings)


def test_a_corpus_of_an_earlier_version_is_scored(corpus: Corpus, later: AnyTask) -> None:
    problems = list(load_problems(corpus, "eval", ("S",), 3, tasks=[later]))
    records = {row["id"]: (row["prompt"], row["completion"]) for row in corpus.records("eval")}
    assert {each.id: (each.prompt, each.completion) for each in problems} == records
    suite = corpus_suite(corpus, "eval", ("S",), 3, tasks=[later])
    assert suite.description["machines"] == f"those in the corpus: {NAME}"


def test_scores_by_the_present_machines_do_not_mention_them(corpus: Corpus, tmp_path: Path) -> None:
    present = tasks.from_file(tmp_path / "old" / f"{NAME}.py")
    suite = corpus_suite(corpus, "eval", ("S",), 3, tasks=[present])
    assert "machines" not in suite.description


@pytest.mark.parametrize("edited", ["machine", "wordings"])
def test_one_of_them_may_have_changed(corpus: Corpus, tmp_path: Path, edited: str) -> None:
    task = write_task(tmp_path / "new")
    if edited == "machine":
        edit(task.source, 'fetch "first" = {place}', 'fetch first "start" = {place}')
    else:
        edit(task.prompts_file, "sort", "arrange")
    assert verify(corpus, tasks=[task], workers=1).faults == []


def test_a_corpus_of_a_user_s_own_task_needs_no_other_file(corpus: Corpus, tmp_path: Path) -> None:
    code = tmp_path / "old" / f"{NAME}.py"
    carried = corpus.folder / "machines" / code.name
    assert carried.read_bytes() == code.read_bytes()
    shutil.rmtree(tmp_path / "old")
    task = tasks.from_file(carried)
    report = verify(corpus, tasks=[task], workers=1)
    assert (report.faults, report.records) == ([], 9)
    problems = load_problems(corpus, "eval", ("S",), 3, tasks=[task])
    records = corpus.records("eval")
    assert [(p.id, p.completion) for p in problems] == [
        (record["id"], record["completion"]) for record in records
    ]
    request = CorpusRequest(tasks=[task], train=4, eval=3, probe=2, ranges=("S",))
    assert build(request, out=tmp_path / "again", workers=1).digest == corpus.digest


def test_tasks_that_everybody_has_carry_no_code(tmp_path: Path) -> None:
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort")], train=1, eval=1, probe=1, ranges=("S",)
    )
    corpus = build(request, out=tmp_path / "c", workers=1)
    files = {file.name for file in (corpus.folder / "machines").iterdir()}
    assert files == {"bubble_sort.json", "bubble_sort.prompts.txt"}


def test_code_in_a_corpus_is_executed_only_if_it_is_named(corpus: Corpus, tmp_path: Path) -> None:
    code, mark = corpus.folder / "machines" / f"{NAME}.py", tmp_path / "mark"
    hostile = f"open({str(mark)!r}, 'a').close()\n"
    code.write_text(code.read_text() + hostile)
    for planted in (NAME, "bubble_sort", "tasks", "conftest", "__init__"):
        for folder in (corpus.folder, corpus.folder / "data", corpus.folder / "machines"):
            with (folder / f"{planted}.py").open("a") as file:
                file.write(hostile)
    reads = ["eval", "--backend", "reference", "--corpus", corpus.folder, "--ranges", "S"]
    for command in (
        ["corpus", "verify", corpus.folder],
        ["corpus", "export", corpus.folder, "--format", "dpo", "--out", tmp_path / "dpo"],
        ["export", "lm-eval", corpus.folder, "--out", tmp_path / "harness"],
        ["ask", "Which is greater?", "--model", tmp_path, "--corpus", corpus.folder],
        [*reads, "--out", tmp_path / "run"],
    ):
        answer = call_here(*command)
        assert answer.code == 1
        assert f"{code}: read it first, since it is executed" in answer.err.replace("\n", "")
    for command in (
        ["corpus", "show", corpus.folder],
        ["corpus", "plot", corpus.folder, "--out", tmp_path / "lengths.png"],
        ["corpus", "export", corpus.folder, "--format", "jsonl", "--out", tmp_path / "jsonl"],
    ):
        assert call_here(*command).code == 0
    assert not mark.exists()
    assert call_here(*reads, "--tasks", code, "--out", tmp_path / "named").code == 0
    assert mark.exists()


def test_a_corpus_without_machines_needs_the_present_ones(corpus: Corpus, later: AnyTask) -> None:
    shutil.rmtree(corpus.folder / "machines")
    with pytest.raises(ValueError, match="built with another machine of this task"):
        list(restore_tasks(corpus, [later]))


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (".json", '"begin"', '"start"', "is not the machine that built the corpus"),
        (".json", '"version":2', '"version":0', "is not a machine: format"),
        (".prompts.txt", "{list}", "{list.__class__}", "is not the name of an operand"),
        (".prompts.txt", "Sort", "Order", "is damaged; copy or build the corpus"),
        (".prompts.txt", "{list}", "{list:>99999999999}", "is not the name of an operand"),
    ],
)
def test_files_that_somebody_changed_are_refused(
    corpus: Corpus, later: AnyTask, file: str, old: str, new: str, message: str
) -> None:
    edit(corpus.folder / "machines" / f"{NAME}{file}", old, new)
    with pytest.raises(ValueError, match=message):
        list(restore_tasks(corpus, [later]))
    assert corpus.damaged_files() == [f"machines/{NAME}{file}"]


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "\xb9"])
@pytest.mark.parametrize("file", [".json", ".prompts.txt"])
def test_a_damaged_file_of_a_task_is_named_by_every_command(
    corpus: Corpus, tmp_path: Path, file: str, content: str
) -> None:
    damaged = corpus.folder / "machines" / f"{NAME}{file}"
    damaged.write_bytes(content.encode("latin-1"))
    task = corpus.folder / "machines" / f"{NAME}.py"
    reference = ("eval", "--backend", "reference", "--corpus", corpus.folder, "--ranges", "S")
    for command in (
        ("corpus", "verify", corpus.folder, "--workers", 1),
        ("corpus", "export", corpus.folder, "--format", "dpo", "--out", tmp_path / "dpo"),
        reference,
    ):
        answer = call_here(*command, "--tasks", task)
        assert answer.code == 1
        assert damaged.name in answer.err + answer.out


def test_machines_do_not_name_folders(corpus: Corpus, tmp_path: Path) -> None:
    assert str(tmp_path) not in (corpus.folder / "machines" / f"{NAME}.json").read_text()


def test_the_card_says_what_the_machines_are_and_which_file_is_code(corpus: Corpus) -> None:
    text = " ".join((corpus.folder / "README.md").read_text().split())
    assert "`machines/` holds the transition table of each task (`TASK.json`)" in text
    assert "`TASK.py` there, of a task that is not built in, is code" in text
    assert "Nothing runs it unless you name it (`--tasks machines/TASK.py`)" in text
