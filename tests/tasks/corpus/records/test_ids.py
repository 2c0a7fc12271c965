"""Record ids: text and fields correspond, and faults name the field."""

import pytest

from tasks.corpus import RecordId


@pytest.mark.parametrize(
    ("record_id", "text"),
    [
        (RecordId("bubble_sort", "S", "eval", 0, 7), "bubble_sort-S-eval-0-7"),
        (RecordId("lcs", "XL", "train", -12, 100_000), "lcs-XL-train--12-100000"),
        (RecordId("my-task", "S", "probe", 3, 0), "my-task-S-probe-3-0"),
    ],
)
def test_ids_are_read_as_they_are_written(record_id: RecordId, text: str) -> None:
    assert str(record_id) == text
    assert RecordId.parse(text) == record_id
    assert record_id.part == text.rpartition("-")[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have the form TASK-RANGE-SPLIT-SEED-INDEX"),
        ("bubble_sort-S-eval-0", "must have the form"),
        ("-S-eval-0-1", "must have the form"),
        ("bubble_sort-S-test-0-7", "'test' is not a split; the splits are eval, probe, train"),
        ("bubble_sort-S-eval-x-7", "the seed 'x' is not a whole number"),
        ("bubble_sort-S-eval-07-7", "the seed '07' is not a whole number"),
        ("bubble_sort-S-eval-0-seven", "the index 'seven' is not a number from 0"),
        ("bubble_sort-S-eval-0-007", "the index '007' is not a number from 0"),
        ("bubble_sort-S-eval-0-٧", "the index '٧' is not a number from 0"),
        ("bubble_sort-S-eval-0-" + "9" * 5_000, "the index .* is not a number from 0"),
    ],
    ids=lambda value: value[:40],
)
def test_faults_name_the_field(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^record id .*: {message}"):
        RecordId.parse(text)
