"""Corpora on disk: a corpus is opened only if it is finished and its manifest is complete."""

from pathlib import Path

import pytest

from tasks.corpus import Corpus


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
