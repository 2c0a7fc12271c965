"""Tasks are a task set of the real verifiers, and replies earn rewards by replay."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

vf: Any = pytest.importorskip("verifiers.v1")

import tasks  # noqa: E402
from tasks.corpus import Form  # noqa: E402
from tasks.corpus.items import items  # noqa: E402
from tmtail.integrations.verifiers import TailConfig, TailTaskset  # noqa: E402


def reference(record: str) -> tuple[str, str]:
    """Return the machine's text and answer for a record of bubble_sort."""
    _, range_name, split, seed, index = record.split("-")
    task = tasks.get("bubble_sort")
    (item,) = items(task, range_name, split, int(seed), [int(index)])
    texts = Form().write(task, [item.instance], [item.wording])
    return texts.completions[0], texts.answers[0]


def rewards(task: Any, reply: str) -> dict[str, float]:
    """Return the rewards of a reply, as verifiers' scoring records them."""
    config = vf.AgentConfig()
    recorded = vf.TraceTask(type=type(task).__name__, data=task.data, key=task.key)
    trace = vf.Trace(task=recorded, agent=vf.AgentInfo(config=config), root_reply=reply)
    asyncio.run(task.score(trace))
    return {name: reward.score for name, reward in trace.rewards.items()}


@pytest.mark.parametrize("split", ["train", "eval"])
def test_a_reply_earns_what_its_replay_says(split: str) -> None:
    taskset = TailTaskset(TailConfig(split=split, count=5, seed=2))
    posed = list(taskset)
    assert [task.data.idx for task in posed] == list(range(5))
    assert len({task.key for task in posed}) == 5
    task = posed[3]
    text, answer = reference(task.data.id)
    assert rewards(task, text) == {"answer": 1, "exact": 1, "progress": 1}
    assert rewards(task, answer) == {"answer": 1, "exact": 0, "progress": 0}
    assert rewards(task, "no idea") == {"answer": 0, "exact": 0, "progress": 0}


def test_training_and_evaluation_share_no_problem() -> None:
    held_out = {task.data.prompt for task in TailTaskset(TailConfig(split="eval", count=30))}
    trained = {task.data.prompt for task in TailTaskset(TailConfig(split="train", count=30))}
    assert len(held_out) == len(trained) == 30
    assert not held_out & trained


def test_verifiers_finds_it_by_the_name_of_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = (Path(__file__).parents[2] / "docs" / "integrations.md").read_text("utf-8")
    source = document.partition("```python tail_tasks.py\n")[2].partition("```")[0]
    (tmp_path / "tail_tasks.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    config = vf.taskset_config_type("tail_tasks")(id="tail_tasks", count=2)
    assert len(list(vf.load_taskset(config))) == 2
    sys.modules.pop("tail_tasks")
