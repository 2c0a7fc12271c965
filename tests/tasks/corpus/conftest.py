"""What tests of several files use."""

import pytest


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    """A vocabulary of bytes: a token each, but for ``compare``, which is one."""
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.models.WordLevel({"compare": 0, "x": 1}, unk_token="x")
    made = tokenizers.Tokenizer(model)
    made.pre_tokenizer = tokenizers.pre_tokenizers.Split(
        tokenizers.Regex(r"compare|[\s\S]"), "isolated"
    )
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    made.save(str(path))
    return path
