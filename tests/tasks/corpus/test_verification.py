"""Verification: each kind of fault that is put into a corpus is reported."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tasks.corpus.documents.manifests import manifest_text
from tasks.corpus.verification import VerificationReport, verify
from tests.support.tasks.reversal_task import reverse_bits
from tests.support.tasks.small_corpora import reseal
from tm.support.files import sha256

SMALL: dict[str, Any] = {"train": 40, "eval": 12, "probe": 6, "ranges": ("S", "M")}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A correct corpus; no test changes it."""
    request = CorpusRequest(tasks=[tasks.get("bubble_sort")], **SMALL)
    return build(request, out=tmp_path_factory.mktemp("sound") / "c", workers=1)


@pytest.fixture
def corpus(sound: Corpus, tmp_path: Path) -> Corpus:
    """A copy of the correct corpus, to be damaged."""
    return Corpus.open(shutil.copytree(sound.folder, tmp_path / "c"))


def rewrite(corpus: Corpus, prefix: str, change: Callable[[Rows], Rows]) -> None:
    """Change the rows of the file with this prefix, and its digest in the manifest."""
    (path,) = corpus.folder.glob(f"data/*/{prefix}-*.parquet")
    table = pq.read_table(path)
    rows = change(table.to_pylist())
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    corpus.manifest["files"][path.relative_to(corpus.folder).as_posix()] = sha256(path)
    reseal(corpus)


def verify_again(corpus: Corpus) -> VerificationReport:
    return verify(Corpus.open(corpus.folder), workers=1)


@pytest.mark.parametrize(
    "form",
    [Form(), Form(style="plain"), Form(format="answer"), Form(format="transitions")],
    ids=lambda form: form.name,
)
def test_a_correct_corpus_has_no_faults(form: Form, tmp_path: Path) -> None:
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort")], options=RecordOptions(form=form), **SMALL
    )
    calls = []
    report = verify(
        build(request, out=tmp_path / "c", workers=1),
        workers=1,
        progress=lambda done, total: calls.append((done, total)),
    )
    assert report.faults == []
    assert report.records == 40 + 2 * (12 + 6)
    assert [leak.splits for leak in report.leaks] == [
        ("eval", "eval"), ("probe", "probe"), ("train", "train"),
        ("eval", "probe"), ("eval", "train"), ("probe", "train"),
    ]  # fmt: skip
    assert all(leak.problems == leak.prompts == 0 for leak in report.leaks)
    assert calls == [(done, 5) for done in range(1, 6)]


def test_a_small_space_is_trained_on_in_several_wordings(tmp_path: Path) -> None:
    own_task = reverse_bits(tmp_path)
    request = CorpusRequest(tasks=[own_task], train=2000)
    small = build(request, out=tmp_path / "c", workers=1)
    report = verify(small, tasks=[own_task], workers=1)
    assert report.faults == []
    (train,) = [leak for leak in report.leaks if leak.splits == ("train", "train")]
    assert (train.problems, train.prompts, train.allowed, train.fine) == (99, 0, True, True)
    with pytest.raises(
        ValueError, match=r"`reverse_bits` is not a built-in task.* --tasks reverse_bits"
    ):
        verify(small, workers=1)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("completion", lambda text: text.replace("compare", "compere", 1)),
        ("answer", lambda text: text[1:]),
        ("prompt", lambda text: text + " "),
        ("transitions", lambda number: number + 1),
        ("length", lambda number: 7),
        ("spans", lambda spans: {**spans, "start": [1, *spans["start"][1:]]}),
        ("spans", lambda spans: {**spans, "role": ["next", *spans["role"][1:]]}),
    ],
)
def test_a_record_that_the_machine_does_not_write(
    corpus: Corpus, column: str, change: Callable[[Any], Any]
) -> None:
    def change_rows(rows: Rows) -> Rows:
        rows[3][column] = change(rows[3][column])
        return rows

    rewrite(corpus, "train-S", change_rows)
    (fault,) = verify_again(corpus).faults
    assert "train-S" in fault
    assert f"`{column}` is not what the machine writes" in fault


