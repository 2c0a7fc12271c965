"""Models by name: an error at once without a network, and the copy on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from evaluation.models.hub import model_source


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    model_source.cache_clear()
    yield
    model_source.cache_clear()


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A hub that cannot be reached; the names that it was asked for."""
    asked: list[str] = []

    def model_info(self: object, name: str, **options: object) -> None:
        asked.append(name)
        raise OSError("Name or service not known")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", model_info)
    return asked


def test_a_name_without_a_network_and_without_a_copy(
    questions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_copy(name: str, **options: object) -> str:
        raise LocalEntryNotFoundError("nothing here")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", no_copy)
    with pytest.raises(ValueError, match=r"cannot be reached; .*hf download gpt2 --local-dir"):
        model_source("gpt2")
    assert questions == ["gpt2"]


def test_the_copy_on_this_machine_is_taken_without_a_network(
    questions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, **_: f"/cache/{name}")
    assert [model_source("gpt2"), model_source("gpt2")] == ["/cache/gpt2"] * 2
    assert questions == ["gpt2"]


def test_a_folder_is_never_asked_for(questions: list[str], tmp_path: Path) -> None:
    assert model_source(str(tmp_path)) == str(tmp_path)
    with pytest.raises(ValueError, match="there is no folder of this name"):
        model_source("./none")
    assert questions == []


def test_a_name_that_no_hub_has(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="not a name on a hub, such as gpt2"):
        model_source("no such model")
