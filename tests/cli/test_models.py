from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evaluation.problems.selection import draw_problems
from tasks import get
from tasks.corpus import CorpusRequest, build
from tests.support.cli import Command

SMALL = ("--backend", "reference", "--tasks", "bubble_sort", "--ranges", "S,M", "--n", 5)


def test_the_machine_scores_everything(tmtail: Command, tmp_path: Path) -> None:
    out = tmp_path / "scores"
    answer = tmtail("eval", *SMALL, "--seed", 3, "--out", out, "--json")
    assert answer.code == 0
    shown = json.loads(answer.out)
    assert [(row["range"], row["items"]) for row in shown["rows"]] == [("S", 5), ("M", 5)]
    for row in shown["rows"]:
        assert row["label_accuracy"]["value"] == row["exact_chains"]["value"] == 1.0
    stored = json.loads((out / "results.json").read_text())  # with digests of the files beside it
    assert {key: stored[key] for key in shown} == shown
    assert len((out / "items.jsonl").read_text().splitlines()) == 10
    again = tmtail("eval", *SMALL, "--out", out)
    assert again.code == 1
    assert "never overwritten" in again.err


def test_scores_for_people(tmtail: Command) -> None:
    answer = tmtail("eval", *SMALL)
    assert "S (2–4)" in answer.out
    assert "100.0 [" in answer.out


def test_the_problems_are_those_that_a_corpus_holds_out(tmp_path: Path) -> None:
    task = get("compare_numbers")
    ranges = ("S", "L")
    request = CorpusRequest(tasks=[task], train=5, eval=7, ranges=ranges, seed=6)
    corpus = build(request, out=tmp_path / "c", workers=1)
    held_out = corpus.read("eval").to_pylist()
    items = list(draw_problems([task], ranges, 7, seed=6))
    assert [item.id for item in items] == [record["id"] for record in held_out]
    assert [item.prompt for item in items] == [record["prompt"] for record in held_out]
    assert [item.gold for item in items] == [record["answer"] for record in held_out]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("eval",), 2, "--model: is required with backend `hf`"),
        (("eval", "--backend", "reference", "--model", "x"), 2, "--model: requires backend `hf`"),
        (("eval", "--backend", "gpt"), 2, "--backend"),
        (("eval", "--model", "./nope"), 1, "model ./nope: there is no folder of this name"),
        (("eval", "--backend", "reference", "--tasks", "nope"), 1, "no task is called `nope`"),
        (("eval", "--backend", "reference", "--ranges", "XL"), 1, "XL"),
        (("train", "nope.yaml"), 1, "nope.yaml"),
        (("train",), 2, "CONFIG"),
    ],
)
def test_mistakes(
    tmtail: Command, tmp_path, monkeypatch, arguments, code: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = tmtail(*arguments)
    assert answer.code == code
    assert message in answer.err
    assert "Traceback" not in answer.err


def test_every_fault_of_a_configuration_is_named(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "train.yaml"
    file.write_text("otu: x\nschedule: {steps: -1}\n")
    answer = tmtail("train", file)
    assert answer.code == 1
    assert "did you mean `out`?" in answer.err
    assert "`data` is missing" in answer.err
    assert "`steps` must be at least 1, not -1" in answer.err


@pytest.mark.slow
def test_from_a_corpus_to_a_score(tmtail: Command, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    request = CorpusRequest(tasks=[get("bubble_sort")], train=20, eval=4, probe=0, ranges=("S",))
    build(request, out=corpus, workers=1)
    config = tmp_path / "train.yaml"
    config.write_text(
        f"out: {tmp_path / 'run'}\n"
        f"data: {{corpus: {corpus}, max_length: 3000}}\n"
        "model: {layers: 1, width: 32, heads: 2, feed_forward: 64}\n"
        "schedule: {steps: 2, batch_size: 2}\n"
    )
    result = json.loads(tmtail("train", config, "--json").out)
    assert [step for step, _ in result["loss"]] == [1, 2]
    scored = tmtail("eval", "--model", result["model"], "--tasks", "bubble_sort", "--ranges", "S",
                    "--n", 2, "--json")  # fmt: skip
    (row,) = json.loads(scored.out)["rows"]
    assert sum(row["verdicts"].values()) == row["items"] == 2
    assert tmtail("train", config).err.startswith("tmtail: error: ")


@pytest.mark.parametrize(("layers", "short"), [(1, ""), (160, "it needs")])
def test_a_plan_says_whether_the_memory_is_enough(
    tmtail: Command, tmp_path: Path, layers: int, short: str
) -> None:
    corpus = tmp_path / "corpus"
    build(CorpusRequest(tasks=[get("bubble_sort")], train=5, eval=2), out=corpus, workers=1)
    (tmp_path / "run.yaml").write_text(
        f"out: {tmp_path / 'run'}\ndata: {{corpus: {corpus}, max_length: 4096}}\n"
        f"model: {{layers: {layers}, width: 8192, heads: 64, context: 4096}}\n"
        "schedule: {steps: 1, batch_size: 1}\n"
    )
    answer = tmtail("train", tmp_path / "run.yaml", "--plan")
    (line,) = [line for line in answer.out.splitlines() if line.startswith("memory")]
    assert line.endswith(" of 80 GB on each")
    assert answer.code == (1 if short else 0)
    assert answer.err.startswith("tmtail: this run would fail: it needs" if short else "")
    assert "data.max_length" not in answer.err


def test_a_plan_says_what_is_too_long(tmtail: Command, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    build(CorpusRequest(tasks=[get("bubble_sort")], train=5, eval=2), out=corpus, workers=1)
    (tmp_path / "run.yaml").write_text(
        f"out: {tmp_path / 'run'}\ndata: {{corpus: {corpus}, max_length: 100}}\n"
        "model: {layers: 1, width: 32, heads: 2}\nschedule: {steps: 1, batch_size: 1}\n"
    )
    plan = tmtail("train", tmp_path / "run.yaml", "--plan")
    assert plan.code == 1
    assert re.search(r"about [0-9,]+ tokens, more than data.max_length \(100\)", plan.err)
    faults = json.loads(tmtail("train", tmp_path / "run.yaml", "--plan", "--json").out)["faults"]
    assert len(faults) == 1


def test_a_recipe_is_called_by_its_name(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(CorpusRequest(tasks=[get("bubble_sort")], train=5, eval=2), out=tmp_path / "corpus")
    plan = tmtail("train", "qwen2.5-7b-lora", "--plan")
    assert (plan.code, plan.out.split()[1]) == (0, "7,777,097,216,")
    on_core = tmtail("train", "tiny-cpu", "--plan", "--device", "CPU").out
    assert re.search(r"^time +[\d.]+ minutes on 1 × CPU$", on_core, re.MULTILINE)
    shown = tmtail("show", "qwen2.5-7b-lora").out
    (tmp_path / "run.yaml").write_text(shown)
    assert tmtail("train", "run.yaml", "--plan").out == plan.out
