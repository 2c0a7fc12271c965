"""The help of every command: a short summary, an example, and a text for every option."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
import typer

from tests.support.cli import Command
from tmtail.cli import app


def commands(command: click.Command, path: str = "tmtail") -> Iterator[tuple[str, click.Command]]:
    """Yield every command and group with the words that call it."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", COMMANDS)
def test_help_begins_with_a_short_sentence(path: str) -> None:
    summary = (COMMANDS[path].help or "").split("\n\n")[0]
    assert summary.endswith(".")
    assert "\n" not in summary.rstrip()


@pytest.mark.parametrize(
    "path", [path for path in COMMANDS if path not in ("tmtail corpus", "tmtail study")]
)
def test_help_has_an_example_of_the_command(tmtail: Command, path: str) -> None:
    answer = tmtail(*path.split()[1:], "-h")
    assert answer.code == 0
    _, _, example = answer.out.partition("  Example:\n")
    assert f"    {path}" in example.partition("\n\n")[0]
    assert tmtail(*path.split()[1:], "--help").out == answer.out


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_and_argument_is_explained(path: str) -> None:
    for parameter in COMMANDS[path].params:
        text = getattr(parameter, "help", None)
        assert text, f"{path}: {parameter.name}"
        assert text.endswith("."), f"{path}: {parameter.name}"


@pytest.mark.parametrize("group", ["tmtail", "tmtail corpus", "tmtail eval"])
def test_no_summary_of_a_command_is_cut(tmtail: Command, group: str) -> None:
    out = tmtail(*group.split()[1:], "-h").out
    _, _, listing = out.partition("\nCommands:\n")
    lines = listing.partition("\n\n")[0].splitlines()
    assert len(lines) == len(COMMANDS[group].commands)  # type: ignore[attr-defined]
    assert [line for line in lines if line.endswith("...")] == []
