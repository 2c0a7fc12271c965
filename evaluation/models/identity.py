"""Identity of a model: a digest of its files, so that its results are not taken for another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

from evaluation.models.loading import (
    ADAPTER_CONFIG_FILE,
    GENERATION_CONFIG_FILE,
    base_of,
    is_adapter,
)
from tm.support.files import sha256

SETTINGS_FILES = (
    ADAPTER_CONFIG_FILE,
    "added_tokens.json",
    "chat_template.jinja",
    "config.json",
    GENERATION_CONFIG_FILE,
    "merges.txt",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
)
"""Files besides the weights that decide about a model's outputs."""


def model_digest(name: str, *, base: str | None = None) -> str:
    """Return a hexadecimal digest of a model's weights, settings and tokenizer, and of its base's.

    Two folders with the same files have the same digest, whatever their names.

    Parameters
    ----------
    name
        Folder of a model or adapter, or a name on the hub.
    base
        Base model of an adapter; None means the one that the adapter's configuration names.

    Raises
    ------
    ValueError
        If there is no such model.
    """
    folder = folder_of(name)
    files = sorted([*folder.glob("*.safetensors"), *_settings(folder)])
    digest = blake2b(digest_size=16)
    with ThreadPoolExecutor() as threads:  # a hash releases the interpreter's lock
        for file, file_digest in zip(files, threads.map(sha256, files), strict=True):
            digest.update(f"{file.name} {file_digest}\n".encode())
    if is_adapter(name, base):
        digest.update(model_digest(base or base_of(name)).encode())
    return digest.hexdigest()


def _settings(folder: Path) -> list[Path]:
    return [folder / name for name in SETTINGS_FILES if (folder / name).is_file()]


def folder_of(name: str) -> Path:
    """Return the folder of a model, which may be the copy of one on the hub."""
    from transformers.utils.hub import cached_file

    if Path(name).is_dir():
        return Path(name)
    try:
        file = cached_file(name, "config.json")
    except OSError as error:
        raise ValueError(f"model {name}: cannot be loaded: {error}") from None
    if file is None:
        raise ValueError(f"model {name}: it has no config.json")
    return Path(file).parent
