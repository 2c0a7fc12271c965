"""Training runs, tiny ones: what is learned, saved, resumed, adapted and refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from evaluation.models import encode, load_model
from training.config import Adapter, Config, Data, Model, Positions, Schedule
from training.tokenizer import byte_tokenizer
from training.train import train

RECORDS = [
    {"id": f"{n}", "task": "count", "range": "S",
     "prompt": f"after {n}?\n", "completion": f"answer: {n + 1}"}
    for n in range(8)
]  # fmt: skip


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    file = tmp_path / "corpus.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return file


def config(corpus: Path, name: str, steps: int = 6, **more: object) -> Config:
    fixed = {
        "out": corpus.parent / name,
        "data": Data(corpus=corpus, max_length=32, ranges=("S",)),
        "model": Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=64),
        "schedule": Schedule(steps=steps, batch_size=4, learning_rate=1e-2),
    }
    return Config(**{**fixed, **more})  # type: ignore[arg-type]


def weights(model: Path) -> dict[str, torch.Tensor]:
    return load_file(model / "model.safetensors")


def test_a_run_learns_and_leaves_a_model_that_loads(corpus: Path) -> None:
    shape = replace(config(corpus, "").model, vocabulary=300)
    trained = train(
        config(corpus, "run", steps=40, model=shape, positions=Positions(kind="gaps", reach=64))
    )
    losses = [loss for _, loss in trained.loss]
    assert losses[-1] < 0.7 * losses[0]
    model, tokenizer = load_model(str(trained.model))
    texts = [record["prompt"] + record["completion"] for record in RECORDS]
    made = byte_tokenizer(texts, 300)  # what the run made for itself
    assert encode(tokenizer, texts) == encode(made, texts) != encode(byte_tokenizer(), texts)
    assert model.config.eos_token_id == tokenizer.eos_token_id
    assert trained.tokens == 40 * 4 * (len(encode(made, texts)[0]) + 1)  # all are of one length
    record = json.loads((trained.model / "tmtail.json").read_text())
    assert record["config"]["schedule"]["steps"] == 40
    assert record["config"]["seed"] == 0
    assert record["records"] == 8
    assert "torch" in record["versions"]
    assert not list(trained.model.glob("*.bin"))
    assert not list(trained.model.glob("*.pt"))


def test_the_same_seed_gives_the_same_weights(corpus: Path) -> None:
    one, again, other = (
        weights(train(config(corpus, name, seed=seed)).model)
        for name, seed in [("one", 1), ("again", 1), ("other", 2)]
    )
    assert all(torch.equal(one[key], again[key]) for key in one)
    assert not all(torch.equal(one[key], other[key]) for key in one)


class Interrupt(TrainerCallback):
    """Breaks a run off after its first checkpoint, as a signal would."""

    def on_save(self, *args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt


def test_a_resumed_run_equals_an_uninterrupted_one(corpus: Path) -> None:
    positions = Positions(kind="gaps", reach=60)
    schedule = Schedule(steps=8, batch_size=4, learning_rate=1e-2, save_every=4)
    whole = config(corpus, "whole", schedule=schedule, positions=positions)
    broken = replace(whole, out=corpus.parent / "broken")
    with pytest.raises(KeyboardInterrupt):
        train(broken, callbacks=(Interrupt(),))
    assert not (broken.out / "model").exists()
    with pytest.raises(ValueError, match="unfinished run"):
        train(broken)
    resumed, uninterrupted = weights(train(broken, resume=True).model), weights(train(whole).model)
    assert all(torch.equal(resumed[key], uninterrupted[key]) for key in resumed)


def test_an_adapter_is_trained_on_a_frozen_base(corpus: Path) -> None:
    base = train(config(corpus, "base")).model
    before = weights(base)
    adapted = train(
        config(corpus, "adapter", model=Model(base=str(base)), adapter=Adapter(rank=2))
    ).model
    assert (adapted / "adapter_model.safetensors").is_file()
    assert not (adapted / "model.safetensors").exists()
    assert all(torch.equal(before[key], value) for key, value in weights(base).items())
    model, tokenizer = load_model(str(adapted))
    plain, _ = load_model(str(base))
    ids = torch.tensor(encode(tokenizer, ["after 3?\n"]))
    assert not torch.equal(model(ids).logits, plain(ids).logits)


def test_refusals(corpus: Path, tmp_path: Path) -> None:
    data = Data(corpus=corpus, max_length=32)
    cases = {
        "no record of what is asked for; it holds count S": {"data": replace(data, tasks=("x",))},
        "has records of count S to train on, and data.ranges are M: add S": {
            "data": replace(data, ranges=("M",))
        },
        "8 of 8 records are longer": {"data": replace(data, max_length=5)},
        "no such file or folder": {"data": replace(data, corpus=tmp_path / "none")},
        "there is no config.json": {"model": Model(base="./none")},
    }
    for number, (message, more) in enumerate(cases.items()):
        with pytest.raises(ValueError, match=message):
            train(config(corpus, f"refused{number}", **more))
    with pytest.raises(ValueError, match="no checkpoint to go on from"):
        train(config(corpus, "fresh"), resume=True)
    done = config(corpus, "done", steps=1)
    train(done)
    with pytest.raises(ValueError, match="holds a trained model already"):
        train(done)
