"""Probes during training: on the probe split, written as they are made, chosen by S only."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

import tasks
from evaluation.problems.selection import load_problems
from tasks.corpus import Corpus, CorpusRequest, build
from tests.support.models.training_runs import description, tiny_config
from tm.support.files import sha256
from training.config import Config, Data, Probe, Schedule
from training.probes import best_step, read_probes
from training.train import TrainingResult, train


@pytest.fixture(scope="module")
def probe_corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    task = tasks.get("compare_numbers", plain=True, ranges={"S": (1, 1), "M": (2, 2)})
    request = CorpusRequest(tasks=[task], train=16, eval=4, probe=6, ranges=("S", "M"))
    return build(request, out=tmp_path_factory.mktemp("probes") / "corpus", workers=1)


def run_config(corpus: Corpus, out: Path, probe: Probe) -> Config:
    config = tiny_config(
        corpus.folder,
        "",
        data=Data(corpus=corpus.folder, max_length=512, pack=512),
        schedule=Schedule(steps=5, batch_size=4, learning_rate=1e-2, save_every=2),
        probe=probe,
    )
    # Learned words make texts short, and so probes fast.
    return replace(config, out=out, model=replace(config.model, context=1024, vocabulary=400))


@pytest.fixture(scope="module")
def probed_run(probe_corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """A run with probes at steps 2, 4 and 5, none of which has an exact text: step 2 is best."""
    probe = Probe(every=2, items=3, ranges=("S", "M"), batch_size=3, keep="best")
    return train(run_config(probe_corpus, tmp_path_factory.mktemp("probed") / "run", probe))


def test_held_out_problems_are_the_records_of_their_split(probe_corpus: Corpus) -> None:
    for split in ("probe", "eval"):
        records = probe_corpus.read(split).to_pylist()
        problems = list(load_problems(probe_corpus, split, ("S", "M"), 99))
        assert [problem.id for problem in problems] == [record["id"] for record in records]
        assert [problem.prompt for problem in problems] == [r["prompt"] for r in records]
        assert [str(problem.reference) for problem in problems] == [
            record["completion"] for record in records
        ]
    assert len(list(load_problems(probe_corpus, "probe", ("S", "M"), 2))) == 4


def test_a_run_is_probed_every_few_steps_and_at_its_end(probed_run: TrainingResult) -> None:
    out = probed_run.model.parent
    probes = read_probes(out)
    assert [probe["step"] for probe in probes] == [2, 4, 5]
    for probe in probes:
        assert [(row["range"], row["items"]) for row in probe["rows"]] == [("S", 3), ("M", 3)]
        # Every output was decoded with its reference as a draft.
        assert [row["verification"]["outputs"] for row in probe["rows"]] == [3, 3]
    assert (out / "probes.png").read_bytes().startswith(b"\x89PNG")
    history = description(probed_run.model)["history"]
    steps = [row["step"] for row in history if any(key.startswith("probe") for key in row)]
    assert steps == [2, 4, 5]


def test_probes_do_not_influence_training(
    probed_run: TrainingResult, probe_corpus: Corpus, tmp_path: Path
) -> None:
    unprobed = train(run_config(probe_corpus, tmp_path / "run", Probe()))
    assert unprobed.loss == probed_run.loss


def test_the_weights_of_the_best_probe_are_kept(probed_run: TrainingResult) -> None:
    checkpoints = probed_run.model.parent / "checkpoints"
    kept, best, other = (
        (folder / "model.safetensors").read_bytes()
        for folder in (probed_run.model, checkpoints / "checkpoint-2", checkpoints / "checkpoint-4")
    )
    assert best_step(probed_run.model.parent) == 2
    assert kept == best
    assert kept != other
    assert description(probed_run.model)["step"] == 2


def test_the_card_has_the_scores_of_the_kept_step(
    probed_run: TrainingResult, probe_corpus: Corpus
) -> None:
    card = ModelCard.load(probed_run.model / "README.md")
    rows = read_probes(probed_run.model.parent)[0]["rows"]
    assert [
        (result.dataset_config, result.dataset_split, result.metric_type, result.metric_value)
        for result in card.data.eval_results
    ] == [
        (f"{row['task']}-{row['range']}", "probe", metric, round(100 * row[key]["value"], 1))
        for row in rows
        for metric, key in (("accuracy", "label_accuracy"), ("exact_match", "exact_chains"))
    ]
    assert sha256(probe_corpus.folder / "manifest.json") in card.text
    assert str(probe_corpus.folder.parent) not in str(card)


def lines(*scores: tuple[int, float, float]) -> Iterator[str]:
    """Yield the lines of a file of probes with these (step, exact texts on S, on L)."""
    for step, on_s, on_l in scores:
        rows = [
            {"task": "t", "range": name, "exact_chains": {"value": value}}
            for name, value in (("S", on_s), ("L", on_l))
        ]
        yield json.dumps({"step": step, "rows": rows}) + "\n"


def test_the_best_step_is_the_first_with_the_most_exact_texts_on_s(tmp_path: Path) -> None:
    scores = [(2, 0.5, 0.9), (4, 0.8, 0.0), (6, 0.8, 0.9), (8, 0.7, 1.0)]
    (tmp_path / "probes.jsonl").write_text("".join(lines(*scores)))
    assert best_step(tmp_path) == 4
    with pytest.raises(ValueError, match="no probe of S"):
        best_step(tmp_path / "none")
