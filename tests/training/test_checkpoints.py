"""Checkpoints that count only when complete, resumed runs, and the weights of sharded models."""

import os
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate import FullyShardedDataParallelPlugin
from safetensors.torch import load_file
from transformers import TrainerCallback
from trl import SFTConfig

from tests.support.models.training_runs import (
    assert_equal,
    description,
    tiny_config,
    weights,
    write_corpus,
)
from training.checkpoints import newest_checkpoint, save_weights
from training.config import Adapter, Config, Positions, Probe, Schedule
from training.data.collator import Collator
from training.data.records import chosen_records
from training.data.tokenisation import training_set
from training.models.adapters import lora
from training.models.random import make_model
from training.train import train
from training.trainer import Trainer


class Interrupt(TrainerCallback):
    """Interrupts a run after its first checkpoint, like a signal."""

    def on_save(self, *args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt


@pytest.fixture(scope="module")
def checkpointed(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A finished run of 8 steps with gaps in positions, and with its last two checkpoints."""
    corpus = write_corpus(tmp_path_factory.mktemp("checkpointed"))
    schedule = Schedule(steps=8, batch_size=4, learning_rate=1e-2, save_every=4)
    positions = Positions(kind="gaps", reach=60)
    config = tiny_config(corpus, "run", schedule=schedule, positions=positions)
    train(config)
    return config


@pytest.fixture
def interrupted(checkpointed: Config, tmp_path: Path) -> Config:
    """The same run, interrupted after step 4."""
    config = replace(checkpointed, out=tmp_path / "interrupted")
    shutil.copytree(checkpointed.out, config.out)
    shutil.rmtree(config.out / "model")
    shutil.rmtree(config.out / "checkpoints" / "checkpoint-8")
    return config


def test_a_resumed_run_equals_an_uninterrupted_one(checkpointed: Config, tmp_path: Path) -> None:
    broken = replace(checkpointed, out=tmp_path / "broken")
    with pytest.raises(KeyboardInterrupt):
        train(broken, callbacks=(Interrupt(),))
    assert not (broken.out / "model").exists()
    with pytest.raises(ValueError, match="has an unfinished run"):
        train(broken)
    resumed = train(broken, resume=True)
    assert_equal(weights(checkpointed.out / "model"), weights(resumed.model))


def test_an_incomplete_checkpoint_is_ignored(checkpointed: Config, interrupted: Config) -> None:
    complete = newest_checkpoint(interrupted.out)
    assert complete is not None
    assert complete.name == "checkpoint-4"
    incomplete = complete.with_name("checkpoint-6")
    shutil.copytree(complete, incomplete)
    (incomplete / "whole").unlink()
    (incomplete / "model.safetensors").write_bytes(b"cut")
    assert newest_checkpoint(interrupted.out) == complete
    resumed = train(interrupted, resume=True)
    assert_equal(weights(checkpointed.out / "model"), weights(resumed.model))


class Malicious:
    """A pickle that runs a command when it is loaded."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (self.command,)


@pytest.mark.parametrize(
    "name", ["optimizer.pt", "scheduler.pt", "rng_state.pth", "model.safetensors"]
)
def test_no_code_in_a_checkpoint_is_executed(
    interrupted: Config, tmp_path: Path, name: str
) -> None:
    file = interrupted.out / "checkpoints" / "checkpoint-4" / name
    assert file.is_file()
    file.write_bytes(pickle.dumps(Malicious(f"touch {tmp_path / 'executed'}"), protocol=2))
    with pytest.raises(ValueError, match="checkpoint-4 is damaged"):
        train(interrupted, resume=True)
    assert not (tmp_path / "executed").exists()


def make_trainer(corpus: Path, adapter: Adapter | None = None) -> Trainer:
    config = tiny_config(corpus, "run")
    torch.manual_seed(0)
    model, tokenizer = make_model(config.model, [], torch.float32)
    return Trainer(
        model=model,
        args=SFTConfig(
            output_dir=str(config.out), use_cpu=True, bf16=False, max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True}, report_to="none",
        ),
        train_dataset=training_set(chosen_records(config.data), tokenizer, 32),
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, config.positions, 0),
        peft_config=lora(adapter, model) if adapter else None,
    )  # fmt: skip


