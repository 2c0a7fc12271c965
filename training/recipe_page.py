"""Documentation page of all keys of a recipe, made from the dataclasses of ``training.config``.

python -m training.recipe_page > docs/recipes.md
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
"""Dataclass of each section, by its key; the empty key is the top level."""


def page() -> str:
    """Return the page, in Markdown."""
    parts = [
        "# The keys of a recipe\n\n"
        "Every key that the YAML file of `tmtail train CONFIG` may have. A key without a default "
        "is required.\n[Training](training.md) explains how to run it; "
        "`python -m training.recipe_page` generates this page.\n"
    ]
    for name, section in SECTIONS.items():
        parts.append(f"\n## {f'`{name}`' if name else 'Top level'}\n\n{_summary(section)}\n\n")
        parts.append("| key | type | default | meaning |\n|---|---|---|---|\n")
        descriptions = attribute_descriptions(section)
        parts += [
            f"| `{f.name}` | {_type_name(f)} | {_default(f)} | {descriptions[f.name]} |\n"
            for f in fields(section)
        ]
    return "".join(parts)


def attribute_descriptions(section: type[Any]) -> dict[str, str]:
    """Return the description of each field in a dataclass's docstring, in Markdown."""
    docstring = inspect.getdoc(section) or ""
    _, _, attributes = docstring.partition("Attributes\n----------\n")
    descriptions = {}
    for names, text in re.findall(r"^(\w[\w, ]*)\n((?:    .*\n?)+)", attributes, re.MULTILINE):
        for name in names.split(", "):
            words = " ".join(text.replace("``", "`").split())
            descriptions[name] = words.replace("None:", "`null`:")
    return descriptions


def _summary(section: type[Any]) -> str:
    summary, _, _ = (inspect.getdoc(section) or "").partition("\n\nAttributes\n")
    return summary.replace("``", "`")


def _type_name(field: Field[Any]) -> str:
    name = str(field.type).replace("Literal", "").replace("tuple[str, ...]", "list of strings")
    name = name.replace("dict[str, float]", "mapping of numbers")
    name = name.replace("Path", "path").replace("str |", "string |").replace(" | None", " or null")
    if name.split(" ")[0] in {section.__name__ for section in SECTIONS.values()}:
        return "section"
    return name.strip("[]").replace("'", "`").replace('"', "`")


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return "`{}`" if field.default_factory is dict else "its defaults"
    if field.default is MISSING:
        return ""
    if isinstance(field.default, tuple):
        return f"`[{', '.join(field.default)}]`"
    return f"`{'null' if field.default is None else str(field.default).replace('False', 'false')}`"


if __name__ == "__main__":
    print(page(), end="")
