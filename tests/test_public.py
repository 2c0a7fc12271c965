"""The public names, and that the package's own example is true."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path

import pytest

import tmtail

MODULES = ("tmtail", "tmtail.evaluation", "tmtail.rewards", "tmtail.training", "tm", "compiler")
"""Modules whose names are loaded at first use."""


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_exists(name: str) -> None:
    module = import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    for public in module.__all__:
        assert getattr(module, public) is not None
        assert public in dir(module) or name in ("tm", "compiler")


@pytest.mark.parametrize("name", MODULES)
def test_the_types_that_checkers_see_are_those_at_run_time(name: str) -> None:
    module = import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    typed = {}
    for line in block.body:
        assert isinstance(line, ast.ImportFrom)
        for alias in line.names:
            typed[alias.asname or alias.name] = getattr(import_module(str(line.module)), alias.name)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {*typed, *defined} >= {*module.__all__}
    assert {name: getattr(module, name) for name in typed} == typed


def test_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'rnu'"):
        tmtail.rnu  # noqa: B018


def test_the_example_of_the_package() -> None:
    example = textwrap.dedent((tmtail.__doc__ or "").partition("::\n")[2].partition("\n\n``")[0])
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(example, {})
    *text, verdict = printed.getvalue().rstrip().splitlines()
    assert "answer: 1, 2, 3" in text
    assert verdict == "right"


def test_there_is_one_version() -> None:
    command = [sys.executable, "-m", "tmtail", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown == f"tmtail {tmtail.__version__}\n"
    root = Path(tmtail.__file__).parent.parent
    project = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in project
    assert re.search(r"^version = \{ attr = \"tmtail.__version__\" \}$", project, re.MULTILINE)


def test_the_parts_of_a_user_s_task_come_without_an_engine_or_torch() -> None:
    code = (
        "from tmtail import Task, Instance, Draws, ranges, choice; import sys; print(*sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & {"torch", "transformers", "numba", "pyarrow", "lark"}
