"""Every task is a task of the real Inspect, whose scorer replays the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

inspect_ai: Any = pytest.importorskip("inspect_ai")

from inspect_ai.log import read_eval_log  # noqa: E402
from inspect_ai.model import ModelOutput, ModelUsage, get_model  # noqa: E402

import tasks  # noqa: E402
from evaluation.problems.selection import draw_problems  # noqa: E402
from tasks.corpus.records.forms import Form  # noqa: E402
from tests.support.distributions import write_distribution  # noqa: E402
from tmtail.integrations import inspect_ai as integration  # noqa: E402

ROOT = Path(__file__).parents[2]
TIKTOKEN = """
class _Encoding:
    def encode(self, text, **_):
        return [*text.encode()]

def get_encoding(_name):
    return _Encoding()
"""
"""A stand-in for the package by which the mock model counts tokens, and which needs a network."""


def scores(folder: Path, outputs: Sequence[Any], **options: Any) -> tuple[Any, list[Any]]:
    """Return the log of a run on bubble_sort and the score of each sample."""
    model = get_model("mockllm/model", custom_outputs=outputs)
    task = vars(integration)["bubble_sort"](n=len(outputs), **options)
    (log,) = inspect_ai.eval(
        task, model=model, display="none", log_dir=str(folder), max_connections=1, max_samples=1
    )
    assert log.status == "success", log.error
    return log, [sample.scores["replay"] for sample in log.samples]


def written(text: str, reason: str = "stop") -> Any:
    output = ModelOutput.from_content("mock", text, stop_reason=reason)
    output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return output


@pytest.mark.filterwarnings("default")
def test_outputs_are_scored_by_replay(tmp_path: Path) -> None:
    problems = list(draw_problems([tasks.get("bubble_sort")], ("S",), 4, seed=3))
    texts = [problem.completion for problem in problems]
    half = texts[1][: len(texts[1]) // 2]
    wrong = f"{half}#\nanswer: 1"
    outputs = [
        written(texts[0]),
        written(wrong),
        written(f"The answer is **{problems[2].gold}**."),
        written(texts[3], "max_tokens"),
    ]
    log, found = scores(tmp_path, outputs, seed=3)
    assert [sample.id for sample in log.samples] == [problem.id for problem in problems]
    assert [sample.input for sample in log.samples] == [problem.prompt for problem in problems]
    exact, broken, lenient, cut = found
    assert exact.value == {"answer": 1, "lenient": 1, "exact": 1, "progress": 1}
    assert exact.answer == problems[0].gold
    assert exact.explanation.endswith("The output is the machine's text.")
    assert broken.value["exact"] == broken.value["answer"] == 0
    assert 0 < broken.value["progress"] < 1
    assert f"First divergence at character {len(half)}: step " in broken.explanation
    assert r"the output has '#\nanswer: 1'." in broken.explanation
    assert broken.metadata["at"] == len(half)
    assert lenient.value == {"answer": 0, "lenient": 1, "exact": 0, "progress": 0}
    assert cut.value["answer"] == cut.value["exact"] == 0
    metrics = {score.name: score.metrics["mean"].value for score in log.results.scores}
    assert metrics["answer"] == 0.25
    assert metrics["lenient"] == 0.5


@pytest.mark.filterwarnings("default")
def test_free_outputs_are_scored_by_their_answers(tmp_path: Path) -> None:
    task = tasks.get("bubble_sort")
    form = Form(prompt="keyed")
    (problem,) = draw_problems([task], ("M",), 1, seed=0, form=form)
    output = written(f"I see.\nanswer: {problem.gold}")
    log, (score,) = scores(tmp_path, [output], ranges="M", format="any", prompt="keyed")
    assert log.samples[0].input == problem.prompt
    assert score.value == {"answer": 1, "lenient": 1}


@pytest.mark.slow
def test_inspect_finds_the_tasks_by_the_entry_point(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (entry,) = project["entry-points"]["inspect_ai"].items()
    entries = "[inspect_ai]\n{} = {}\n".format(*entry)
    installed = json.dumps({"url": ROOT.as_uri(), "dir_info": {"editable": True}})  # as by pip
    files = {"tiktoken.py": TIKTOKEN, "tmtail-1.0.dist-info/direct_url.json": installed}
    write_distribution(tmp_path / "site", "tmtail", files, entries)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}:{ROOT}"}
    command = ["eval", "tmtail/bubble_sort", "--model", "mockllm/model", "-T", "n=3"]
    subprocess.run(
        [sys.executable, "-m", "inspect_ai", *command, "--log-dir", str(tmp_path / "logs"),
         "--display", "plain"],
        check=True, cwd=tmp_path, env=environment, timeout=300,
    )  # fmt: skip
    (file,) = (tmp_path / "logs").glob("*.eval")
    log = read_eval_log(str(file))
    assert (log.status, log.eval.task) == ("success", "tmtail/bubble_sort")
    assert len(log.samples) == 3
    score = log.samples[0].scores["replay"]
    assert score.value == {"answer": 0, "lenient": 0, "exact": 0, "progress": 0}
    assert "First divergence at character 0" in score.explanation
    assert json.loads(json.dumps(log.eval.task_args))["n"] == 3
