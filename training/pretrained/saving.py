"""Writing a model whose weights came from a GGUF file."""

from __future__ import annotations

from pathlib import Path

from transformers import AutoTokenizer, PreTrainedModel

from tm.support.files import atomic_folder


def refuse_existing(folder: Path) -> None:
    """Raise ``ValueError`` if the folder exists."""
    if folder.exists():
        raise ValueError(f"{folder} exists; nothing is overwritten, give a new folder")


def save(model: PreTrainedModel, file: Path, folder: Path) -> None:
    """Write a model, and the tokenizer of the GGUF file, to a new folder."""
    tokenizer = AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name)
    with atomic_folder(folder) as draft:
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
