"""Tables of records: columns, limits of length, token counts and budgets."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import tasks
from compiler.vocabulary import Vocabulary
from tasks.corpus import SCHEMA, CorpusRequest, Form, RecordOptions, build, record_table
from tests.support.models.vocabularies import joining_vocabulary
from tests.support.tasks.parity_task import PARITY_TASK
from tests.support.tasks.record_rows import record_rows
from tmtail.creation import create_task

SORT = tasks.get("bubble_sort")


def test_columns_that_are_not_requested_are_absent() -> None:
    bare = record_table(SORT, "S", "train", 0, [5], RecordOptions(spans=False))
    assert bare.schema == SCHEMA
    assert record_table(SORT, "S", "train", 0, []).num_rows == 0


def test_requested_columns_exist(tokenizer: Path) -> None:
    options = RecordOptions(tokenizer=tokenizer, spans=False)
    assert options.schema.names == [*SCHEMA.names, "tokens"]
    table = record_table(SORT, "S", "train", 0, [0, 1], options)
    assert table.schema == options.schema
    assert json.loads(table["instance"][0].as_py()).keys() == {"values", "first"}


def test_a_machine_that_does_not_accept_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "parity.py"
    path.write_text(PARITY_TASK)
    path.with_suffix(".tm").write_text(
        "tape bits, out: '0' | '1'\ntape place: 'a'..'z' | ' '\nmain { reject }"
    )
    with pytest.raises(RuntimeError, match=r"parity: the machine ended in reject, .*: Bits"):
        record_table(tasks.from_file(path), "S", "train", 0, [0])


def test_a_problem_of_another_length_than_its_range_is_refused(tmp_path: Path) -> None:
    create_task("parity", tmp_path)
    file = tmp_path / "parity.py"
    file.write_text(file.read_text().replace("len(instance.bits)", "len(instance.bits) + 8"))
    with pytest.raises(RuntimeError, match=r"returns 1\d for a problem of range S, 2 to 8; `samp"):
        record_table(tasks.from_file(file), "S", "train", 0, [0])


@pytest.mark.parametrize("form", [Form(), Form(format="transitions")], ids=lambda form: form.name)
def test_records_that_are_too_long_are_left_out(
    form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_rows = record_rows(SORT, form, 60)
    limit = sorted(row["bytes"] for row in all_rows)[30]
    monkeypatch.setattr("tasks.corpus.records.table.MAX_RECORD_BYTES", limit)
    rows = record_rows(SORT, form, 60)
    assert rows == [row for row in all_rows if row["bytes"] <= limit]
    monkeypatch.setattr("tasks.corpus.records.forms.MAX_RECORD_LETTERS", 250)
    monkeypatch.setattr("tasks.corpus.records.forms.MAX_LISTED_TRANSITIONS", 260)
    assert 0 < len(record_rows(SORT, form, 60)) < len(rows)


def token_count(row: dict[str, Any]) -> int:
    """Count the tokens of the fixture's tokenizer: ``compare`` has seven letters."""
    text = row["prompt"] + row["completion"]
    return len(text) - 6 * text.count("compare")


def test_tokens_are_counted(tokenizer: Path) -> None:
    for row in record_rows(SORT, Form(), tokenizer=tokenizer):
        assert row["tokens"] == token_count(row)


def test_a_budget_leaves_out_longer_records_and_counts_only_long_texts(
    tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_rows = record_rows(SORT, Form(), 200)
    budget = sorted(map(token_count, all_rows))[120]
    counted: list[str] = []
    count_tokens = Vocabulary.count_tokens

    def record_texts(self: Vocabulary, texts: Sequence[str]) -> list[int]:
        counted.extend(texts)
        return count_tokens(self, texts)

    monkeypatch.setattr(Vocabulary, "count_tokens", record_texts)
    rows = record_rows(SORT, Form(), 200, tokenizer=tokenizer, max_tokens=budget)
    fitting = [row["id"] for row in all_rows if token_count(row) <= budget]
    assert [row["id"] for row in rows] == fitting
    for row in rows:
        assert row["tokens"] == (token_count(row) if row["bytes"] > budget else None)
    assert len(counted) == 2 * sum(row["bytes"] > budget for row in all_rows)


@pytest.mark.parametrize("budget", [None, 900])
def test_the_manifest_has_token_figures_only_if_all_records_are_counted(
    tokenizer: Path, tmp_path: Path, budget: int | None
) -> None:
    options = RecordOptions(tokenizer=tokenizer, max_tokens=budget)
    request = CorpusRequest(tasks=[SORT], train=30, eval=0, probe=0, ranges=("S",), options=options)
    corpus = build(request, out=tmp_path, workers=1)
    (part,) = corpus.parts("train")
    counts = [row["tokens"] for row in corpus.records("train")]
    if budget is None:
        assert part["longest"]["tokens"] == max(counts)
    else:
        assert None in counts
        assert "tokens" not in part["longest"]
        assert part["refused"] == 30 - len(counts) > 0


def test_a_tokenizer_that_changed_is_read_again(tmp_path: Path) -> None:
    counts = []
    for merges in ([], [("r", "e")]):
        joining_vocabulary(tmp_path / "tokenizer.json", merges)
        counts.append(record_rows(SORT, Form(), 1, tokenizer=tmp_path)[0]["tokens"])
    assert counts[0] > counts[1]


def test_a_file_that_is_not_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"tokenizer\.json"):
        RecordOptions(tokenizer=tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="tokenizer"):
        RecordOptions(tokenizer=tmp_path)


@pytest.mark.parametrize("budget", [0, -3])
def test_budgets_below_one_token_are_refused(tokenizer: Path, budget: int) -> None:
    with pytest.raises(ValueError, match=f"`max_tokens` must be at least 1, not {budget}"):
        RecordOptions(tokenizer=tokenizer, max_tokens=budget)


def test_a_budget_requires_a_tokenizer() -> None:
    with pytest.raises(ValueError, match="`max_tokens` requires a tokenizer"):
        RecordOptions(max_tokens=9)
