"""The VS Code extension: its manifest names files that exist, and facts that are true."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

import tmtail
from tm.language.highlighting.textmate import SCOPE_NAME

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "editors" / "vscode"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
CLIENT = FOLDER / "extension.js"
PACKAGER = FOLDER / "node_modules" / ".bin" / "vsce"
STUBS = """
const log = [];
const on = {};
const settings = { command: ["tmtail", "lsp"] };
const vscode = {
  commands: { registerCommand: (name, call) => (on[name] = call) },
  window: { showErrorMessage: (text) => log.push(text) },
  workspace: {
    getConfiguration: () => ({ get: () => settings.command }),
    onDidChangeConfiguration: (call) => (on.change = call),
  },
};
class LanguageClient {
  constructor(id, name, { command, args }) {
    this.name = [command, ...args].join(" ");
  }
  async start() {
    if (this.name.startsWith("missing")) throw "the client rejects with a text";
    log.push(`start ${this.name}`);
  }
  async stop() {
    log.push(`stop ${this.name}`);
  }
}
const Module = require("module");
const load = Module._load;
const stubs = { vscode, "vscode-languageclient/node": { LanguageClient } };
Module._load = (name, ...rest) => stubs[name] ?? load(name, ...rest);
const { activate, deactivate } = require(process.argv[1]);
const settled = () => new Promise(setImmediate);
"""
"""The editor and the client of its library, as far as `extension.js` uses them."""


def test_every_file_of_the_manifest_exists() -> None:
    contributes = MANIFEST["contributes"]
    files = [
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
    source = CLIENT.read_text(encoding="utf-8")
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


def test_the_client_is_bundled_where_the_manifest_says() -> None:
    build = MANIFEST["scripts"]["vscode:prepublish"].rpartition("esbuild ")[2].split()
    assert build[0] == CLIENT.name
    assert f"--outfile={MANIFEST['main'].removeprefix('./')}" in build
    assert "--external:vscode" in build


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_client_starts_restarts_and_stops_the_server() -> None:
    script = """
    (async () => {
      await activate({ subscriptions: [] });
      await on["tmtail.restart"]();
      settings.command = ["missing", "lsp"];
      on.change({ affectsConfiguration: (name) => name === "tmtail.command" });
      await settled();
      settings.command = ["here"];
      on.change({ affectsConfiguration: (name) => name === "editor.tabSize" });
      await settled();
      await on["tmtail.restart"]();
      await deactivate();
      console.log(JSON.stringify(log));
    })();
    """
    command = ["node", "-e", STUBS + script, str(CLIENT)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert json.loads(printed) == [
        "start tmtail lsp",
        "stop tmtail lsp",
        "start tmtail lsp",
        "stop tmtail lsp",
        'tmtail: cannot start `missing lsp`; run `pip install "tmtail[editor]"`, or set '
        "`tmtail.command` to the path of the command",
        "start here",
        "stop here",
    ]


@pytest.mark.slow
@pytest.mark.skipif(not PACKAGER.exists(), reason="the packager is not installed: npm install")
def test_the_packager_has_nothing_to_warn_of(tmp_path: Path) -> None:
    package = tmp_path / "tmtail.vsix"
    command = [str(PACKAGER), "package", "--allow-missing-repository", "--out", str(package)]
    process = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True)
    assert "WARNING" not in process.stdout + process.stderr
    names = {
        name.removeprefix("extension/")
        for name in zipfile.ZipFile(package).namelist()
        if name.startswith("extension/") and "node_modules" not in name
    }
    assert names == {
        "LICENSE.txt",
        "dist/extension.js",
        "language-configuration.json",
        "package.json",
        "readme.md",
        "syntaxes/tmtail.tmLanguage.json",
    }
