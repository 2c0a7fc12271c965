"""Backends that other installed distributions add."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.backends.config import OptionError, RunConfig
from evaluation.backends.opening import open_backend
from tests.support.cli import call_here
from tests.support.distributions import write_distribution
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import outputs_of
from tm.support.plugins import plugin_entries, plugin_packages

MODULE = '''
from tmtail.evaluation import End, Output, Reference


class Oracle(Reference):
    """Answers with the machine's answer, without a chain of thought."""

    def __init__(self, model):
        self.model = model

    @property
    def description(self):
        return {"backend": "oracle", "model": self.model}

    def generate(self, requests, max_new_tokens):
        for index, request in enumerate(requests):
            yield index, Output(f"answer: {request.problem.gold}", End.STOP, 2)


def open_oracle(config, problems, *, sampling, device, dtype, batch_size):
    return Oracle(config.model)
'''


def forget_plugins() -> None:
    plugin_entries.cache_clear()
    plugin_packages.cache_clear()


@pytest.fixture(autouse=True)
def no_cache() -> Iterator[None]:
    forget_plugins()
    yield
    forget_plugins()
    sys.modules.pop("extra_backends", None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on Python's path with one distribution, of one backend."""
    entries = "[tmtail.backends]\noracle = extra_backends:open_oracle\n"
    write_distribution(tmp_path, "extra_backends", {"extra_backends.py": MODULE}, entries)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_an_installed_backend_answers(folder: Path) -> None:
    problems = replayed("S", 3)
    backend = open_backend(RunConfig(name="a", backend="oracle", model="m"), problems)
    assert backend.description == {"backend": "oracle", "model": "m"}
    texts = [output.text for output in outputs_of(backend, problems, 9)]
    assert texts == [f"answer: {problem.gold}" for problem in problems]


def test_the_command_scores_an_installed_backend(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    answer = call_here("eval", "--backend", "oracle", "--tasks", "bubble_sort", "--ranges", "S",
                       "--n", 4, "--json")  # fmt: skip
    (row,) = json.loads(answer.out)["rows"]
    assert row["verdicts"]["right"] == 4
    assert row["exact_chains"]["value"] == 0


def test_an_unknown_backend_is_an_error_with_a_suggestion(folder: Path) -> None:
    with pytest.raises(OptionError, match="'oracel' does not exist; did you mean `oracle`"):
        RunConfig(name="a", backend="oracel")
    answer = call_here("eval", "--backend", "z")
    assert answer.code == 2
    assert "the backends are hf, vllm, openai, file, reference, oracle" in answer.err


def test_a_shipped_name_is_reserved(folder: Path) -> None:
    write_distribution(folder, "rival", {}, "[tmtail.backends]\nhf = rival:open_rival\n")
    with pytest.warns(RuntimeWarning, match="distribution rival: the backend `hf` is ignored"):
        RunConfig(name="a", backend="oracle")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("odd = extra_backends:nothing", "`odd` cannot be imported from extra_backends"),
        ("odd = nowhere:open", "`odd` cannot be imported from nowhere"),
        ("odd = extra_backends", "is not a function; give MODULE:FUNCTION"),
        ("oracle = extra_backends:other", r"defined by distribution .* and distribution .*;"),
    ],
)
def test_faults_of_a_distribution_are_reported(folder: Path, entry: str, message: str) -> None:
    write_distribution(folder, "faulty", {}, f"[tmtail.backends]\n{entry}\n")
    config = RunConfig(name="a", backend=entry.split(" ")[0])
    with pytest.raises(ValueError, match=message):
        open_backend(config, [])


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("raise ValueError('give a model')", "tmtail: error: give a model\n"),
        ("1 / 0", "tmtail: error: the code of a task or plugin failed\nTraceback "),
    ],
)
def test_errors_of_a_backend_are_messages(folder: Path, statement: str, message: str) -> None:
    module = folder / "extra_backends.py"
    module.write_text(MODULE.replace("return Oracle", f"{statement}\n    return Oracle"))
    answer = call_here("eval", "--backend", "oracle", "--tasks", "bubble_sort", "--n", 1)
    assert answer.code == 1
    assert answer.err.startswith(message)
