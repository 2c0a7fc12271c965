"""Fixtures of the command line's tests: the command, and a small machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli import Command, call_here, call_process

COPY = """\
tape a: '0' | '1'
tape b: '0' | '1'
start copy
rule copy ['0', _] -> [*, '1'] [R, R] copy
rule copy [_, *] -> accept
"""


@pytest.fixture(scope="session")
def tmtail() -> Command:
    """The command in this process."""
    return call_here


@pytest.fixture(scope="session")
def process() -> Command:
    """The command in a process of its own."""
    return call_process


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A machine of two tapes that writes a 1 for each 0, and is stuck at a 1."""
    file = tmp_path / "copy.tm"
    file.write_text(COPY)
    return file
