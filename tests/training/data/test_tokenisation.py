"""Tokenisation of records: labels, and the maximum length."""

import pytest

from training.data.records import Record
from training.data.tokenisation import IGNORED, training_set
from training.models.tokenizer import byte_tokenizer

TOKENIZER = byte_tokenizer()
RECORDS = [
    Record("one", "compare", "S", "3 or 5?\n", "answer: <"),
    Record("two", "compare", "M", "44 or 4?\n", "place a: 4 = 4\nanswer: >"),
]


def test_the_prompt_is_masked_and_the_completion_with_its_eos_is_not() -> None:
    data = training_set(RECORDS, TOKENIZER, max_length=64)
    for record, row in zip(RECORDS, data, strict=True):
        prompt = len(record.prompt)
        text = record.prompt + record.completion
        assert TOKENIZER.decode(row["input_ids"]) == text + TOKENIZER.eos_token
        assert row["labels"][:prompt] == [IGNORED] * prompt
        assert row["labels"][prompt:] == row["input_ids"][prompt:]
        assert row["labels"].count(TOKENIZER.eos_token_id) == 1
        assert row["length"] == len(row["input_ids"]) == len(text) + 1


def test_the_maximum_length_includes_the_eos() -> None:
    longest = len(RECORDS[1].prompt + RECORDS[1].completion) + 1
    assert len(training_set(RECORDS, TOKENIZER, longest)) == 2
    with pytest.raises(ValueError, match=f"1 of 2 records .* `two`, has {longest}.* not truncated"):
        training_set(RECORDS, TOKENIZER, longest - 1)


def test_an_empty_data_set_is_refused() -> None:
    with pytest.raises(ValueError, match="no record"):
        training_set([], TOKENIZER, 10)
