"""Training runs, tiny ones: what is learned, saved, resumed, adapted and refused."""

import json
import os
import pickle
import shutil
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback

from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from tests.support.training_runs import RECORDS, config, write_corpus
from tm.support.files import FolderInUseError, sole_writer
from training.checkpoints import newest_checkpoint
from training.config import Adapter, Data, Model, Positions, Probe, Schedule
from training.data.records import chosen_records
from training.models.adapters import merge
from training.models.tokenizer import byte_tokenizer
from training.train import _arguments, _recomputes_activations, train


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path)


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
        "no record of x; the corpus has count S": {"data": replace(data, tasks=("x",))},
        "has training records of count S, but data.ranges is M; add S": {
            "data": replace(data, ranges=("M",))
        },
        "8 of 8 records are longer": {"data": replace(data, max_length=5)},
        "data.max_length must be at most the model's context of 64 tokens, not 65": {
            "data": replace(data, max_length=65)
        },
        "positions.reach must be at most": {"positions": Positions(kind="gaps", reach=99)},
        "batch_size 5 is not a multiple": {
            "schedule": Schedule(steps=1, batch_size=5, device_batch=2)
        },
        "not a finished corpus": {"probe": Probe(every=2)},
        "no such file or folder": {"data": replace(data, corpus=tmp_path / "none")},
        "there is no config.json": {"model": Model(base="./none")},
    }
    for number, (message, more) in enumerate(cases.items()):
        with pytest.raises(ValueError, match=message):
            train(config(corpus, f"refused{number}", **more))
    with pytest.raises(ValueError, match="no checkpoint to resume from"):
        train(config(corpus, "fresh"), resume=True)
    done = config(corpus, "done", steps=1)
    train(done)
    with pytest.raises(ValueError, match="already has a trained model"):
        train(done)


def test_two_runs_cannot_write_into_one_folder(corpus: Path) -> None:
    run = config(corpus, "run", steps=1)
    with sole_writer(run.out), pytest.raises(FolderInUseError, match="another process is writing"):
        train(run)
    train(run)


def test_an_adapter_refuses_another_base(corpus: Path) -> None:
    base, other = (
        train(config(corpus, name, seed=seed)).model for name, seed in (("base", 1), ("other", 2))
    )
    adapted = train(
        config(corpus, "adapter", model=Model(base=str(base)), adapter=Adapter(rank=2))
    ).model
    load_model(str(adapted), base=str(base))
    with pytest.raises(ValueError, match="trained on another base"):
        load_model(str(adapted), base=str(other))
    with pytest.raises(ValueError, match="adapter"):
        load_model(str(base), base=str(other))


def test_merging_changes_no_logit(corpus: Path, tmp_path: Path) -> None:
    base = train(config(corpus, "base")).model
    adapted = train(
        config(corpus, "adapter", model=Model(base=str(base)), adapter=Adapter(rank=2))
    ).model
    assert merge(str(adapted), tmp_path / "merged") < 1e-5
    ids = torch.tensor(encode(load_model(str(base))[1], ["after 3?\n"]))
    one, other = (load_model(str(m))[0](ids).logits for m in (adapted, tmp_path / "merged"))
    assert torch.allclose(one, other, atol=1e-5)
    with pytest.raises(ValueError, match="exists; nothing is overwritten"):
        merge(str(adapted), tmp_path / "merged")
    with pytest.raises(ValueError, match="is not an adapter"):
        merge(str(base), tmp_path / "more")


