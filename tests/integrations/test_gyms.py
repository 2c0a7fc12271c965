"""Programs that read Reasoning Gym's data sets see the tasks, by the files of the docs."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "integrations.md"

pytest.importorskip("reasoning_gym")
Load = Callable[[str], Any]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Import a file of the docs as a module."""

    def load(name: str) -> Any:
        block = DOCUMENT.read_text("utf-8").partition(f"```python {name}.py\n")[2]
        (tmp_path / f"{name}.py").write_text(block.partition("```")[0], "utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    monkeypatch.syspath_prepend(tmp_path)
    return load


@pytest.mark.filterwarnings("default")
def test_nemo_gym_writes_rows_and_verifies_replies(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    utils = pytest.importorskip("nemo_gym.server_utils")
    testclient = pytest.importorskip("fastapi.testclient")
    app = load("app")
    names = app.register()
    out = tmp_path / "rows.jsonl"
    command = ["rows.py", "--tasks", ",".join(names), "--size", "60", "--output", str(out)]
    monkeypatch.setattr("sys.argv", command)
    load("rows")
    config = app.ReasoningGymResourcesServer.model_fields["config"].annotation
    server = app.ReasoningGymResourcesServer(
        config=config(host="127.0.0.1", port=1, entrypoint="", name="tmtail"),
        server_client=utils.ServerClient.model_construct(),
    )
    client = testclient.TestClient(server.setup_webserver())

    def reward(row: dict[str, Any], text: str) -> float:
        part = {"type": "output_text", "text": text, "annotations": []}
        message = {"id": "m", "role": "assistant", "type": "message", "content": [part]}
        response = {
            "id": "r",
            "created_at": 1.0,
            "model": "m",
            "object": "response",
            "output": [{**message, "status": "completed"}],
            "parallel_tool_calls": False,
            "tool_choice": "none",
            "tools": [],
        }
        reply = client.post("/verify", json={**row, "response": response})
        return float(reply.raise_for_status().json()["reward"])

    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == 60
    for row in rows:
        gold = row["answer"]
        for text in (f"Thus <answer>{gold}</answer>", f"\\boxed{{{gold}}}", f"answer: {gold}"):
            assert reward(row, text) == 1.0, (row["metadata"], text)
        for text in ("no idea", "", f"<answer>{gold} or not</answer>"):
            assert reward(row, text) == 0.0, (row["metadata"], text)


@pytest.mark.filterwarnings("default")
def test_openenv_asks_and_rewards_every_task(load: Load) -> None:
    environment = pytest.importorskip("reasoning_gym_env.server.reasoning_gym_environment")
    testclient = pytest.importorskip("fastapi.testclient")
    server = load("server")
    assert testclient.TestClient(server.app).get("/health").status_code == 200
    env = environment.ReasoningGymEnvironment()
    for name in server.register():
        question = env.reset(dataset_name=name, seed=3, size=2).question
        wrong = env.step(environment.ReasoningGymAction(answer="no idea"))
        assert (wrong.reward, wrong.done) == (0.0, True)
        assert env.reset(dataset_name=name, seed=3, size=2).question == question
        reply = f"The answer is {wrong.correct_answer}."
        assert env.step(environment.ReasoningGymAction(answer=reply)).reward == 1.0, name


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("mode", [None, "random", "curriculum"])
def test_atropos_draws_and_scores_every_task(load: Load, mode: str | None, tmp_path: Path) -> None:
    pytest.importorskip("environments.reasoning_gym_environment.reasoning_gym_environment")
    import torch

    from training.config import Model
    from training.models.random import make_model

    _, tokenizer = make_model(Model(layers=1, width=32, heads=2), ["a"], torch.float32)
    tokenizer.save_pretrained(tmp_path / "tokenizer")
    tail = load("tail_env")
    config, servers = tail.TailEnv.config_init()
    changes = {"complexity_mode": mode, "use_wandb": False, "group_size": 4}
    changes["tokenizer_name"] = str(tmp_path / "tokenizer")
    env = tail.TailEnv(config.model_copy(update=changes), servers, slurm=False)
    asyncio.run(env.setup())
    assert env.task_names == tail.NAMES

    seen = set()
    for _ in range(60):
        messages, entry, data = asyncio.run(env.get_next_item())
        assert dict(messages[1])["content"] == entry["question"]
        gold = entry["answer"]
        texts = [f"<think>so</think> <answer>{gold}</answer>", "<answer>x</answer>", gold]
        group = [
            {
                "messages": [{"role": "assistant", "content": text}],
                "rg_item": entry,
                "dataset_obj": data,
                "finish_reason": "stop",
                **dict.fromkeys(("tokens", "masks", "logprobs"), [1] * 20),
            }
            for text in texts
        ]
        scored = asyncio.run(env.score(group))
        assert sorted(scored["scores"]) == [0.0, 0.0, 1.0], entry["metadata"]
        seen.add(entry["metadata"]["source_dataset"])
    assert len(seen) > 15
