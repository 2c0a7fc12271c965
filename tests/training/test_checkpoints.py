"""What is written is whole: also of a model that is shared out over several processes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from accelerate import FullyShardedDataParallelPlugin
from safetensors.torch import load_file
from trl import SFTConfig

from tests.support.training_runs import config, write_corpus
from training.checkpoints import save_weights
from training.config import Adapter, Probe
from training.data.collator import Collator
from training.data.records import chosen_records
from training.data.tokenisation import training_set
from training.models.adapters import lora
from training.models.random import make_model
from training.train import train
from training.trainer import Trainer


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path)


def trainer(corpus: Path, adapter: Adapter | None = None) -> Trainer:
    run = config(corpus, "run")
    torch.manual_seed(0)
    model, tokenizer = make_model(run.model, [], torch.float32)
    return Trainer(
        model=model,
        args=SFTConfig(
            output_dir=str(run.out), use_cpu=True, bf16=False, max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True}, report_to="none",
        ),
        train_dataset=training_set(chosen_records(run.data), tokenizer, 32),
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, run.positions, 0),
        peft_config=lora(adapter) if adapter else None,
    )  # fmt: skip


def shared_out(made: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a trainer take its model for one of FSDP2's, as the shipped launcher file asks."""
    plugin = FullyShardedDataParallelPlugin(fsdp_version=2, state_dict_type="SHARDED_STATE_DICT")
    monkeypatch.setattr(made.accelerator.state, "fsdp_plugin", plugin, raising=False)
    made.is_fsdp_enabled = True


def test_a_model_in_shards_is_saved_whole(corpus, tmp_path: Path, monkeypatch) -> None:
    made = trainer(corpus)
    shared_out(made, monkeypatch)
    save_weights(made, tmp_path / "model")
    written = load_file(tmp_path / "model" / "model.safetensors")
    state = made.model.state_dict()
    assert set(state) - set(written) <= {"lm_head.weight"}  # tied to the embedding
    assert all(torch.equal(value, state[key]) for key, value in written.items())
    assert not (tmp_path / "model" / "training_args.bin").exists()


def test_an_adapter_in_shards_is_saved_alone(corpus, tmp_path: Path, monkeypatch) -> None:
    made = trainer(corpus, Adapter(rank=2))
    shared_out(made, monkeypatch)
    save_weights(made, tmp_path / "model")
    written = load_file(tmp_path / "model" / "adapter_model.safetensors")
    assert written
    assert all("lora_" in key for key in written)
    assert not (tmp_path / "model" / "model.safetensors").exists()


def test_no_weights_make_no_model(corpus, tmp_path: Path, monkeypatch) -> None:
    made = trainer(corpus)
    (tmp_path / "model").mkdir()
    monkeypatch.setattr(made, "save_model", lambda folder: None)
    with pytest.raises(RuntimeError, match="no weights were written"):
        save_weights(made, tmp_path / "model")


def test_a_checkpoint_is_marked_when_all_processes_have_written(corpus, monkeypatch) -> None:
    run = config(corpus, "run", steps=2)
    marks: list[bool] = []

    def wait(self: object) -> None:
        marks.append((run.out / "checkpoints" / "checkpoint-2" / "whole").exists())

    monkeypatch.setattr("training.checkpoints.PartialState.wait_for_everyone", wait)
    train(replace(run, schedule=replace(run.schedule, save_every=2)))
    assert marks[0] is False
    assert json.loads((run.out / "model" / "tmtail.json").read_text())["step"] == 2


def test_a_model_in_shards_is_not_probed(corpus, monkeypatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(ValueError, match=r"decode in one process.*probe\.every: 0"):
        train(config(corpus, "run", probe=Probe(every=2)))