def test_epochs_and_packs(corpus: Path) -> None:
    schedule = Schedule(epochs=3, batch_size=1, learning_rate=1e-2)
    data = Data(corpus=corpus, max_length=32, pack=64)
    trained = train(config(corpus, "run", data=data, schedule=schedule))
    record = json.loads((trained.model / "tmtail.json").read_text())
    assert record["step"] == 3 * -(-record["record_tokens"] // 64)  # best fit wastes no pack here
    assert trained.tokens == 3 * record["record_tokens"]


def test_the_record_says_how_it_was_made(corpus: Path) -> None:
    gaps = Positions(kind="gaps", reach=64)
    trained = train(config(corpus, "run", positions=gaps, tensorboard=True))
    record = json.loads((trained.model / "tmtail.json").read_text())
    assert "positions.kind: gaps, in the paper plain" in record["ours"]
    assert record["corpus"] is None  # a single file has no manifest
    assert record["device"].startswith("CPU" if not torch.cuda.is_available() else "1")
    assert len(record["revision"].rstrip("+")) == 40
    assert [row["loss"] for row in record["history"] if "loss" in row] == [
        loss for _, loss in trained.loss
    ]
    assert list((corpus.parent / "run" / "tensorboard").glob("events*"))


def test_a_checkout_that_is_not_installed_trains(corpus: Path, monkeypatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    trained = train(config(corpus, "run", steps=1))
    record = json.loads((trained.model / "tmtail.json").read_text())
    assert record["versions"]["tmtail"] is None


def test_a_cut_checkpoint_is_passed_over(corpus: Path) -> None:
    schedule = Schedule(steps=8, batch_size=4, learning_rate=1e-2, save_every=2)
    whole = config(corpus, "whole", schedule=schedule)
    broken = replace(whole, out=corpus.parent / "broken")
    with pytest.raises(KeyboardInterrupt):
        train(broken, callbacks=(Interrupt(),))
    first = newest_checkpoint(broken.out)
    assert first is not None
    assert first.name == "checkpoint-2"
    shutil.copytree(first, first.with_name("checkpoint-4"))
    (first.with_name("checkpoint-4") / "whole").unlink()
    (first.with_name("checkpoint-4") / "model.safetensors").write_bytes(b"cut")
    assert newest_checkpoint(broken.out) == first
    resumed, uninterrupted = weights(train(broken, resume=True).model), weights(train(whole).model)
    assert all(torch.equal(resumed[key], uninterrupted[key]) for key in resumed)


class Evil:
    """A pickle that runs a command when it is read."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize(
    "name", ["optimizer.pt", "scheduler.pt", "rng_state.pth", "model.safetensors"]
)
def test_nothing_in_a_checkpoint_is_run(corpus: Path, tmp_path: Path, name: str) -> None:
    run = config(corpus, "run", steps=4)
    run = replace(run, schedule=replace(run.schedule, save_every=2))
    train(run)
    shutil.rmtree(run.out / "model")
    shutil.rmtree(run.out / "checkpoints" / "checkpoint-4")
    evil = run.out / "checkpoints" / "checkpoint-2" / name
    assert evil.is_file()
    evil.write_bytes(pickle.dumps(Evil(f"touch {tmp_path / 'ran'}"), protocol=2))
    with pytest.raises(ValueError, match="checkpoint-2 is damaged"):
        train(run, resume=True)
    assert not (tmp_path / "ran").exists()


def test_no_gpu_and_too_small_a_gpu(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = Schedule(steps=1, precision="bf16")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=r"PyTorch finds no GPU.*schedule\.use_cpu: true"):
        train(config(corpus, "run", schedule=schedule))

    def fail(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nmore")

    monkeypatch.setattr("training.trainer.Trainer.compute_loss", fail)
    with pytest.raises(RuntimeError, match=r"device_batch.*\(CUDA out of memory.*2 GiB\)$"):
        train(config(corpus, "run"))


def test_bf16_on_a_cpu_that_was_asked_for(corpus: Path) -> None:
    schedule = replace(config(corpus, "").schedule, steps=40, use_cpu=True)
    half = train(config(corpus, "half", schedule=replace(schedule, precision="bf16")))
    losses = [loss for _, loss in half.loss]
    assert losses[-1] < 0.7 * losses[0]
    found, other = weights(half.model), weights(train(config(corpus, "o", schedule=schedule)).model)
    assert {tensor.dtype for tensor in found.values()} == {torch.float32}
    assert any((found[name] != other[name]).any() for name in found)  # it did compute in bf16
    assert json.loads((half.model / "tmtail.json").read_text())["device"].startswith("CPU")


def test_a_cpu_that_was_asked_for_where_there_is_a_gpu(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    run = config(corpus, "run", schedule=Schedule(steps=1, precision="bf16", use_cpu=True))
    arguments = _arguments(run, list(chosen_records(run.data)))
    assert arguments.device.type == "cpu"
    assert arguments.bf16
    assert not arguments.gradient_checkpointing


def test_weights_that_are_trained_are_kept_in_fp32(corpus: Path, monkeypatch) -> None:
    def seen(name: object, *arguments: object) -> None:
        raise RuntimeError(f"made in {arguments[-1]}")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("training.train.set_seed", lambda seed: None)
    for maker in ("make_model", "load_model"):
        monkeypatch.setattr(f"training.train.{maker}", seen)
    schedule = Schedule(steps=1, precision="bf16")
    base = Model(base="there")
    cases = {"float32": {}, "bfloat16": {"model": base, "adapter": Adapter()}}
    for dtype, more in cases.items():
        with pytest.raises(RuntimeError, match=f"made in torch.{dtype}$"):
            train(config(corpus, "run", schedule=schedule, **more))


def test_a_tokenizer_of_another_model(corpus: Path) -> None:
    base = train(config(corpus, "base")).model
    byte_tokenizer(["more words than this"] * 9, 270).save_pretrained(base)
    with pytest.raises(ValueError, match="tokens, and the model 258: they are not of one model"):
        load_model(str(base))


def test_activations_are_computed_twice_where_the_gpu_is_small(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = config(corpus, "run")
    records = list(chosen_records(plan.data))
    assert not _recomputes_activations(plan, records)  # nobody asks for it on a CPU
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for memory, again in ((80e9, False), (1e6, True)):
        monkeypatch.setattr(
            torch.cuda, "get_device_properties", lambda _, m=memory: SimpleNamespace(total_memory=m)
        )
        assert _recomputes_activations(plan, records) is again
    never = replace(plan, schedule=replace(plan.schedule, checkpoint_activations=False))
    assert not _recomputes_activations(never, records)
