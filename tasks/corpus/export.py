"""Export the records of a corpus as JSON lines in the formats of other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.corpus.dataset import Corpus
from tm.support.files import atomic_file

JsonRecord = Mapping[str, Any]


def prompt_completion(record: JsonRecord) -> dict[str, Any]:
    """Return a record in TRL's prompt-completion format."""
    return {"prompt": record["prompt"], "completion": record["completion"]}


def messages(record: JsonRecord) -> dict[str, Any]:
    """Return a record as a conversation of two messages, as chat templates take it."""
    turns = (("user", record["prompt"]), ("assistant", record["completion"]))
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def sharegpt(record: JsonRecord) -> dict[str, Any]:
    """Return a record in the conversation format of ShareGPT."""
    turns = (("human", record["prompt"]), ("gpt", record["completion"]))
    return {
        "id": record["id"],
        "conversations": [{"from": speaker, "value": text} for speaker, text in turns],
    }


FORMATS: Mapping[str, Callable[[JsonRecord], Mapping[str, Any]]] = {
    "jsonl": dict,  # all columns
    "prompt-completion": prompt_completion,
    "messages": messages,
    "sharegpt": sharegpt,
}


def export(corpus: Corpus, out: Path, format: str) -> dict[Path, int]:
    """Write ``out/SPLIT.jsonl`` for each split, each file completely or not at all.

    Returns
    -------
    dict
        Number of records in each file.

    Raises
    ------
    ValueError
        If the format does not exist, a file exists already, or ``out`` is inside the corpus.
    """
    if format not in FORMATS:
        raise ValueError(f"{format!r} is not a format; the formats are {', '.join(FORMATS)}")
    if out.resolve().is_relative_to(corpus.folder.resolve()):
        raise ValueError(
            f"{out}: is inside the corpus, which must not change; choose another folder"
        )
    splits = dict.fromkeys(part["split"] for part in corpus.parts() if part["files"])
    paths = {split: out / f"{split}.jsonl" for split in splits}
    for path in paths.values():
        if path.exists():
            raise ValueError(
                f"{path}: exists already and is not overwritten; choose another folder"
            )
    out.mkdir(parents=True, exist_ok=True)
    optional_columns = None if format == "jsonl" else ()
    counts = {}
    for split, path in paths.items():
        count = 0
        with atomic_file(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
            for record in corpus.records(split, optional_columns=optional_columns):
                file.write(json.dumps(FORMATS[format](record), ensure_ascii=False) + "\n")
                count += 1
        counts[path] = count
    return counts
