"""Metadata for catalogues and hubs: read by the libraries that read it there."""

import json
import logging
from pathlib import Path

import pytest
from huggingface_hub import DatasetCard

import tasks
from tasks.corpus import Corpus, CorpusRequest, RecordOptions, build

# Of mlcroissant's calls of rdflib and pandas.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning"),
]

mlcroissant = pytest.importorskip("mlcroissant")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)


def test_croissant_reads_all_records(corpus: Corpus) -> None:
    dataset = mlcroissant.Dataset(corpus.folder / "croissant.json")
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    assert all("datePublished" in warning for warning in issues.warnings)
    assert [each.name for each in dataset.metadata.record_sets] == [
        "bubble_sort",
        "compare_numbers",
    ]
    for task in ("bubble_sort", "compare_numbers"):
        columns = ("id", "split", "prompt", "completion", "length", "transitions")
        rows = {tuple(row[f"{task}/{name}"] for name in columns) for row in dataset.records(task)}
        assert rows == {
            tuple(
                value.encode() if isinstance(value := row[name], str) else value for name in columns
            )
            for row in corpus.records(task=task)
        }


def test_croissant_reads_the_spans(corpus: Corpus) -> None:
    dataset = mlcroissant.Dataset(corpus.folder / "croissant.json")
    row = next(iter(dataset.records("bubble_sort")))
    name = row["bubble_sort/id"].decode()
    (stored,) = [each for each in corpus.records(task="bubble_sort") if each["id"] == name]
    spans = row["bubble_sort/spans"]
    for key in ("start", "end"):
        assert list(spans[f"bubble_sort/spans/{key}"]) == stored["spans"][key]
    for key in ("role", "step"):
        values = [value.decode() for value in spans[f"bubble_sort/spans/{key}"]]
        assert values == stored["spans"][key]


def test_croissant_lists_the_files_with_their_digests(corpus: Corpus) -> None:
    content = json.loads((corpus.folder / "croissant.json").read_text())
    files = [each for each in content["distribution"] if each["@type"] == "cr:FileObject"]
    assert {each["contentUrl"]: each["sha256"] for each in files} == corpus.manifest["files"]


def test_the_columns_are_those_of_the_corpus(tokenizer: Path, tmp_path: Path) -> None:
    options = RecordOptions(spans=False, tokenizer=tokenizer)
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort")], train=3, eval=2, probe=2, ranges=("S",), options=options
    )
    small = build(request, out=tmp_path / "c", workers=1)
    dataset = mlcroissant.Dataset(small.folder / "croissant.json")
    rows = list(dataset.records("bubble_sort"))
    assert len(rows) == 7
    assert [key.removeprefix("bubble_sort/") for key in rows[0]] == options.schema.names


def test_the_card_is_valid_on_a_hub(corpus: Corpus) -> None:
    data = DatasetCard.load(corpus.folder / "README.md").data.to_dict()
    assert [config["config_name"] for config in data["configs"]] == [
        "default", "bubble_sort", "compare_numbers"
    ]  # fmt: skip
    assert (data["license"], data["language"]) == ("apache-2.0", ["en"])
