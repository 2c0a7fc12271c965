"""Shell completion: the scripts for bash, zsh and fish, and what they complete."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHELLS = ("bash", "zsh", "fish")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables of a process that finds ``tmtail`` on its path, and has a home of its own."""
    program = tmp_path / "bin" / "tmtail"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tmtail "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}:{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}


def run(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def completions(shell: str, words: str, environment: dict[str, str]) -> str:
    """Return what the command answers to the script of a shell for a line."""
    variables = {
        "_TMTAIL_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
        "_TYPER_COMPLETE_ARGS": words,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    return run(["tmtail"], environment | variables)


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_options_and_choices_are_completed(
    shell: str, environment: dict[str, str]
) -> None:
    assert "corpus" in completions(shell, "tmtail cor", environment)
    assert "verify" in completions(shell, "tmtail corpus ver", environment)
    assert "--max-new-tokens" in completions(shell, "tmtail eval --max", environment)
    choices = completions(shell, "tmtail eval --decode ", environment)
    assert "verified" in choices
    assert "plain" in choices


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(shell: str, environment: dict[str, str]) -> None:
    script = run(["tmtail"], environment | {"_TMTAIL_COMPLETE": f"source_{shell}"})
    assert f"complete_{shell}" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True, timeout=60)


def test_bash_completes_by_the_script(environment: dict[str, str]) -> None:
    script = """
        eval "$(_TMTAIL_COMPLETE=source_bash tmtail)"
        COMP_WORDS=(tmtail corpus ver) COMP_CWORD=2
        _tmtail_completion tmtail
        echo "${COMPREPLY[@]}"
    """
    assert run(["bash", "-c", script], environment).strip() == "verify"


def test_the_script_is_installed_for_the_shell_that_asks(
    environment: dict[str, str], tmp_path: Path
) -> None:
    out = run(["bash", "-c", "tmtail --install-completion; true"], environment)
    assert "bash completion installed in" in out
    lines = (tmp_path / ".bashrc").read_text()
    assert "tmtail.sh" in lines
