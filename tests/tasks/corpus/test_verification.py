"""Verification finds what is wrong with a corpus: each kind of fault, put into one, is told."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tasks
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tasks.corpus.verification import verify
from tests.tasks.corpus.bits import reverse_bits
from tm.support.files import sha256

SMALL = {"train": 40, "eval": 12, "probe": 6, "ranges": ("S", "M")}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    request = CorpusRequest(tasks=[tasks.get("bubble_sort")], **SMALL)
    return build(request, out=tmp_path_factory.mktemp("sound") / "c", workers=1)


@pytest.fixture
def corpus(sound, tmp_path):
    return Corpus.open(shutil.copytree(sound.folder, tmp_path / "c"))


def rewrite(corpus, stem, change):
    """Change the rows of the file whose name begins so, and let the manifest know its digest."""
    (path,) = corpus.folder.glob(f"data/*/{stem}-*.parquet")
    table = pq.read_table(path)
    rows = change(table.to_pylist())
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)
    corpus.manifest["files"][path.relative_to(corpus.folder).as_posix()] = sha256(path)
    (corpus.folder / "manifest.json").write_text(json.dumps(corpus.manifest))


def checked(corpus):
    return verify(Corpus.open(corpus.folder), workers=1)


@pytest.mark.parametrize(
    "form",
    [Form(), Form(style="plain"), Form(format="answer"), Form(format="transitions")],
    ids=lambda form: form.name,
)
def test_a_sound_corpus(form, tmp_path):
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort")], options=RecordOptions(form=form), **SMALL
    )
    calls = []
    found = verify(
        build(request, out=tmp_path / "c", workers=1),
        workers=1,
        progress=lambda done, whole: calls.append((done, whole)),
    )
    assert found.faults == []
    assert found.records == 40 + 2 * (12 + 6)
    assert [leak.splits for leak in found.leaks] == [
        ("eval", "eval"), ("probe", "probe"), ("train", "train"),
        ("eval", "probe"), ("eval", "train"), ("probe", "train"),
    ]  # fmt: skip
    assert all(leak.problems == leak.prompts == 0 for leak in found.leaks)
    assert calls == [(done, 5) for done in range(1, 6)]


def test_a_small_space_is_trained_on_in_several_wordings(tmp_path):
    own = reverse_bits(tmp_path)
    made = build(CorpusRequest(tasks=[own], train=250), out=tmp_path / "c", workers=1)
    found = verify(made, tasks=[own], workers=1)
    assert found.faults == []
    (train,) = [leak for leak in found.leaks if leak.splits == ("train", "train")]
    assert (train.problems, train.prompts, train.allowed, train.fine) == (99, 0, True, True)
    with pytest.raises(
        ValueError, match=r"`reverse_bits` is not a built-in task.* --tasks reverse_bits"
    ):
        verify(made, workers=1)


@pytest.mark.parametrize(
    ("column", "change"),
    [
        ("completion", lambda text: text.replace("carry", "curry", 1)),
        ("answer", lambda text: text[1:]),
        ("prompt", lambda text: text + " "),
        ("transitions", lambda number: number + 1),
        ("length", lambda number: 7),
        ("spans", lambda spans: {**spans, "start": [1, *spans["start"][1:]]}),
        ("spans", lambda spans: {**spans, "role": ["next", *spans["role"][1:]]}),
    ],
)
def test_a_record_that_the_machine_does_not_make(corpus, column, change):
    def altered(rows):
        rows[3][column] = change(rows[3][column])
        return rows

    rewrite(corpus, "train-S", altered)
    (fault,) = checked(corpus).faults
    assert "train-S" in fault
    assert f"`{column}` is not what the machine writes" in fault


def test_an_instance_of_another_record(corpus):
    def altered(rows):
        rows[0]["instance"] = rows[1]["instance"]
        return rows

    rewrite(corpus, "train-S", altered)
    found = checked(corpus)
    assert any("`instance` is not what the machine writes" in fault for fault in found.faults)
    assert any("1 problems and 0 prompts occur twice in train" in fault for fault in found.faults)


def test_a_record_that_stands_twice(corpus):
    rewrite(corpus, "train-S", lambda rows: [*rows[:-1], rows[0]])
    (fault,) = checked(corpus).faults
    assert fault == "bubble_sort: 1 problems and 1 prompts occur twice in train"


def test_a_leak(corpus):
    """Evaluation in the training file, with ids and splits that belong there."""
    held = list(corpus.records("eval", range_name="S"))

    def leaked(rows):
        for column in ("prompt", "completion", "answer", "instance"):
            rows[5][column] = held[2][column]
        return rows

    rewrite(corpus, "train-S", leaked)
    found = checked(corpus)
    (leak,) = [leak for leak in found.leaks if not leak.fine]
    assert (leak.splits, leak.problems, leak.prompts) == (("eval", "train"), 1, 1)
    assert "bubble_sort: 1 problems and 1 prompts are in both eval and train" in found.faults


def test_records_that_are_missing(corpus):
    rewrite(corpus, "train-S", lambda rows: rows[:-2])
    (fault,) = checked(corpus).faults
    assert fault == "bubble_sort S train: 38 records, but the manifest lists 40"


def test_records_of_another_part(corpus):
    def altered(rows):
        rows[0]["id"] = rows[0]["id"].replace("train", "eval")
        return rows

    rewrite(corpus, "train-S", altered)
    assert "does not belong in this file" in checked(corpus).faults[0]


def test_files_that_are_damaged_missing_or_too_many(corpus):
    one, two, *_ = sorted(corpus.manifest["files"])
    (corpus.folder / one).write_bytes(b"PAR1")
    (corpus.folder / two).rename(corpus.folder / "data" / "stray.parquet")
    faults = checked(corpus).faults
    assert f"{one}: the file is missing or was changed" in faults
    assert any("cannot be read" in fault for fault in faults)
    assert f"{two}: the file is missing or was changed" in faults
    assert "data/stray.parquet: the manifest does not list this file" in faults


def test_other_columns(corpus):
    (path,) = corpus.folder.glob("data/*/train-*.parquet")
    pq.write_table(pq.read_table(path).drop_columns(["answer"]), path)
    faults = checked(corpus).faults
    assert any("cannot be read: its columns are id, task, paradigm" in fault for fault in faults)


@pytest.mark.parametrize("at", [100, 2_000, -300])
def test_a_file_with_a_few_bytes_changed(corpus, at):
    (path,) = corpus.folder.glob("data/*/train-*.parquet")
    data = bytearray(path.read_bytes())
    data[at : at + 20] = bytes(20)
    path.write_bytes(data)
    faults = checked(corpus).faults
    assert f"{path.relative_to(corpus.folder)}: the file is missing or was changed" in faults


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("machine", "bubble_sort: the corpus was built with another machine"),
        ("source", "bubble_sort: its file differs"),
    ],
)
def test_another_task(corpus, what, message):
    corpus.manifest["request"]["tasks"][0][what] = "0" * 32
    (corpus.folder / "manifest.json").write_text(json.dumps(corpus.manifest))
    with pytest.raises(ValueError, match=message):
        checked(corpus)


def test_tokens_are_compared_where_somebody_counts(sound, tokenizer, tmp_path):
    options = RecordOptions(tokenizer=tokenizer, max_tokens=900)
    request = CorpusRequest(tasks=[tasks.get("bubble_sort")], options=options, **SMALL)
    made = build(request, out=tmp_path / "c", workers=1)
    assert any(part["refused"] for part in made.manifest["parts"])
    assert verify(made, tokenizer=tokenizer, workers=1).faults == []
    rewrite(made, "train", lambda rows: [rows[0] | {"tokens": 901}, *rows[1:]])
    assert checked(made).faults == []
    (fault,) = verify(made, tokenizer=tokenizer, workers=1).faults
    assert "`tokens` is not what" in fault
    with pytest.raises(ValueError, match="is not the tokenizer that counted"):
        verify(sound, tokenizer=tokenizer, workers=1)


def test_files_of_many_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr("tasks.corpus.records.shards.MAX_ROW_GROUP_BYTES", 40_000)
    request = CorpusRequest(tasks=[tasks.get("bubble_sort")], train=1_200, eval=5, probe=5)
    made = build(request, out=tmp_path, workers=1)
    (path,) = tmp_path.glob("data/*/train-*.parquet")
    assert pq.read_metadata(path).num_row_groups > 20
    assert len(list(made.records("train"))) == 1_200
    assert verify(made, workers=1).faults == []
