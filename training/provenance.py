"""Descriptions of a run: how its model was made, and what must not change when it resumes."""

from __future__ import annotations

import dataclasses
import json
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase

from evaluation.models.loading import TRAINING_RECORD_FILE
from evaluation.runs.versions import installed_version
from tasks.corpus.dataset import MANIFEST, Corpus
from tm.support.differences import describe_differences
from tm.support.files import sha256, write_text
from tm.support.strict_json import content_digest, read_json
from training.config import Config, Data
from training.data.records import TRAIN
from training.paper import departures

PACKAGES = ("tmtail", "torch", "transformers", "trl", "peft", "accelerate", "datasets")
"""Packages whose versions are stored."""


RUN_FILE = "run.json"
"""File in a run's ``out`` with its identity."""

FREE_KEYS = {
    "out": (),
    "tensorboard": (),
    "data": ("corpus",),
    "model": ("base",),
    "schedule": ("checkpoint_activations", "save_every", "use_cpu"),
    "probe": ("batch_size", "tasks"),
}
"""Keys of a recipe that may change when a run resumes: names of folders, whose contents are
compared instead, and what decides about memory and reports only."""


def write_provenance(
    folder: Path, config: Config, *, device: torch.device, **measurements: Any
) -> None:
    """Write the description of a run into the folder of its model, as JSON.

    Parameters
    ----------
    device
        Device that the model was trained on.
    **measurements
        Further facts about the run, by key.
    """
    description: dict[str, Any] = {
        "config": dataclasses.asdict(config),
        "chat": config.data.chat,
        "ours": departures(config),
        "seed": config.seed,
        "corpus": _manifest_digest(config.data.corpus),
        "trained_lengths": _trained_lengths(config.data),
        **measurements,
        "device": _device_name(device),
        "revision": _git_revision(),
        "python": platform.python_version(),
        "versions": {name: installed_version(name) for name in PACKAGES},
    }
    text = json.dumps(description, indent=1, default=str) + "\n"
    (folder / TRAINING_RECORD_FILE).write_text(text, encoding="utf-8")


def _manifest_digest(corpus: Path) -> str | None:
    """Return the SHA-256 of the corpus's manifest, which has the SHA-256 of every file, or None."""
    file = corpus / MANIFEST
    return sha256(file) if file.is_file() else None


def _trained_lengths(data: Data) -> dict[str, int]:
    """Return the greatest length in training of each task; empty without a manifest."""
    if not (data.corpus / MANIFEST).is_file():
        return {}
    lengths: dict[str, int] = {}
    for part in Corpus.open(data.corpus).parts(TRAIN):
        chosen = data.tasks is None or part["task"] in data.tasks
        if chosen and part["range"] in data.ranges and part["records"]:
            lengths[part["task"]] = max(lengths.get(part["task"], 0), part["lengths"][1])
    return lengths


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return f"{torch.cuda.device_count()} × {torch.cuda.get_device_name()}"
    return f"CPU, {torch.get_num_threads()} threads"


def _git_revision() -> str | None:
    """Return the git revision of this code, with ``+`` if it has changes; None outside git."""
    try:
        process = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty=+"],
            cwd=Path(__file__).parent, capture_output=True, text=True, check=True, timeout=10,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return process.stdout.strip()


def describe_run(
    config: Config, corpus: str, tokenizer: PreTrainedTokenizerBase, weights: str
) -> dict[str, Any]:
    """Return the identity of a run as plain data.

    Parameters
    ----------
    corpus
        Digest of the records.
    weights
        Fingerprint of the model before training.
    """
    recipe = json.loads(json.dumps(dataclasses.asdict(config), default=str))
    for section, keys in FREE_KEYS.items():
        if not keys:
            recipe.pop(section, None)
        for key in keys:
            recipe[section].pop(key, None)
    rules = getattr(tokenizer, "backend_tokenizer", None)
    text = rules.to_str() if rules is not None else sorted(tokenizer.get_vocab().items())
    special = [tokenizer.eos_token_id, tokenizer.pad_token_id, tokenizer.chat_template]
    return {
        "recipe": recipe,
        "corpus": corpus,
        "tokenizer": content_digest([text, special]),
        "weights": weights,
    }


def tokens_digest(identity: Mapping[str, Any]) -> str:
    """Return a digest of what decides about the tokens of a run."""
    return content_digest([identity["recipe"]["data"], identity["corpus"], identity["tokenizer"]])


def store_run(out: Path, identity: Mapping[str, Any]) -> None:
    """Write the identity of a run into its folder."""
    write_text(out / RUN_FILE, json.dumps(identity, indent=1) + "\n")


def check_same_run(out: Path, identity: Mapping[str, Any]) -> None:
    """Check that a run is the one whose checkpoints are in a folder.

    Raises
    ------
    ValueError
        If it is another run; the message says what differs.
    """
    path = out / RUN_FILE
    if not path.is_file():
        raise ValueError(f"{path}: the file is missing, so it cannot be resumed; set another `out`")
    stored = read_json(path)
    if stored != identity:
        raise ValueError(
            f"{out}: has an unfinished run of another recipe, corpus or model "
            f"({describe_differences(stored, identity)}); resume with the same, or set "
            "another `out`"
        )
