"""Contents of a corpus: records that can be made alone, disjoint splits, manifest and card."""

import hashlib
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import tasks
from compiler import render
from tasks.corpus import SCHEMA, Corpus, CorpusRequest, Form, RecordId, RecordOptions, build, items
from tasks.corpus.records.shortcuts import shortcut_accuracies
from tests.support.oracles import ORACLES
from tests.support.tasks.reversal_task import reverse_bits
from tests.support.tasks.small_corpora import (
    SMALL_COUNTS,
    TWO_TASKS,
    WITHOUT_SPANS,
    folder_contents,
    request_for,
)

pytestmark = pytest.mark.usefixtures("small_shards")


def test_a_corpus_holds_the_requested_records(corpus: Corpus) -> None:
    for split, ranges in (("eval", "SML"), ("probe", "SML"), ("train", "S")):
        count = SMALL_COUNTS[split]
        assert corpus.read(split).num_rows == len(TWO_TASKS) * len(ranges) * count
        for name in TWO_TASKS:
            for range_name in ranges:
                part = corpus.read(split, task=name, range_name=range_name)
                assert part.num_rows == count
                low, high = tasks.get(name).length_range(range_name)
                assert all(low <= length <= high for length in part["length"].to_pylist())
    with pytest.raises(ValueError, match="has no records of train M"):
        corpus.read("train", range_name="M")
    assert len(list(corpus.records("train", task="bubble_sort"))) == 60


@pytest.mark.parametrize("split", ["train", "probe", "eval"])
def test_a_record_can_be_made_alone(corpus: Corpus, split: str) -> None:
    for row in corpus.read(split).to_pylist():
        task = tasks.get(row["task"])
        record_id = RecordId.parse(row["id"])
        (item,) = items(task, record_id.range, split, record_id.seed, [record_id.index])
        assert (record_id.task, record_id.range) == (row["task"], row["range"])
        assert row["prompt"] == task.prompt(item.instance, item.wording)
        assert task.instance.from_json(row["instance"]) == item.instance
        run = task.run(item.instance, item.wording)
        assert run.trace is not None
        text = render(task.table, run.trace)
        assert row["completion"] == text.string
        assert row["answer"] == ORACLES[row["task"]](item.instance) == run.text("out")
        assert row["transitions"] == run.transitions
        assert row["atomic_states"] == len(text.spans.labels) == row["completion"].count("\n")
        assert row["bytes"] == len((row["prompt"] + row["completion"]).encode())
        spans = row["spans"]
        assert spans["start"] == [0, *spans["end"][:-1]]
        assert spans["end"][-1] == len(row["completion"])
        assert spans["role"] == [str(span.role) for span in text.spans]
        assert spans["step"] == [span.step for span in text.spans]


def test_no_problem_occurs_twice(corpus: Corpus) -> None:
    rows = list(corpus.records())
    problems = {
        (row["task"], tasks.get(row["task"]).instance.from_json(row["instance"])) for row in rows
    }
    assert len(problems) == len(rows) == len({row["id"] for row in rows})
    assert len({row["prompt"] for row in rows}) == len(rows)


def test_splits_of_a_small_space_share_nothing(tmp_path: Path) -> None:
    """There are 124 words: 13 and 12 are held out, and training has 99, each in 9 prompts."""
    request = CorpusRequest(
        tasks=[reverse_bits(tmp_path)], train=2000, ranges=("S",), options=WITHOUT_SPANS
    )
    small = build(request, out=tmp_path / "c", workers=1)
    words = {
        split: [row["instance"] for row in small.records(split)]
        for split in ("eval", "probe", "train")
    }
    bits = {
        split: Counter(word.split('"first"')[0] for word in split_words)
        for split, split_words in words.items()
    }
    assert [len(counts) for counts in bits.values()] == [13, 12, 99]
    assert set(bits["train"].values()) == {9}
    assert not set(bits["eval"]) & set(bits["train"])
    assert not set(bits["probe"]) & (set(bits["train"]) | set(bits["eval"]))
    card = (tmp_path / "c" / "README.md").read_text()
    assert "| train | seen | 891 (all that exist; 2,000 requested) | 99 |" in card
    assert "| eval | seen | 13 (all that exist; 500 requested) | 13 |" in card


def test_a_small_space_of_drawn_problems_is_exhausted(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path, numbered=False, ranges={"S": (2, 3)})
    request = CorpusRequest(tasks=[task], train=20, eval=5, probe=2, ranges=("S",))
    small = build(request, out=tmp_path / "c", workers=1)
    assert [part["records"] for part in small.parts()] == [5, 2, 5]


def test_seeds_share_nothing(corpus: Corpus, tmp_path: Path) -> None:
    other = build(request_for("compare_numbers", seed=1), out=tmp_path, workers=1)
    one, two = (
        {row["instance"] for row in each.records("train", task="compare_numbers")}
        for each in (corpus, other)
    )
    assert not one & two


