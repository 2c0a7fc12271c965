"""The VS Code extension: its manifest names files that exist, and facts that are true."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import tmtail
from tm.language.highlighting.textmate import SCOPE_NAME

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "editors" / "vscode"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))


def test_every_file_of_the_manifest_exists() -> None:
    contributes = MANIFEST["contributes"]
    files = [
        MANIFEST["main"],
        *(language["configuration"] for language in contributes["languages"]),
        *(grammar["path"] for grammar in contributes["grammars"]),
    ]
    for file in files:
        assert (FOLDER / file).is_file(), file
    json.loads((FOLDER / "language-configuration.json").read_text(encoding="utf-8"))


def test_the_grammar_is_that_of_the_language() -> None:
    [language] = MANIFEST["contributes"]["languages"]
    [grammar] = MANIFEST["contributes"]["grammars"]
    assert language["extensions"] == [".tm"]
    assert grammar["language"] == language["id"]
    file = json.loads((FOLDER / grammar["path"]).read_text(encoding="utf-8"))
    assert grammar["scopeName"] == file["scopeName"] == SCOPE_NAME


def test_the_client_uses_what_the_manifest_declares() -> None:
    source = (FOLDER / MANIFEST["main"]).read_text(encoding="utf-8")
    commands = {command["command"] for command in MANIFEST["contributes"]["commands"]}
    assert set(re.findall(r'registerCommand\("([^"]+)"', source)) == commands
    settings = set(MANIFEST["contributes"]["configuration"]["properties"])
    assert set(re.findall(r'affectsConfiguration\("([^"]+)"', source)) == settings
    required = set(re.findall(r'require\("([^"/.]+)', source))
    assert required == {"vscode", *MANIFEST["dependencies"]}


def test_version_and_license_are_those_of_the_package() -> None:
    assert MANIFEST["version"] == tmtail.__version__
    assert MANIFEST["license"] == "Apache-2.0"
    assert "../../LICENSE" in MANIFEST["scripts"]["vscode:prepublish"]
    assert f"tmtail-{MANIFEST['version']}.vsix" in (FOLDER / "README.md").read_text("utf-8")


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_client_is_valid_javascript() -> None:
    subprocess.run(["node", "--check", str(FOLDER / MANIFEST["main"])], check=True)
