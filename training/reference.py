"""All keys of a recipe, from the dataclasses that read it.

python -m training.reference > docs/recipes.md
"""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, Field, fields
from typing import Any

from training.config import Adapter, Config, Data, Model, Positions, Probe, Schedule

SECTIONS: dict[str, type[Any]] = {
    "": Config,
    "data": Data,
    "model": Model,
    "adapter": Adapter,
    "schedule": Schedule,
    "positions": Positions,
    "probe": Probe,
}


def page() -> str:
    """The reference, in Markdown."""
    parts = [
        "# The keys of a recipe\n\n"
        "What `tmtail train CONFIG` reads; [Training](training.md) says what it is for. A key "
        "without a default\nmust be given. `python -m training.reference` writes this page.\n"
    ]
    for name, section in SECTIONS.items():
        parts.append(f"\n## {f'`{name}`' if name else 'At the top'}\n\n{_summary(section)}\n\n")
        parts.append("| key | type | default | |\n|---|---|---|---|\n")
        about = described(section)
        parts += [
            f"| `{f.name}` | {_type(f)} | {_default(f)} | {about[f.name]} |\n"
            for f in fields(section)
        ]
    return "".join(parts)


def described(section: type[Any]) -> dict[str, str]:
    """What a dataclass's docstring says about each of its fields."""
    text = inspect.getdoc(section) or ""
    _, _, attributes = text.partition("Attributes\n----------\n")
    found = {}
    for names, sentence in re.findall(r"^(\w[\w, ]*)\n((?:    .*\n?)+)", attributes, re.MULTILINE):
        for name in names.split(", "):
            found[name] = " ".join(sentence.replace("``", "`").split())
    return found


def _summary(section: type[Any]) -> str:
    summary, _, _ = (inspect.getdoc(section) or "").partition("\n\nAttributes\n")
    return summary.replace("``", "`")


def _type(field: Field[Any]) -> str:
    name = str(field.type).replace("Literal", "").replace("tuple[str, ...]", "list of texts")
    name = name.replace("Path", "path").replace("str", "text").replace(" | None", " or null")
    if name[:1] in SECTIONS or name.split(" ")[0] in {s.__name__ for s in SECTIONS.values()}:
        return "section"
    return name.strip("[]").replace("'", "`").replace('"', "`")


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return "its defaults"
    if field.default is MISSING:
        return ""
    if isinstance(field.default, tuple):
        return f"`[{', '.join(field.default)}]`"
    return f"`{'null' if field.default is None else str(field.default).replace('False', 'false')}`"


if __name__ == "__main__":
    print(page(), end="")
