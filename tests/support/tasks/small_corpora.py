"""Requests for small corpora of two tasks, and the contents of their folders."""

from pathlib import Path
from typing import Any

import tasks
from tasks.corpus import Corpus, CorpusRequest, RecordOptions
from tasks.corpus.building import request_text
from tasks.corpus.documents.card import card
from tasks.corpus.documents.manifests import manifest_text
from tm.support.files import sha256

TWO_TASKS = ("bubble_sort", "compare_numbers")
SMALL_COUNTS = {"train": 60, "eval": 20, "probe": 10}
RECORDS_PER_SMALL_SHARD = 25
WITHOUT_SPANS = RecordOptions(spans=False)


def request_for(*names: str, **options: Any) -> CorpusRequest:
    """Return a request for built-in tasks with ``SMALL_COUNTS``, changed by the options."""
    return CorpusRequest(tasks=[tasks.get(name) for name in names], **{**SMALL_COUNTS, **options})


def folder_contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file in a folder, by relative path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def reseal(corpus: Corpus) -> None:
    """Write the documents of a corpus again after its manifest was changed."""
    (corpus.folder / "README.md").write_text(card(corpus.manifest))
    corpus.manifest["documents"]["README.md"] = sha256(corpus.folder / "README.md")
    (corpus.folder / "manifest.json").write_text(manifest_text(corpus.manifest))
    (corpus.folder / "request.json").write_text(request_text(corpus.request))