def test_an_instance_of_another_record_is_reported(corpus: Corpus) -> None:
    def change_rows(rows: Rows) -> Rows:
        rows[0]["instance"] = rows[1]["instance"]
        return rows

    rewrite(corpus, "train-S", change_rows)
    report = verify_again(corpus)
    assert any("`instance` is not what the machine writes" in fault for fault in report.faults)
    assert any("1 problems and 0 prompts occur twice in train" in fault for fault in report.faults)


def test_a_duplicate_record_is_reported(corpus: Corpus) -> None:
    rewrite(corpus, "train-S", lambda rows: [*rows[:-1], rows[0]])
    faults = verify_again(corpus).faults
    assert "bubble_sort: 1 problems and 1 prompts occur twice in train" in faults


def test_a_leak_is_reported(corpus: Corpus) -> None:
    """An evaluation problem in the training file, with an id and a split of that file."""
    evaluation = list(corpus.records("eval", range_name="S"))

    def leak_record(rows: Rows) -> Rows:
        for column in ("prompt", "completion", "answer", "instance"):
            rows[5][column] = evaluation[2][column]
        return rows

    rewrite(corpus, "train-S", leak_record)
    report = verify_again(corpus)
    (leak,) = [leak for leak in report.leaks if not leak.fine]
    assert (leak.splits, leak.problems, leak.prompts) == (("eval", "train"), 1, 1)
    assert "bubble_sort: 1 problems and 1 prompts are in both eval and train" in report.faults


def test_missing_records_are_reported(corpus: Corpus) -> None:
    rewrite(corpus, "train-S", lambda rows: rows[:-2])
    (fault,) = verify_again(corpus).faults
    assert fault == "bubble_sort S train: 38 records, but the manifest lists 40"


def test_a_record_of_another_part_is_reported(corpus: Corpus) -> None:
    def change_rows(rows: Rows) -> Rows:
        rows[0]["id"] = rows[0]["id"].replace("train", "eval")
        return rows

    rewrite(corpus, "train-S", change_rows)
    assert "does not belong in this file" in verify_again(corpus).faults[0]


def test_damaged_missing_and_unknown_files_are_reported(corpus: Corpus) -> None:
    one, two, *_ = sorted(corpus.manifest["files"])
    (corpus.folder / one).write_bytes(b"PAR1")
    (corpus.folder / two).rename(corpus.folder / "data" / "stray.parquet")
    faults = verify_again(corpus).faults
    assert f"{one}: the file is missing or was changed" in faults
    assert any("cannot be read" in fault for fault in faults)
    assert f"{two}: the file is missing or was changed" in faults
    assert "data/stray.parquet: the manifest does not list this file" in faults


def test_other_columns_are_reported(corpus: Corpus) -> None:
    (path,) = corpus.folder.glob("data/*/train-*.parquet")
    pq.write_table(pq.read_table(path).drop_columns(["answer"]), path)
    faults = verify_again(corpus).faults
    assert any("cannot be read: its columns are id, task, paradigm" in fault for fault in faults)


@pytest.mark.parametrize("offset", [100, 2_000, -300])
def test_a_file_with_a_few_bytes_changed_is_reported(corpus: Corpus, offset: int) -> None:
    (path,) = corpus.folder.glob("data/*/train-*.parquet")
    data = bytearray(path.read_bytes())
    data[offset : offset + 20] = bytes(20)
    path.write_bytes(data)
    faults = verify_again(corpus).faults
    assert f"{path.relative_to(corpus.folder)}: the file is missing or was changed" in faults


def test_another_machine_is_refused(corpus: Corpus) -> None:
    corpus.manifest["request"]["tasks"][0]["machine"] = "0" * 32
    reseal(corpus)
    with pytest.raises(ValueError, match="is not the machine that built the corpus"):
        verify_again(corpus)


