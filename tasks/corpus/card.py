"""The dataset card of a corpus: what `datasets.load_dataset` reads, then what people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEAD = """\
---
license: apache-2.0
language: [en]
task_categories: [text-generation]
tags: [chain-of-thought, turing-machine, length-generalization, synthetic]
configs:
- config_name: default
  data_files:
{splits}---

# Texts of Turing machines

Each record is a problem in words (`prompt`) and what a Turing machine said while it solved it
(`completion`), in the style `{style}`. The machine's answer (`answer`) stands on the last line
of the completion, after `answer:`. The data follow the method TAIL (arXiv 2507.13332); the
instances are not the paper's, whose generator was never published.

No two records of a task pose the same problem, and no problem that is evaluated is trained on. The
files are a function of `request.json`; `manifest.json` gives their SHA-256.

| task | range | lengths | split | records | steps, mean / max | bytes, mean / max |
|---|---|---|---|---|---|---|
"""

_COLUMNS = """
| column | what it holds |
|---|---|
| `id` | task, range, split, seed and index, which determine the record |
| `task`, `paradigm`, `range`, `length`, `split`, `style` | what kind of record it is |
| `prompt`, `completion` | the text; the prompt ends in a line break |
| `answer` | what the machine left on its output tape |
| `instance` | the problem, as JSON |
| `atomic_states` | outermost steps of the completion |
| `transitions` | steps of the Turing machine |
| `bytes` | of prompt and completion, UTF-8 |
"""

_SPANS = (
    "| `spans` | `start`, `end` in characters of the completion, `role` and `step` of each span |\n"
)


def card(manifest: Mapping[str, Any]) -> str:
    """The card, from the manifest alone."""
    request, parts = manifest["request"], manifest["parts"]
    splits = "".join(
        f"  - split: {split}\n    path: data/*/{split}-*.parquet\n"
        for split in sorted({part["split"] for part in parts if part["files"]}, reverse=True)
    )
    text = _HEAD.format(splits=splits, style=request["style"])
    for part in parts:
        low, high = part["lengths"]
        short = (
            "" if part["records"] == part["asked"] else f" (all there are; {part['asked']} asked)"
        )
        text += f"| {part['task']} | {part['range']} | {low}–{high} | {part['split']} "
        text += f"| {part['records']:,}{short} | {_figures(part, 'atomic_states')} "
        text += f"| {_figures(part, 'bytes')} |\n"
    return text + _COLUMNS + (_SPANS if request["spans"] else "")


def _figures(part: Mapping[str, Any], name: str) -> str:
    return f"{part[name]['mean']:,} / {part[name]['max']:,}" if name in part else "none"
