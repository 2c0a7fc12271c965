"""Dataset card of a corpus: a header for `datasets.load_dataset`, then text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.corpus.documents.manifests import files_digest
from tasks.corpus.records.forms import KEYED, PLAIN

_HEAD = """\
---
license: apache-2.0
language: [en]
task_categories: [text-generation]
tags: [chain-of-thought, turing-machine, length-generalization, synthetic]
configs:
{configs}---

# Texts of Turing machines

Each record is a problem in words (`prompt`) and the text that a Turing machine wrote while it
solved the problem (`completion`), in the style `{style}`. The machine's answer (`answer`) is on
the last line of the completion, after `answer:`. The data follow the method TAIL (arXiv
2507.13332); the instances are not those of the paper, whose generator was not published.

{prompt}

Train on `train`, monitor training with `probe`, and score the final model on `eval`. No two records
of `eval` or `probe` pose the same problem, none of their problems is in `train`, and no two records
of a task have the same prompt. If a length has few problems, `train` poses them in several
wordings and with several names; if there are not enough of these, there are fewer records.
`train` uses wordings that `probe` and `eval` do not, if the task holds some out (`unseen`). The
files are a function of `request.json`; `manifest.json` lists their SHA-256; `tmtail corpus verify`
checks all of this.

`machines/` holds the transition table of each task (`TASK.json`) and its wordings
(`TASK.prompts.txt`). Both are data, with which later versions of tmtail verify and score the
corpus. A file `TASK.py` there, of a task that is not built in, is code that draws its problems.
Nothing runs it unless you name it (`--tasks machines/TASK.py`); read it first.

| task | range | lengths | split | wordings | records | problems | steps: mean / max | bytes |
|---|---|---|---|---|---|---|---|---|
"""

_PROMPTS = {
    PLAIN: "The prompts are plain: the question as a person writes it, and where the names in the "
    "text start.\nWhat the machine works with, it reads from the prompt in steps named `read`.",
    KEYED: "The prompts are keyed: after the question, they list what the machine would read, as "
    "index hints,\nand the text begins after the steps that read.",
}

_SHORTCUTS = """
Some problems can be answered without solving them. Chance is the accuracy of the best of the rules
below on the records of a part; a score means something only above it.

| task | range | split | chance | best rule | other rules |
|---|---|---|---|---|---|
"""

_COLUMNS = """
| column | content |
|---|---|
| `id` | task, range, split, seed and index, which determine the record |
| `task`, `paradigm`, `range`, `length`, `split`, `style` | properties of the record |
| `prompt`, `completion` | the two texts; the prompt ends in a line break |
| `answer` | the answer that the machine left on its output tape |
| `instance` | the problem, as JSON |
| `atomic_states` | atomic states (steps) of the completion |
| `transitions` | transitions of the Turing machine |
| `bytes` | UTF-8 bytes of prompt and completion |
"""

_TOKENS = (
    "| `tokens` | tokens of prompt and completion; null if their bytes are within the budget |\n"
)
_SPANS = (
    "| `spans` | `start`, `end` in characters of the completion, `role` and `step` of each span |\n"
)


def card(manifest: Mapping[str, Any]) -> str:
    """Return the text of the card, a function of the manifest alone."""
    request, parts = manifest["request"], manifest["parts"]
    tasks = [task["name"] for task in request["tasks"]]
    digest = files_digest(manifest)
    configs = [_config("default", parts, digest)]
    configs += [_config(task, [p for p in parts if p["task"] == task], digest) for task in tasks]
    text = _HEAD.format(
        configs="".join(configs),
        style=request["style"],
        prompt=_PROMPTS[request["form"]["prompt"]],
    )
    for part in parts:
        low, high = part["lengths"]
        text += f"| {part['task']} | {part['range']} | {low}–{high} | {part['split']} "
        text += f"| {part['wordings']} "
        text += f"| {part['records']:,}{_describe_shortfall(part)} | {part['problems']:,} "
        text += f"| {_figures(part, 'atomic_states')} | {_figures(part, 'bytes')} |\n"
    text += _SHORTCUTS + "".join(map(_chance, parts))
    tokens = _TOKENS if request["tokenizer"] else ""
    return text + _COLUMNS + tokens + (_SPANS if request["spans"] else "")


def _chance(part: Mapping[str, Any]) -> str:
    """Return the line of a part in the table of shortcuts; empty for a part without any."""
    if not part["records"] or "shortcuts" not in part:
        return ""
    (best, chance), *others = sorted(part["shortcuts"].items(), key=lambda pair: -pair[1])
    rest = ", ".join(f"{name} {100 * rate:.1f} %" for name, rate in others)
    name = f"{part['task']} | {part['range']} | {part['split']}"
    return f"| {name} | {100 * chance:.1f} % | {best} | {rest} |\n"


def shortfall(part: Mapping[str, Any]) -> str:
    """Return why a part has fewer records than requested; empty if it does not."""
    reasons = []
    if part["items"] < part["asked"]:
        reasons.append("all that exist")
    if part["refused"]:
        reasons.append(f"{part['refused']:,} too long" if part["records"] else "all too long")
    return ", ".join(reasons)


def _describe_shortfall(part: Mapping[str, Any]) -> str:
    reasons = shortfall(part)
    return f" ({reasons}; {part['asked']:,} requested)" if reasons else ""


def _config(name: str, parts: Sequence[Mapping[str, Any]], digest: str) -> str:
    """Return a configuration of ``load_dataset``, which tells cached corpora apart by its text."""
    text = ""
    for split in ("train", "probe", "eval"):
        files = [file for part in parts if part["split"] == split for file in part["files"]]
        if files:
            text += f"  - split: {split}\n    path:\n"
            text += "".join(f"    - {file}\n" for file in files)
    return f"- config_name: {name}\n  description: {digest}\n  data_files:\n{text}" if text else ""


def _figures(part: Mapping[str, Any], name: str) -> str:
    if not part["records"]:
        return "none"
    return f"{part['mean'][name]:,} / {part['longest'][name]:,}"
