"""Fixtures of several test modules on training."""

from pathlib import Path

import pytest

from tests.support.models.training_runs import write_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """File with the records of ``tests.support.models.training_runs``."""
    return write_corpus(tmp_path)


@pytest.fixture
def short_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit the outputs of models to 8 tokens, as untrained models otherwise use up any limit."""
    monkeypatch.setattr("evaluation.runs.evaluate.token_limit", lambda *arguments: 8)