def set_sharded(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a trainer treat its model as sharded by FSDP2, as the shipped launcher file does."""
    plugin = FullyShardedDataParallelPlugin(fsdp_version=2, state_dict_type="SHARDED_STATE_DICT")
    monkeypatch.setattr(trainer.accelerator.state, "fsdp_plugin", plugin, raising=False)
    trainer.is_fsdp_enabled = True


def test_a_sharded_model_is_saved_in_full(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make_trainer(corpus)
    set_sharded(trainer, monkeypatch)
    save_weights(trainer, tmp_path / "model")
    saved = load_file(tmp_path / "model" / "model.safetensors")
    state = trainer.model.state_dict()
    assert set(state) - set(saved) <= {"lm_head.weight"}  # tied to the embedding
    assert all(torch.equal(value, state[key]) for key, value in saved.items())
    assert not (tmp_path / "model" / "training_args.bin").exists()


def test_the_adapter_of_a_sharded_model_is_saved_alone(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make_trainer(corpus, Adapter(rank=2))
    set_sharded(trainer, monkeypatch)
    save_weights(trainer, tmp_path / "model")
    saved = load_file(tmp_path / "model" / "adapter_model.safetensors")
    assert saved
    assert all("lora_" in key for key in saved)
    assert not (tmp_path / "model" / "model.safetensors").exists()


def test_saving_no_weights_is_an_error(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = make_trainer(corpus)
    (tmp_path / "model").mkdir()
    monkeypatch.setattr(trainer, "save_model", lambda folder: None)
    with pytest.raises(RuntimeError, match="no weights were written"):
        save_weights(trainer, tmp_path / "model")


def test_a_checkpoint_is_marked_after_all_processes_have_written(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config(corpus, "run", steps=2)
    marked: list[bool] = []

    def wait(self: object) -> None:
        marked.append((config.out / "checkpoints" / "checkpoint-2" / "whole").exists())

    monkeypatch.setattr("training.checkpoints.PartialState.wait_for_everyone", wait)
    result = train(replace(config, schedule=replace(config.schedule, save_every=2)))
    assert marked[0] is False
    assert description(result.model)["step"] == 2


def test_a_sharded_model_is_not_probed(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(ValueError, match=r"decode in one process.*probe\.every: 0"):
        train(tiny_config(corpus, "run", probe=Probe(every=2)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: replace(c, seed=1), r"recipe\.seed: 0 there, 1 here"),
        (
            lambda c: replace(c, schedule=replace(c.schedule, learning_rate=1e-3)),
            r"recipe\.schedule\.learning_rate: 0.01 there, 0.001 here",
        ),
        (
            lambda c: replace(c, schedule=replace(c.schedule, batch_size=2)),
            r"recipe\.schedule\.batch_size",
        ),
        (
            lambda c: replace(c, positions=Positions(kind="gaps", reach=50)),
            r"recipe\.positions\.reach",
        ),
    ],
    ids=["seed", "learning rate", "batch", "positions"],
)
def test_another_run_does_not_resume(
    interrupted: Config, change: Callable[[Config], Config], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        train(change(interrupted), resume=True)


def test_another_corpus_does_not_resume(interrupted: Config, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    corpus.write_text(corpus.read_text().replace("after 3?", "after 30?"))
    with pytest.raises(ValueError, match=r"another recipe, corpus or model \(corpus: "):
        train(replace(interrupted, data=replace(interrupted.data, corpus=corpus)), resume=True)
    (interrupted.out / "run.json").unlink()
    with pytest.raises(ValueError, match=r"run\.json: the file is missing"):
        train(interrupted, resume=True)


def test_what_decides_about_memory_may_change(checkpointed: Config, interrupted: Config) -> None:
    schedule = replace(interrupted.schedule, checkpoint_activations=True)
    train(replace(interrupted, schedule=schedule), resume=True)
    expected = weights(checkpointed.out / "model")
    resumed = weights(interrupted.out / "model")
    assert all(torch.allclose(resumed[name], expected[name], atol=1e-5) for name in expected)


def test_a_run_resumes_if_it_can(checkpointed: Config, tmp_path: Path) -> None:
    config = replace(checkpointed, out=tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        train(config, resume="if-any", callbacks=(Interrupt(),))
    resumed = train(config, resume="if-any")
    assert_equal(weights(checkpointed.out / "model"), weights(resumed.model))
    assert not (config.out / "tokens").exists()


def test_losses_after_resuming_off_a_report_are_the_same(tmp_path: Path) -> None:
    """A report of 80 steps is every two steps; the checkpoint is in between."""
    corpus = write_corpus(tmp_path)
    schedule = Schedule(steps=80, batch_size=4, learning_rate=1e-2, save_every=47)
    whole = train(tiny_config(corpus, "whole", schedule=schedule))
    broken = tiny_config(corpus, "broken", schedule=schedule)
    with pytest.raises(KeyboardInterrupt):
        train(broken, callbacks=(Interrupt(),))
    resumed = train(broken, resume=True)
    assert resumed.loss == whole.loss
    assert resumed.tokens == whole.tokens


@pytest.mark.parametrize("fault", ["loss", "weight"])
def test_a_run_that_diverges_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    class Spoil(TrainerCallback):
        def on_step_end(self, *_: object, model: Any = None, **__: object) -> None:
            next(model.parameters()).data.fill_(float("nan"))

    corpus = write_corpus(tmp_path)
    config = tiny_config(corpus, "run", steps=1 if fault == "weight" else 3)
    message = "is not a number" if fault == "weight" else "step 2: the loss is nan"
    with pytest.raises(ValueError, match=message):
        train(config, callbacks=(Spoil(),))
    assert not (config.out / "model").exists()


def test_a_disk_that_is_full_is_named(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 7 vs 3")

    config = tiny_config(corpus, "run", steps=2)
    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(OSError, match=r"cannot be written.*free some space, and resume"):
        train(replace(config, schedule=replace(config.schedule, save_every=2)))
