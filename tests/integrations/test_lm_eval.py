"""Tasks for the real lm-eval, whose figures are those of ``tmtail eval``."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

import tasks
from evaluation.models.tokens import encode
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tests.support.cli import Command, call_here
from tests.support.models.tiny_models import TOKENIZER, save_model, tiny_model

LEARNED = 3
"""Problems whose texts the model memorises; it is wrong on the others."""


@pytest.fixture
def tmtail() -> Command:
    return call_here


def build_corpus(folder: Path, form: Form | None = None) -> Corpus:
    """Build a corpus with six short problems of one range for evaluation, and two of another."""
    task = tasks.get("compare_numbers", ranges={"S": (2, 2), "M": (3, 3)}, plain=True)
    request = CorpusRequest(
        tasks=[task], train=1, eval=6, probe=1, ranges=("S", "M"),
        options=RecordOptions(form=form or Form()),
    )  # fmt: skip
    return build(request, out=folder, workers=1)


def learn(records: list[dict[str, Any]], folder: Path) -> Path:
    """Return the folder of a model that has memorised records.

    It would not write the line break at the end of a prompt.
    """
    model = tiny_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    end = TOKENIZER.eos_token_id
    batch = []
    for record in records:
        prompt, text = encode(TOKENIZER, [record["prompt"], record["completion"]])
        ids = [*prompt, *text, end]
        labels = [-100] * (len(prompt) - 1) + [end, *text, end]
        batch.append((torch.tensor([ids]), torch.tensor([labels])))
    for _ in range(400):
        total = 0.0
        for ids, labels in batch:
            loss = model(input_ids=ids, labels=labels).loss
            loss.backward()
            total = max(total, loss.item())
        optimizer.step()
        optimizer.zero_grad()
        if total < 0.01:
            break
    return save_model(folder, model)


def configs(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the written configurations by name, with functions as texts."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!function", lambda loader, node: f"!function {node.value}")
    return {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader)
        for path in folder.glob("*.yaml")
    }


def test_tasks_name_the_files_of_the_corpus(tmtail: Command, tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path / "corpus")
    out = tmp_path / "harness"
    answer = tmtail("export", "lm-eval", corpus.folder, "--ranges", "S,M", "--out", out)
    assert answer.out == f"{out}: 4 tasks; lm_eval --include_path {out} --tasks tmtail\n"
    written = configs(out)
    names = [f"tmtail_compare_numbers_{r}_{kind}" for r in "SM" for kind in ("exact", "answer")]
    assert written.pop("tmtail") == {"group": "tmtail", "task": names}
    assert sorted(written) == sorted(names)
    exact, answered = written[names[0]], written[names[1]]
    (file,) = exact["dataset_kwargs"]["data_files"]["eval"]
    assert [Path(file)] == corpus.files("eval", range_name="S")
    assert exact["doc_to_target"] == "{{completion}}"
    longest = max(len(r["completion"]) for r in corpus.records("eval", range_name="S"))
    assert answered["generation_kwargs"]["max_gen_toks"] == -(-11 * longest // 10) + 32
    again = tmtail("export", "lm-eval", corpus.folder, "--out", out)
    assert again.code == 1
    assert "exists already" in again.err


def test_parts_that_exceed_the_context_are_left_out(tmtail: Command, tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path / "corpus")
    sizes = {
        name: [len(r["prompt"]) + len(r["completion"]) for r in corpus.records(range_name=name)]
        for name in "SM"
    }
    context = max(sizes["S"]) + 1
    assert context < max(sizes["M"])
    model = save_model(tmp_path / "model", tiny_model(context))
    command = ["export", "lm-eval", corpus.folder, "--model", model, "--ranges"]
    answer = tmtail(*command, "S,M", "--out", tmp_path / "harness")
    assert "compare_numbers M: left out, since " in answer.out
    written = configs(tmp_path / "harness")
    assert len(written["tmtail"]["task"]) == 2
    exact = written["tmtail_compare_numbers_S_exact"]
    assert exact["doc_to_target"] == "{{completion}}<|endoftext|>"
    answer = tmtail(*command, "M", "--out", tmp_path / "nothing")
    assert answer.code == 1
    assert "no part of the corpus fits the model's context" in answer.err


def test_free_outputs_have_answers_alone(tmtail: Command, tmp_path: Path) -> None:
    corpus = build_corpus(tmp_path / "corpus")
    command = ["export", "lm-eval", corpus.folder, "--format", "any", "--out", tmp_path / "harness"]
    assert "--max-new-tokens" in tmtail(*command, "--ranges", "S").err
    tmtail(*command, "--ranges", "S", "--max-new-tokens", "77")
    written = configs(tmp_path / "harness")
    assert written["tmtail"]["task"] == ["tmtail_compare_numbers_S_answer"]
    answered = written["tmtail_compare_numbers_S_answer"]
    assert answered["generation_kwargs"]["max_gen_toks"] == 77
    assert [metric["metric"] for metric in answered["metric_list"]] == ["answer", "lenient"]


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("lm_eval") is None, reason="lm-eval is not installed")
@pytest.mark.parametrize(
    "form", [Form(), Form(prompt="keyed", style="styled")], ids=["plain", "keyed"]
)
def test_the_real_lm_eval_gives_the_figures_of_eval(
    tmtail: Command, tmp_path: Path, form: Form
) -> None:
    corpus = build_corpus(tmp_path / "corpus", form)
    records = list(corpus.records("eval", range_name="S"))
    model = learn(records[:LEARNED], tmp_path / "model")
    scored = json.loads(
        tmtail("eval", "--model", model, "--corpus", corpus.folder, "--ranges", "S", "--json").out
    )
    (row,) = scored["rows"]
    assert LEARNED <= 6 * row["exact_chains"]["value"] < 6
    harness = tmp_path / "harness"
    tmtail("export", "lm-eval", corpus.folder, "--model", model, "--ranges", "S", "--out", harness)
    arguments = [
        "--model", "hf", "--model_args", f"pretrained={model},add_bos_token=False,dtype=float32",
        "--device", "cpu", "--batch_size", "2", "--include_path", harness, "--tasks", "tmtail",
        "--output_path", tmp_path / "results",
    ]  # fmt: skip
    offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "cache")}
    subprocess.run(
        [sys.executable, "-m", "lm_eval", *map(str, arguments)],
        check=True, timeout=500, env={**os.environ, **offline}, cwd=tmp_path,
    )  # fmt: skip
    (file,) = (tmp_path / "results").rglob("results_*.json")
    results = json.loads(file.read_text())["results"]
    exact = results["tmtail_compare_numbers_S_exact"]
    answered = results["tmtail_compare_numbers_S_answer"]
    assert exact["acc,none"] == pytest.approx(row["exact_chains"]["value"])
    assert answered["exact,none"] == pytest.approx(row["exact_chains"]["value"])
    assert answered["answer,none"] == pytest.approx(row["label_accuracy"]["value"])
    assert answered["lenient,none"] == pytest.approx(row["lenient_accuracy"]["value"])
