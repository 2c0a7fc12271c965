"""Corpora on disk: a corpus is opened only if it is finished and its manifest is complete."""

import json
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pytest

from tasks import get
from tasks.corpus import Corpus, CorpusRequest, build
from tasks.corpus.documents.manifests import manifest_text
from tasks.corpus.restoring import restore_tasks


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"parts": [', r"manifest\.json: it is not JSON"),
        ('{"request": {}, "files": {}}', r"manifest\.json: the key `parts` is missing"),
        ("[]", r"manifest\.json: it is not a JSON object"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match=message):
        Corpus.open(tmp_path)


def test_a_folder_without_a_manifest_is_not_a_corpus(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"not a finished corpus .*`tmtail corpus build`"):
        Corpus.open(tmp_path)


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of every entry in plain data."""
    yield path
    keys: Iterable[Any] = range(len(value)) if isinstance(value, list) else ()
    for key in value if isinstance(value, dict) else keys:
        entry = value[key]  # type: ignore[index]
        yield from leaves(entry, (*path, key))


def test_any_entry_of_another_kind_gives_an_error_or_a_corpus(tmp_path: Path) -> None:
    """Never a traceback: manifests come from other people and from damaged disks."""
    request = CorpusRequest(tasks=[get("bubble_sort")], train=2, eval=2, probe=0, ranges=("S",))
    corpus = build(request, out=tmp_path / "c", workers=1)
    whole = json.dumps(corpus.manifest)
    refused = 0
    for path in list(leaves(json.loads(whole)))[1:]:
        odd: Any
        for odd in (None, -1, "../../x", [], {}, 1e400, True, "\x1b[2J"):
            manifest = json.loads(whole)
            parent = reduce(getitem, path[:-1], manifest)
            parent[path[-1]] = odd
            try:
                opened = Corpus.open(write_manifest(tmp_path / "d", manifest))
                list(restore_tasks(opened))
                assert opened.form.name
            except ValueError:
                refused += 1
    assert refused > 300


def write_manifest(folder: Path, manifest: object) -> Path:
    folder.mkdir(exist_ok=True)
    text = manifest_text(manifest) if isinstance(manifest, dict) else json.dumps(manifest)
    (folder / "manifest.json").write_text(text)
    return folder


@pytest.mark.parametrize(
    "file", ["../x.parquet", "/etc/passwd", "data/../../x.parquet", "data/a/../b-S-0-0.parquet"]
)
def test_files_outside_the_folder_are_refused(tmp_path: Path, file: str) -> None:
    manifest = {"request": {}, "parts": [], "files": {file: "0" * 64}}
    with pytest.raises(ValueError, match="`files` has a value that no corpus has"):
        Corpus.open(write_manifest(tmp_path / "c", manifest))


def test_a_changed_manifest_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    manifest = json.loads((corpus.folder / "manifest.json").read_text())
    manifest["parts"][0]["mean"]["bytes"] += 1
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))  # with the old digest
    with pytest.raises(ValueError, match="was changed, as its digest differs"):
        Corpus.open(tmp_path)


def test_parts_and_files_of_a_manifest_must_agree(corpus: Corpus, tmp_path: Path) -> None:
    for change in ("twice", "without files"):
        manifest = json.loads((corpus.folder / "manifest.json").read_text())
        if change == "twice":
            manifest["parts"].append(manifest["parts"][0])
        else:
            manifest["parts"][0]["files"] = []
        with pytest.raises(ValueError, match="has a value that no corpus has"):
            Corpus.open(write_manifest(tmp_path / "c", manifest))
