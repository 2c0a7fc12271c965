"""The loss: the mean cross entropy of completion tokens, the same however a step is split."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy
from trl import SFTConfig, SFTTrainer

from training.config import Adapter, Model, Positions
from training.data.collator import Collator
from training.data.records import Record
from training.data.tokenisation import IGNORED, pack, training_set
from training.models.adapters import lora
from training.models.attention import attend_within_documents
from training.models.random import make_model
from training.trainer import Trainer

RECORDS = [
    Record(f"{n}", "count", "S", "after " * (1 + n % 3) + f"{n}?\n", "answer: " + "x" * n)
    for n in range(8)
]


def made(tmp_path: Path, *, dtype=torch.float32, rank: int | None = None, packed=False) -> Trainer:
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16)
    model, tokenizer = make_model(shape, [], dtype)
    data = training_set(RECORDS, tokenizer, 64)
    if packed:
        data = pack(data, 64, seed=0)
        attend_within_documents(model)
    return Trainer(
        model=model,
        args=SFTConfig(
            output_dir=str(tmp_path),
            use_cpu=True,
            bf16=dtype == torch.bfloat16,
            max_steps=2,
            data_seed=0,
            gradient_checkpointing=False,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
            report_to="none",
        ),
        train_dataset=data,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, Positions(), seed=0),
        peft_config=lora(Adapter(rank=rank)) if rank else None,
    )


@pytest.fixture
def trainer(tmp_path: Path) -> Trainer:
    return made(tmp_path)


def batch(trainer: Trainer) -> dict[str, torch.Tensor]:
    result: dict[str, torch.Tensor] = trainer.data_collator(list(trainer.train_dataset))
    return result


def test_the_loss_is_the_mean_over_completion_tokens(trainer: Trainer) -> None:
    inputs = batch(trainer)
    loss = trainer.compute_loss(trainer.model, dict(inputs))
    logits = trainer.model(input_ids=inputs["input_ids"]).logits[:, :-1]
    labels = inputs["labels"][:, 1:]
    counted = labels != IGNORED
    expected = cross_entropy(logits[counted], labels[counted])
    assert counted.sum() == sum(len(record.completion) + 1 for record in RECORDS)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)


def test_it_is_the_loss_of_trl(trainer: Trainer) -> None:
    inputs = batch(trainer)
    for items in (None, torch.tensor(50)):
        ours = trainer.compute_loss(trainer.model, dict(inputs), num_items_in_batch=items)
        theirs = SFTTrainer.compute_loss(
            trainer, trainer.model, dict(inputs), num_items_in_batch=items
        )
        assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)


@pytest.mark.parametrize("rank", [None, 2])
@pytest.mark.parametrize("packed", [False, True])
def test_the_head_of_a_gpu_gives_the_same_loss_and_gradients(tmp_path, rank, packed) -> None:
    trainer = made(tmp_path, rank=rank, packed=packed)
    found = []
    for trainer.fused_head in (False, True):
        trainer.model.zero_grad()
        loss = trainer.compute_loss(trainer.model, batch(trainer))
        loss.backward()
        gradients = [p.grad for p in trainer.model.parameters() if p.grad is not None]
        found.append(torch.cat([loss.detach()[None], *(g.flatten() for g in gradients)]))
    assert len(found[0]) > 1
    assert torch.allclose(*found, rtol=1e-4, atol=1e-6)


def test_an_adapter_takes_its_inputs_as_they_are(tmp_path: Path, monkeypatch) -> None:
    """The same losses as with PEFT's casting, which autocast undoes, and less to keep."""
    losses, kept = [], []
    for casting in (True, False):
        trainer = made(tmp_path, dtype=torch.bfloat16, rank=2)
        if casting:
            monkeypatch.setattr("training.trainer.disable_input_dtype_casting", nothing)
        saved: list[torch.Tensor] = []

        def keep(tensor: torch.Tensor, saved=saved) -> torch.Tensor:
            saved.append(tensor)
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            losses.append(trainer.train().training_loss)
        kept.append(sum({t.data_ptr(): t.nbytes for t in saved}.values()))
        monkeypatch.undo()
    assert losses[0] == losses[1]
    assert kept[1] < kept[0]


def nothing(model: object, active: bool) -> AbstractContextManager[None]:
    return nullcontext()
