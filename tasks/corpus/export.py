"""Records in the forms that other programs train on: JSON lines, a file for each split."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tasks.corpus.dataset import Corpus
from tm.support.files import atomic_file

JsonRecord = Mapping[str, Any]


def prompt_completion(record: JsonRecord) -> dict[str, Any]:
    """TRL's form for what is to be learned after a prompt."""
    return {"prompt": record["prompt"], "completion": record["completion"]}


def messages(record: JsonRecord) -> dict[str, Any]:
    """A talk of two turns, as chat templates take it."""
    turns = (("user", record["prompt"]), ("assistant", record["completion"]))
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def sharegpt(record: JsonRecord) -> dict[str, Any]:
    """The form of ShareGPT's conversations."""
    turns = (("human", record["prompt"]), ("gpt", record["completion"]))
    return {"id": record["id"], "conversations": [{"from": who, "value": t} for who, t in turns]}


FORMATS: Mapping[str, Callable[[JsonRecord], Mapping[str, Any]]] = {
    "jsonl": dict,  # every column
    "prompt-completion": prompt_completion,
    "messages": messages,
    "sharegpt": sharegpt,
}


def export(corpus: Corpus, out: Path, format: str) -> dict[Path, int]:
    """Write ``out/SPLIT.jsonl`` for each split, whole or not at all.

    Returns
    -------
    dict
        How many records stand in each file.

    Raises
    ------
    ValueError
        When there is no such format, or a file is there already, or it would be in the corpus.
    """
    if format not in FORMATS:
        raise ValueError(f"no format is called {format!r}; there are {', '.join(FORMATS)}")
    if out.resolve().is_relative_to(corpus.folder.resolve()):
        raise ValueError(f"{out} is in the corpus, to which nothing is added: name another folder")
    splits = dict.fromkeys(part["split"] for part in corpus.manifest["parts"] if part["files"])
    paths = {split: out / f"{split}.jsonl" for split in splits}
    for path in paths.values():
        if path.exists():
            raise ValueError(f"{path} is there already: nothing is overwritten")
    out.mkdir(parents=True, exist_ok=True)
    more = None if format == "jsonl" else ()
    written = {}
    for split, path in paths.items():
        count = 0
        with atomic_file(path) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
            for count, record in enumerate(corpus.records(split, more=more), 1):  # noqa: B007 - its last value
                file.write(json.dumps(FORMATS[format](record), ensure_ascii=False) + "\n")
        written[path] = count
    return written