def test_records_that_are_too_long_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.corpus.records.table.MAX_RECORD_BYTES", 2_300)
    shortened = build(request_for("bubble_sort"), out=tmp_path, workers=1)
    counts = {(p["range"], p["split"]): (p["records"], p["refused"]) for p in shortened.parts()}
    assert counts["S", "eval"] == (20, 0)
    assert sum(counts["M", "eval"]) == 20
    assert min(counts["M", "eval"]) > 0
    assert counts["L", "eval"] == (0, 20)
    card = (tmp_path / "README.md").read_text()
    assert "| L | 7–8 | eval | unseen | 0 (all too long; 20 requested) |" in card
    assert f"({counts['M', 'eval'][1]} too long; 20 requested)" in card
    assert len(list(shortened.records("eval", range_name="M"))) == counts["M", "eval"][0]
    assert list(shortened.records("eval", range_name="L")) == []


def test_the_manifest_lists_the_files(corpus: Corpus) -> None:
    contents = folder_contents(corpus.folder)
    shards = {name: data for name, data in contents.items() if name.startswith("data/")}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in shards.items()}
    assert digests == corpus.manifest["files"]
    others = {"manifest.json", "request.json", ".lock", *corpus.manifest["documents"]}
    assert set(contents) - set(shards) == others
    assert corpus.damaged_files() == []
    assert Corpus.open(corpus.folder) == corpus


def test_the_manifest_describes_the_records(corpus: Corpus) -> None:
    for part in corpus.parts():
        rows = list(corpus.records(part["split"], task=part["task"], range_name=part["range"]))
        assert part["records"] == part["items"] == part["problems"] == part["asked"] == len(rows)
        assert part["refused"] == 0
        for name in ("bytes", "transitions", "atomic_states"):
            values = [row[name] for row in rows]
            assert part["longest"][name] == max(values)
            assert part["mean"][name] == pytest.approx(sum(values) / len(values), abs=0.06)
        completion_bytes = [len(row["completion"].encode()) for row in rows]
        assert part["longest"]["completion"] == max(completion_bytes)
        assert part["by_length"] == Counter(str(row["length"]) for row in rows)


def test_shards_are_compressed_and_have_all_columns(corpus: Corpus) -> None:
    assert corpus.read("eval").schema.names == [*SCHEMA.names, "spans"]
    file = pq.ParquetFile(corpus.folder / next(iter(corpus.manifest["files"])))
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_load_dataset_reads_it(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(corpus.folder), cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in loaded.items()} == {
        "train": 120, "probe": 60, "eval": 120
    }  # fmt: skip
    assert loaded["train"]["completion"] == corpus.read("train")["completion"].to_pylist()
    one = datasets.load_dataset(str(corpus.folder), "bubble_sort", cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in one.items()} == {
        "train": 60, "probe": 30, "eval": 60
    }  # fmt: skip
    assert set(one["train"]["task"]) == {"bubble_sort"}


def test_load_dataset_tells_corpora_of_one_name_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    prompts = []
    for seed in (0, 1):
        request = request_for("bubble_sort", seed=seed, train=5, eval=0, probe=0)
        folder = build(request, out=tmp_path / str(seed) / "corpus", workers=1).folder
        rows = datasets.load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))["train"]
        prompts.append(set(rows["prompt"]))
        assert prompts[-1] == set(Corpus.open(folder).read("train")["prompt"].to_pylist())
    assert prompts[0] != prompts[1]


def test_the_card_names_the_files_and_their_digest(corpus: Corpus) -> None:
    card = (corpus.folder / "README.md").read_text()
    assert "*" not in card.split("---")[1]
    assert card.count(f"  description: {corpus.digest}\n") == 3
    assert all(card.count(f"    - {name}\n") == 2 for name in corpus.manifest["files"])


def test_manifest_and_card_give_chance(corpus: Corpus) -> None:
    card = (corpus.folder / "README.md").read_text()
    for part in corpus.parts():
        if part["split"] == "train":
            assert "shortcuts" not in part
            continue
        task = tasks.get(part["task"])
        rows = corpus.read(part["split"], task=task.name, range_name=part["range"]).to_pylist()
        instances = [task.instance.from_json(row["instance"]) for row in rows]
        problems = list(zip(instances, (row["answer"] for row in rows), strict=True))
        rates = shortcut_accuracies(task, problems)
        assert part["shortcuts"] == pytest.approx(rates, abs=1e-4)
        best = max(rates, key=lambda name: rates[name])
        line = f"| {task.name} | {part['range']} | {part['split']} | {100 * rates[best]:.1f} % |"
        assert line in card


@pytest.mark.parametrize("kind", ["plain", "keyed"])
def test_manifest_and_card_give_the_kind_of_prompts(tmp_path: Path, kind: str) -> None:
    options = RecordOptions(form=Form(prompt=kind), spans=False)
    task = tasks.get("compare_numbers")
    request = CorpusRequest(tasks=[task], train=2, eval=2, probe=1, ranges=("S",), options=options)
    small = build(request, out=tmp_path / "c", workers=1)
    assert small.form.prompt == small.request["form"]["prompt"] == kind
    assert f"The prompts are {kind}: " in (tmp_path / "c" / "README.md").read_text()
    assert [part["wordings"] for part in small.parts()] == ["unseen", "unseen", "seen"]
    for record in small.records("train"):
        assert ("Index hints:" in record["prompt"]) == (kind == "keyed")
        assert record["completion"].startswith("read ") == (kind == "plain")