def test_another_python_file_is_reported_with_the_faults(corpus: Corpus) -> None:
    corpus.manifest["request"]["tasks"][0]["source"] = "0" * 32
    reseal(corpus)
    assert verify_again(corpus).faults == []
    rewrite(corpus, "train", lambda rows: [rows[0] | {"answer": "1"}, *rows[1:]])
    *_, fault = verify_again(corpus).faults
    assert fault == (
        "bubble_sort: its Python file is not the one that built the corpus, which may be the cause"
    )


def test_tokens_are_compared_with_a_tokenizer(
    sound: Corpus, tokenizer: Path, tmp_path: Path
) -> None:
    options = RecordOptions(tokenizer=tokenizer, max_tokens=900)
    request = CorpusRequest(tasks=[tasks.get("bubble_sort")], options=options, **SMALL)
    counted = build(request, out=tmp_path / "c", workers=1)
    assert any(part["refused"] for part in counted.parts())
    assert verify(counted, tokenizer=tokenizer, workers=1).faults == []
    rewrite(counted, "train", lambda rows: [rows[0] | {"tokens": 901}, *rows[1:]])
    assert verify_again(counted).faults == []
    (fault,) = verify(counted, tokenizer=tokenizer, workers=1).faults
    assert "`tokens` is not what" in fault
    with pytest.raises(ValueError, match="is not the tokenizer that counted"):
        verify(sound, tokenizer=tokenizer, workers=1)


def test_files_of_many_row_groups_are_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.corpus.records.shards.MAX_ROW_GROUP_BYTES", 40_000)
    request = CorpusRequest(tasks=[tasks.get("bubble_sort")], train=1_200, eval=5, probe=5)
    large = build(request, out=tmp_path, workers=1)
    (path,) = tmp_path.glob("data/*/train-*.parquet")
    assert pq.read_metadata(path).num_row_groups > 20
    assert len(list(large.records("train"))) == 1_200
    assert verify(large, workers=1).faults == []


@pytest.mark.parametrize(
    "name", ["README.md", "croissant.json", "request.json", "machines/bubble_sort.json"]
)
def test_another_document_is_reported(corpus: Corpus, name: str) -> None:
    (corpus.folder / name).write_text("{}")
    (fault,) = verify_again(corpus).faults
    assert fault.startswith(f"{name}: the file is missing or ")


def test_a_corpus_that_lists_no_documents_is_verified(corpus: Corpus) -> None:
    """Corpora of earlier versions list none."""
    del corpus.manifest["documents"]
    (corpus.folder / "manifest.json").write_text(manifest_text(corpus.manifest))
    assert verify_again(corpus).faults == []


@pytest.mark.parametrize(
    ("split", "key", "value"),
    [
        ("train", "longest", {"completion": 9}),
        ("train", "mean", {"bytes": 1.5}),
        ("train", "by_length", {"4": 1}),
        ("eval", "shortcuts", {"commonest answer": 0.0}),
    ],
)
def test_a_wrong_figure_is_reported(corpus: Corpus, split: str, key: str, value: Any) -> None:
    part = corpus.parts(split)[0]
    corpus.manifest["parts"][corpus.manifest["parts"].index(part)] = {
        **part,
        key: {**part[key], **value} if isinstance(value, dict) else value,
    }
    reseal(corpus)
    (fault,) = verify_again(corpus).faults
    assert fault.startswith(f"bubble_sort S {split}: manifest.json differs ({key}")


def test_more_records_than_were_asked_for_are_refused(corpus: Corpus) -> None:
    part = corpus.parts("train")[0]
    corpus.manifest["parts"][corpus.manifest["parts"].index(part)] = {**part, "refused": 3}
    reseal(corpus)
    with pytest.raises(ValueError, match=r"`parts\[4\]\.records` has a value that no corpus has"):
        verify_again(corpus)
