"""Writing a model whose weights came from a GGUF file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tm.support.extras import exit_if_missing, require
from tm.support.files import atomic_folder

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PACKAGES = ("torch", "transformers", "gguf")
"""Optional packages that every conversion needs."""


def check_possible(folder: Path) -> None:
    """Check that a model can be converted and written to a folder.

    Raises
    ------
    ModuleNotFoundError
        If a package is not installed.
    ValueError
        If the folder exists.
    """
    if folder.exists():
        raise ValueError(f"{folder} exists; nothing is overwritten, give a new folder")
    for package in PACKAGES:
        require(package, "the conversion")


def save(model: PreTrainedModel, file: Path, folder: Path) -> None:
    """Write a model, and the tokenizer of the GGUF file, to a new folder."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
    with atomic_folder(folder) as draft:
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)


def run_command(write: Callable[..., None], module: str, *names: str) -> None:
    """Call ``write`` with the paths on the command line; errors are one line, without traceback.

    Parameters
    ----------
    module
        The module that is run, for the usage message.
    *names
        The names of the paths in that message.
    """
    paths = sys.argv[1:]
    if len(paths) != len(names):
        sys.exit(f"usage: python -m training.pretrained.{module} {' '.join(names)}")
    with exit_if_missing():
        try:
            write(*map(Path, paths))
        except (OSError, ValueError) as error:
            sys.exit(f"error: {error}")
