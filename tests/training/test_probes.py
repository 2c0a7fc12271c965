"""Probes while training: on the probe split, told as they come, and choosing by S alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

import tasks
from evaluation.problems.selection import load_problems
from tasks.corpus import Corpus, CorpusRequest, build
from tests.support.training_runs import config
from training.config import Data, Probe, Schedule
from training.probes import best_step, read_probes
from training.train import train


@pytest.fixture(scope="module")
def corpus(tmp_path_factory) -> Corpus:
    task = tasks.get("compare_numbers", plain=True, ranges={"S": (1, 1), "M": (2, 2)})
    request = CorpusRequest(tasks=[task], train=16, eval=4, probe=6, ranges=("S", "M"))
    return build(request, out=tmp_path_factory.mktemp("probes") / "corpus", workers=1)


def run(corpus: Corpus, out: Path, **probe: object):
    schedule = Schedule(steps=5, batch_size=4, learning_rate=1e-2, save_every=2)
    fixed = {"every": 2, "items": 3, "ranges": ("S", "M"), "batch_size": 3}
    plan = config(
        corpus.folder,
        "",
        data=Data(corpus=corpus.folder, max_length=512, pack=512),
        schedule=schedule,
        probe=Probe(**{**fixed, **probe}),
    )
    shape = replace(plan.model, context=1024)
    return replace(plan, out=out, model=shape)


def test_held_out_problems_are_the_records_of_their_split(corpus) -> None:
    for split in ("probe", "eval"):
        records = corpus.read(split).to_pylist()
        items = list(load_problems(corpus, split, ("S", "M"), 99))
        assert [item.id for item in items] == [record["id"] for record in records]
        assert [item.prompt for item in items] == [record["prompt"] for record in records]
        assert [str(item.reference) for item in items] == [r["completion"] for r in records]
    assert len(list(load_problems(corpus, "probe", ("S", "M"), 2))) == 4


def test_a_run_is_probed_as_it_goes(corpus, tmp_path: Path) -> None:
    train(run(corpus, tmp_path / "run"))
    lines = read_probes(tmp_path / "run")
    assert [line["step"] for line in lines] == [2, 4, 5]
    for line in lines:
        assert [(row["range"], row["items"]) for row in line["rows"]] == [("S", 3), ("M", 3)]
    assert (tmp_path / "run" / "probes.png").read_bytes().startswith(b"\x89PNG")
    record = json.loads((tmp_path / "run" / "model" / "tmtail.json").read_text())
    probed = [row for row in record["history"] if any(key.startswith("probe") for key in row)]
    assert [row["step"] for row in probed] == [2, 4, 5]


def test_probes_change_nothing_in_the_run(corpus, tmp_path: Path) -> None:
    one = train(run(corpus, tmp_path / "one"))
    other = train(run(corpus, tmp_path / "other", every=0))
    assert one.loss == other.loss


def probed(out: Path, *scores: tuple[int, float, float]) -> None:
    out.mkdir()
    lines = [
        {"step": step, "rows": [
            {"task": "t", "range": where, "exact_chains": {"value": value}}
            for where, value in (("S", on_s), ("L", on_l))
        ]}
        for step, on_s, on_l in scores
    ]  # fmt: skip
    (out / "probes.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_the_best_is_chosen_by_s_alone(tmp_path: Path) -> None:
    probed(tmp_path / "a", (2, 0.5, 0.9), (4, 0.8, 0.0), (6, 0.8, 0.9), (8, 0.7, 1.0))
    assert best_step(tmp_path / "a") == 4
    with pytest.raises(ValueError, match="no probe of S"):
        best_step(tmp_path / "none")


def test_the_model_of_the_best_step_is_kept(corpus, tmp_path: Path, monkeypatch) -> None:
    plan = run(corpus, tmp_path / "run", keep="best")
    plan = replace(plan, schedule=replace(plan.schedule, steps=4))
    monkeypatch.setattr("training.train.best_step", lambda out: 2)
    trained = train(plan)
    kept = (trained.model / "model.safetensors").read_bytes()
    saved = tmp_path / "run" / "checkpoints"
    assert kept == (saved / "checkpoint-2" / "model.safetensors").read_bytes()
    assert kept != (saved / "checkpoint-4" / "model.safetensors").read_bytes()
    assert json.loads((trained.model / "tmtail.json").read_text())["step"] == 2
