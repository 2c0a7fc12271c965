"""Fixtures of the corpus tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.corpus import Corpus, build, building
from tests.support.tasks.small_corpora import RECORDS_PER_SMALL_SHARD, TWO_TASKS, request_for


@pytest.fixture(scope="module")
def small_shards() -> Iterator[None]:
    """Write shards of ``RECORDS_PER_SMALL_SHARD`` records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "RECORDS_PER_SHARD", RECORDS_PER_SMALL_SHARD)
        yield


@pytest.fixture(scope="module")
def corpus(small_shards: None, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus of ``TWO_TASKS`` in small shards, which no test may change."""
    return build(request_for(*TWO_TASKS), out=tmp_path_factory.mktemp("corpus") / "c", workers=1)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer with a token for each character and one for the word ``compare``."""
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.models.WordLevel({"compare": 0, "x": 1}, unk_token="x")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split(
        tokenizers.Regex(r"compare|[\s\S]"), "isolated"
    )
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    tokenizer.save(str(path))
    return path
