"""Find the damaged file in a model's folder, since libraries rarely name it in their errors."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError, safe_open

from tm.support.strict_json import read_json


def damaged_file(folder: Path) -> str:
    """Return the path of a damaged file and what is wrong with it; empty if none is found.

    A JSON file is damaged if it is no object, and a file of weights if its header cannot be read.
    """
    for file in sorted(folder.glob("*.json")):
        try:
            read_json(file)
        except ValueError as error:
            return str(error)
    for file in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(file, framework="pt"):
                pass
        except SafetensorError as error:
            return f"{file}: {error}"
    return ""
