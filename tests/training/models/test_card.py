"""Model cards: what the hub's own library reads from them, and what people read."""

import json
from pathlib import Path
from typing import Any

import yaml
from huggingface_hub import ModelCard

from evaluation.models.identity import model_digest
from tests.support.cli import call_here
from tm.support.files import sha256
from tm.support.strict_json import content_digest
from tmtail.cli.faults import ExitCode
from training.models.card import model_card

RECORD: dict[str, Any] = {
    "config": {
        "out": "/home/someone/out/sorter",
        "data": {"corpus": "/home/someone/corpus", "chat": False},
        "model": {"base": None},
        "probe": {"every": 5, "tasks": ["/home/someone/own.py"]},
    },
    "corpus": "ab" * 32,
    "trained_lengths": {"bubble_sort": 4},
    "step": 10,
    "records": 1_000,
    "tokens": 20_000,
    "seed": 3,
    "device": "CPU, 1 threads",
    "versions": {"torch": "2.13.0"},
    "scores": [
        {
            "split": "probe",
            "task": "bubble_sort",
            "range": range_name,
            "lengths": [low, low + 1],
            "problems": 50,
            "label_accuracy": accuracy,
            "exact_chains": exact,
        }
        for range_name, low, accuracy, exact in (("S", 2, 1.0, 0.98), ("M", 5, 0.625, 0.5))
    ],
}


def read_again(card: ModelCard) -> ModelCard:
    return ModelCard(str(card))


def recipe(card: ModelCard) -> dict[str, Any]:
    text = card.text.split("```yaml\n")[1].split("```")[0]
    recipe: dict[str, Any] = yaml.safe_load(text)
    return recipe


def test_a_card_has_the_scores_by_range() -> None:
    card = read_again(model_card(RECORD, is_adapter=False))
    assert card.data["library_name"] == "transformers"
    assert [
        (result.dataset_name, result.metric_type, result.metric_value)
        for result in card.data["eval_results"]
    ] == [
        ("bubble_sort S", "accuracy", 100.0),
        ("bubble_sort S", "exact_match", 98.0),
        ("bubble_sort M", "accuracy", 62.5),
        ("bubble_sort M", "exact_match", 50.0),
    ]
    assert "| bubble_sort | M | 5–6 | probe | 50 | 62.5 % | 50.0 % |" in card.text
    assert "ab" * 32 in card.text
    assert "# sorter" in card.text
    assert "Load its tokenizer by `transformers.PreTrainedTokenizerFast" in card.text


def test_a_card_has_the_recipe_without_places_on_this_machine() -> None:
    card = read_again(model_card(RECORD, is_adapter=False))
    assert recipe(card) == {
        "data": {"corpus": "corpus", "chat": False},
        "model": {"base": None},
        "probe": {"every": 5, "tasks": ["own.py"]},
    }
    assert "/home" not in str(card)


def test_only_a_base_model_of_a_hub_is_metadata() -> None:
    for base, data, shown in (
        ("Qwen/Qwen2.5-0.5B", "Qwen/Qwen2.5-0.5B", "Qwen/Qwen2.5-0.5B"),
        ("/home/someone/base", None, "base"),
    ):
        record = RECORD | {"config": RECORD["config"] | {"model": {"base": base}}}
        card = read_again(model_card(record, is_adapter=True))
        assert card.data["library_name"] == "peft"
        assert card.data.get("base_model") == data
        assert f"| base model | {shown} |" in card.text
        assert "Load its tokenizer" not in card.text


def test_a_model_without_a_probe_has_no_scores() -> None:
    card = read_again(model_card(RECORD | {"scores": []}, is_adapter=True))
    assert not card.data.get("eval_results")
    assert "`tmtail eval` scores the model" in card.text


def write_results(folder: Path, weights: str, accuracy: float) -> None:
    folder.mkdir()
    (folder / "items.jsonl").write_text("")
    row = {
        "task": "bubble_sort", "range": "L", "lengths": [7, 8], "items": 500,
        "label_accuracy": {"value": accuracy}, "exact_chains": None,
    }  # fmt: skip
    results = {
        "weights": weights,
        "split": "eval",
        "rows": [row],
        "files": {"items.jsonl": sha256(folder / "items.jsonl")},
    }
    results["blake2b"] = content_digest(results)
    (folder / "results.json").write_text(json.dumps(results))


def test_scores_of_evaluations_are_added(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"weights")
    (model / "tmtail.json").write_text(json.dumps(RECORD))
    for name, accuracy in (("first", 0.25), ("second", 0.5)):
        write_results(tmp_path / name, model_digest(str(model)), accuracy)
        assert call_here("card", model, tmp_path / name).code == 0
    card = ModelCard.load(model / "README.md")
    assert [
        (result.dataset_name, result.dataset_split, result.metric_value)
        for result in card.data.eval_results
        if result.metric_type == "accuracy"
    ] == [
        ("bubble_sort S", "probe", 100.0),
        ("bubble_sort M", "probe", 62.5),
        ("bubble_sort L", "eval", 50.0),
    ]
    assert "| bubble_sort | L | 7–8 | eval | 500 | 50.0 % | – |" in card.text


def test_scores_of_another_model_are_refused(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"weights")
    write_results(tmp_path / "results", "another", 0.5)
    answer = call_here("card", model, tmp_path / "results")
    assert answer.code == ExitCode.FAULT
    assert "has no training record (tmtail.json)" in answer.err
    (model / "tmtail.json").write_text(json.dumps(RECORD))
    answer = call_here("card", model, tmp_path / "results")
    assert answer.code == ExitCode.FAULT
    assert "the results are not those of the model in" in answer.err
    assert not (model / "README.md").exists()
