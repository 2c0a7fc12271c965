"""Tokenisation of records: labels, and the maximum length."""

from pathlib import Path

import numpy as np
import pytest

from training.data import tokenisation
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


@pytest.mark.parametrize("with_roles", [False, True])
@pytest.mark.parametrize("in_a_file", [False, True])
def test_records_of_many_batches_are_those_of_one(
    with_roles: bool, in_a_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = RECORDS * 3
    if with_roles:
        starts, roles = np.array([0], np.int32), np.array([2], np.int8)
        records = [record._replace(starts=starts, roles=roles) for record in records]
    expected = training_set(records, TOKENIZER, max_length=64).to_list()
    assert ("roles" in expected[0]) == with_roles
    monkeypatch.setattr(tokenisation, "RECORDS_PER_BATCH", 2)
    file = tmp_path / "tokens" if in_a_file else None
    assert training_set(records, TOKENIZER, max_length=64, file=file).to_list() == expected


def test_long_records_are_left_out_of_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenisation, "RECORDS_PER_BATCH", 1)
    longest = len(RECORDS[1].prompt + RECORDS[1].completion) + 1
    data = training_set(RECORDS * 2, TOKENIZER, longest - 1, drop_long=True)
    assert data["length"] == [len(RECORDS[0].prompt + RECORDS[0].completion) + 1] * 2


def test_an_empty_data_set_is_refused() -> None:
    with pytest.raises(ValueError, match="no record"):
        training_set([], TOKENIZER, 10)
