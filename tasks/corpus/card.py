"""The dataset card of a corpus: what `datasets.load_dataset` reads, then what people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = """\
---
license: apache-2.0
language: [en]
task_categories: [text-generation]
tags: [chain-of-thought, turing-machine, length-generalization, synthetic]
configs:
{configs}---

# Texts of Turing machines

Each record is a problem in words (`prompt`) and what a Turing machine said while it solved it
(`completion`), in the style `{style}`. The machine's answer (`answer`) stands on the last line
of the completion, after `answer:`. The data follow the method TAIL (arXiv 2507.13332); the
instances are not the paper's, whose generator was never published.

`train` is to learn from; `probe` to look how a run comes along; `eval` to score the model once it
is done. No two records of `eval` or `probe` pose the same problem, and none of their problems is
trained on; no two records of a task have the same prompt. Where a task has too few problems for
that, there are fewer records, and training poses each problem in several wordings. The files are a
function of `request.json`; `manifest.json` gives their SHA-256; `tmtail corpus verify` proves it
all.

| task | range | lengths | split | records | problems | steps, mean / max | bytes, mean / max |
|---|---|---|---|---|---|---|---|
"""

_COLUMNS = """
| column | what it holds |
|---|---|
| `id` | task, range, split, seed and index, which determine the record |
| `task`, `paradigm`, `range`, `length`, `split`, `style` | what kind of record it is |
| `prompt`, `completion` | the text; the prompt ends in a line break |
| `answer` | what the machine left on its output tape |
| `instance` | the problem, as JSON |
| `atomic_states` | steps of the completion |
| `transitions` | steps of the Turing machine |
| `bytes` | of prompt and completion, UTF-8 |
"""

_TOKENS = "| `tokens` | of prompt and completion; null where they are no more than bytes allow |\n"
_SPANS = (
    "| `spans` | `start`, `end` in characters of the completion, `role` and `step` of each span |\n"
)


def card(manifest: Mapping[str, Any]) -> str:
    """The card, from the manifest alone."""
    request, parts = manifest["request"], manifest["parts"]
    tasks = [task["name"] for task in request["tasks"]]
    configs = [_config("default", "*", parts)]
    configs += [_config(task, task, [p for p in parts if p["task"] == task]) for task in tasks]
    text = _HEAD.format(configs="".join(configs), style=request["style"])
    for part in parts:
        low, high = part["lengths"]
        text += f"| {part['task']} | {part['range']} | {low}–{high} | {part['split']} "
        text += f"| {part['records']:,}{_short(part)} | {part['problems']:,} "
        text += f"| {_figures(part, 'atomic_states')} | {_figures(part, 'bytes')} |\n"
    tokens = _TOKENS if request["tokenizer"] else ""
    return text + _COLUMNS + tokens + (_SPANS if request["spans"] else "")


def shortfall(part: Mapping[str, Any]) -> str:
    """Why a part holds fewer records than were asked for; empty if it does not."""
    said = []
    if part["items"] < part["asked"]:
        said.append("all there are")
    if part["refused"]:
        said.append(f"{part['refused']:,} too long" if part["records"] else "does not fit")
    return ", ".join(said)


def _short(part: Mapping[str, Any]) -> str:
    why = shortfall(part)
    return f" ({why}; {part['asked']:,} asked)" if why else ""


def _config(name: str, folder: str, parts: Sequence[Mapping[str, Any]]) -> str:
    splits = [
        s for s in ("train", "probe", "eval") if any(p["split"] == s and p["files"] for p in parts)
    ]
    files = "".join(
        f"  - split: {split}\n    path: data/{folder}/{split}-*.parquet\n" for split in splits
    )
    return f"- config_name: {name}\n  data_files:\n{files}" if splits else ""


def _figures(part: Mapping[str, Any], name: str) -> str:
    if not part["records"]:
        return "none"
    return f"{part['mean'][name]:,} / {part['longest'][name]:,}"
