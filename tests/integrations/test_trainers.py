"""Rewards as trainers call them."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import tasks
from evaluation.rewards.functions import graded_row
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tasks.corpus.export import export
from tmtail.rewards import compute_score, exact, trl_reward, weighted

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """A corpus of one task in a form that is not the default."""
    request = CorpusRequest(
        tasks=[tasks.get("bubble_sort")],
        train=8,
        eval=2,
        probe=2,
        ranges=("S",),
        options=RecordOptions(form=Form(style="styled", prompt="keyed", without=("fetch",))),
    )
    return build(request, out=tmp_path_factory.mktemp("corpus") / "c", workers=1)


def test_trl_s_columns_are_graded(corpus: Corpus) -> None:
    records = list(corpus.records("train"))
    columns: dict[str, Any] = {
        "prompts": [record["prompt"] for record in records],
        "completion_ids": [[1]] * len(records),
        "id": [record["id"] for record in records],
        "trainer_state": None,
    }
    texts = [record["completion"] for record in records]
    reward = trl_reward(exact, form=corpus.form)
    assert reward.__name__ == "exact"
    assert reward(completions=texts, **columns) == [1.0] * len(records)
    chats = [[{"role": "assistant", "content": text}] for text in texts]
    assert reward(completions=chats, **columns) == [1.0] * len(records)
    faulty: list[Any] = [texts[0] + " ", [], [{"role": "assistant", "content": None}], *texts[3:]]
    assert reward(completions=faulty, **columns) == [0.0] * 3 + [1.0] * (len(records) - 3)
    both = trl_reward(weighted(exact=1, answer=1), form=corpus.form)
    assert both.__name__ == "weighted_exact_answer"
    assert both(completions=texts, **columns) == [2.0] * len(records)


def test_verl_s_rows_score_themselves(corpus: Corpus, tmp_path: Path) -> None:
    counts = export(corpus, tmp_path, "verl")
    assert {path.name: count for path, count in counts.items()} == {
        "eval.parquet": 2, "probe.parquet": 2, "train.parquet": 8
    }  # fmt: skip
    records = list(corpus.records("train"))
    rows = pq.read_table(tmp_path / "train.parquet").to_pylist()
    for row, record in zip(rows, records, strict=True):
        assert [each["content"] for each in row["prompt"]] == [record["prompt"]]
        truth = row["reward_model"]["ground_truth"]
        arguments = row["data_source"], record["completion"], truth, row["extra_info"]
        scored = compute_score(*arguments, reward_router_address=None)
        figures = {"answer": 1.0, "exact": 1.0, "progress": 1.0, "error": 0.0}
        assert scored == {"score": 1.0, **figures}
        bare = compute_score(row["data_source"], truth, truth, row["extra_info"])
        assert (bare["score"], bare["exact"]) == (0.5, 0.0)
        weighted_score = compute_score(*arguments, weights={"exact": 3})
        assert weighted_score["score"] == 3.0


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (None, "`extra_info` has no `id`; export with --format verl"),
        ({"id": "bubble_sort"}, "must have the form"),
        ({"id": None}, "must be a record's id"),
        ({"id": "bubble_sort-S-train-0-7", "form": "{"}, "Expecting property name"),
        ({"id": "bubble_sort-S-train-0-7", "form": None}, "TypeError"),
    ],
)
def test_a_row_of_verl_without_a_problem_scores_0_and_is_counted(info: Any, message: str) -> None:
    scored = compute_score("bubble_sort", "answer: 1", "1", info)
    assert scored == {"score": 0, "answer": 0, "exact": 0, "progress": 0, "error": 1}
    assert message in graded_row(info or {}, "").error
    with pytest.raises(ValueError, match="'speed' is not a reward"):
        compute_score("bubble_sort", "answer: 1", "1", info, weights={"speed": 1})


def test_trl_learns_nothing_from_an_id_without_a_problem(corpus: Corpus) -> None:
    (record, *_) = corpus.records("train")
    ids = [record["id"], "bubble_srot-S-train-0-7", None, record["id"]]
    texts = [record["completion"]] * 3 + ["no idea"]
    assert trl_reward(exact, form=corpus.form)(completions=texts, id=ids) == [1, None, None, 0]
    with pytest.raises(ValueError, match="must be a chain of thought"):
        trl_reward(exact, form=Form(format="answer"))


class BytesTokenizer:
    """Bytes as token ids."""

    def decode(self, ids: Any, **_: Any) -> str:
        return bytes(ids.tolist()).decode()


@pytest.mark.skipif(importlib.util.find_spec("verl") is None, reason="verl is not installed")
@pytest.mark.filterwarnings("default")
def test_the_real_verl_scores_exported_rows(corpus: Corpus, tmp_path: Path) -> None:
    import torch
    import verl
    from hydra import compose, initialize_config_dir
    from verl.trainer.ppo.metric_utils import process_validation_metrics
    from verl.trainer.ppo.reward import load_reward_manager
    from verl.utils.dataset.rl_dataset import RLHFDataset, collate_fn

    document = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
    settings = document.partition("(verl)=")[2].partition("```sh\n")[2].partition("```")[0]
    configs = Path(verl.__file__).parent / "trainer" / "config"
    with initialize_config_dir(str(configs), version_base=None):
        config = compose("ppo_trainer", overrides=settings.split())
    manager = load_reward_manager(config, BytesTokenizer())
    export(corpus, tmp_path, "verl")
    dataset = RLHFDataset(str(tmp_path / "train.parquet"), BytesTokenizer(), config.data)
    records = list(corpus.records("train"))[:3]
    rows = [dataset[index] for index in range(len(records))]
    assert [row["raw_prompt"][0]["content"] for row in rows] == [r["prompt"] for r in records]
    del rows[2]["extra_info"]["id"]
    texts = [records[0]["completion"], "no idea", records[2]["completion"]]
    scored = []
    for row, text in zip(rows, texts, strict=True):
        ids = torch.tensor([[*text.encode()]])
        written = {"responses": ids, "attention_mask": torch.ones_like(ids)}
        data = verl.DataProto.from_single_dict(collate_fn([row]) | written)
        scored.append(manager.loop.run_until_complete(manager.run_single(data)))
    figures = [score["reward_extra_info"] for score in scored]
    assert [score["reward_score"] for score in scored] == [1.0, 0.0, 0.0]
    assert [figure["error"] for figure in figures] == [0.0, 0.0, 1.0]
    columns = {name: [figure[name] for figure in figures] for name in figures[0]}
    reported = process_validation_metrics(["bubble_sort"] * 3, ["0", "1", "2"], columns)
    means = {name: values["mean@1"] for name, values in reported["bubble_sort"].items()}
    assert means == pytest.approx(dict.fromkeys(columns, 1 / 3))


@pytest.mark.slow
def test_grpo_on_a_tiny_model_raises_the_reward(tmp_path: Path) -> None:
    """The example of the docs, in which every tenth id names no problem, which ends nothing."""
    request = CorpusRequest(
        tasks=[tasks.get("compare_numbers")], train=200, eval=1, probe=1, ranges=("S",)
    )
    build(request, out=tmp_path / "corpus", workers=1)
    document = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
    source = document.partition("```python grpo.py\n")[2].partition("```")[0]
    faulty = source.replace(
        "settings = ", 'for record in records[::10]:\n    record["id"] = "faulty"\nsettings = '
    )
    assert faulty != source
    (tmp_path / "grpo.py").write_text(faulty, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    printed = subprocess.check_output(
        [sys.executable, "grpo.py"], cwd=tmp_path, env=environment, text=True
    )
    rewards = json.loads(printed.rpartition("rewards ")[2])
    assert len(rewards) == 4
    assert rewards[-1] > 0.3
    assert rewards[-1] > 3 * rewards[0]
