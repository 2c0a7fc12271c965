"""``tmtail doctor``: what is installed, and faults of an installation that it finds."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import Command
from tmtail import __version__


def findings(tmtail: Command, code: int = 0) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the findings by section and name."""
    answer = tmtail("doctor", "--json")
    assert answer.code == code, answer.out
    return {(each["section"], each["name"]): each for each in json.loads(answer.out)}


def test_versions_places_and_compiled_code_are_listed(tmtail: Command) -> None:
    entries = findings(tmtail)
    assert entries["tmtail", "tmtail"]["value"].startswith(f"{__version__} in ")
    assert entries["package", "numpy"]["value"] == metadata.version("numpy")
    assert {section for section, _ in entries} == {
        "tmtail", "package", "machine", "tokenizer", "folder", "cache"
    }  # fmt: skip
    assert "GPU" in " ".join(name for _, name in entries)
    assert ("cache", "compiled code") in entries
    answer = tmtail("doctor")
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == "problems: 0"


def test_a_package_of_another_version_or_missing_is_a_problem(
    tmtail: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = metadata.version

    def changed(name: str) -> str:
        if name == "lark":
            return "0.1"
        if name in ("pyarrow", "openai"):
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", changed)
    entries = findings(tmtail, code=1)
    assert entries["package", "lark"]["problem"].startswith("must be <2,>=1.2: pip install 'lark")
    assert entries["package", "pyarrow"]["problem"] == "is required: pip install 'pyarrow'"
    assert entries["package", "openai"]["value"] == "not installed (extra openai)"
    assert not entries["package", "openai"]["problem"]
    assert tmtail("doctor").out.endswith("problems: 2\n")


def test_a_folder_that_cannot_be_written_is_a_problem(
    tmtail: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "file"))
    tables = findings(tmtail, code=1)["folder", "tables"]
    assert "set TMTAIL_CACHE to a writable folder" in tables["problem"]
    monkeypatch.setenv("TMTAIL_CACHE", str(tmp_path / "new" / "folder"))
    assert ", 0 tables, " in findings(tmtail)["folder", "tables"]["value"]
    assert not (tmp_path / "new").exists()


def test_an_installation_without_metadata_is_a_problem(
    tmtail: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "requires", missing)
    entries = findings(tmtail, code=1)
    assert "pip install" in entries["tmtail", "installation"]["problem"]
