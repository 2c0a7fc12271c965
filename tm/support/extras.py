"""Optional packages, and the extras of tmtail that install them."""

from __future__ import annotations

from pathlib import Path

EXTRAS = {
    "hypothesis": "testing",
    "inspect_ai": "inspect",
    "lm_eval": "lm-eval",
    "lsprotocol": "editor",
    "openai": "openai",
    "pygls": "editor",
    "pygraphviz": "diagram",
    "ray": "ray",
    "textual": "debug",
    "reasoning_gym": "reasoning-gym",
    "verifiers": "verifiers",
    "tokenizers": "lint",
    "vllm": "vllm",
    **dict.fromkeys(
        ("accelerate", "datasets", "huggingface_hub", "peft", "safetensors", "torch",
         "transformers", "trl"),
        "train",
    ),
}  # fmt: skip
"""The extra that installs each optional package."""


def missing_package(error: ModuleNotFoundError) -> str:
    """Return what to install for an import that failed, or the empty string if nothing helps."""
    package = (error.name or "").partition(".")[0]
    if package not in EXTRAS:
        return ""
    return f"needs the package `{package}`: pip install '{_own_source()}[{EXTRAS[package]}]'"


def _own_source() -> str:
    """Return what pip installs tmtail from: its name if it is installed, or else its folder."""
    from importlib.metadata import PackageNotFoundError, distribution  # slow to import

    try:
        return distribution("tmtail").name  # pip completes it without looking for it in an index
    except PackageNotFoundError:
        return str(Path(__file__).resolve().parents[2])
