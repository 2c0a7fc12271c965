"""Records of a task as plain rows."""

from pathlib import Path
from typing import Any

from tasks.base import AnyTask
from tasks.corpus import Form, RecordOptions, record_table


def record_rows(
    task: AnyTask,
    form: Form,
    count: int = 20,
    range_name: str = "S",
    *,
    tokenizer: Path | None = None,
    max_tokens: int | None = None,
) -> list[dict[str, Any]]:
    """Return the records of the first training items of a range, without those too long."""
    options = RecordOptions(form=form, tokenizer=tokenizer, max_tokens=max_tokens)
    table = record_table(task, range_name, "train", 0, range(count), options)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
