"""The loss: the mean cross entropy of completion tokens, equal to TRL's."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy
from trl import SFTConfig, SFTTrainer

from training.config import Adapter, Model, Positions
from training.data.collator import Collator
from training.data.records import ROLES, Record
from training.data.tokenisation import IGNORED, pack, training_set
from training.models.adapters import lora
from training.models.attention import attend_within_documents
from training.models.random import make_model
from training.trainer import Trainer

RECORDS = [
    Record(f"{n}", "count", "S", "after " * (1 + n % 3) + f"{n}?\n", "answer: " + "x" * n)
    for n in range(8)
]
PLAIN = Positions()


def make_trainer(
    tmp_path: Path,
    *,
    dtype: torch.dtype = torch.float32,
    rank: int | None = None,
    packed: bool = False,
    records: Sequence[Record] = RECORDS,
    positions: Positions = PLAIN,
    **options: Any,
) -> Trainer:
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16)
    model, tokenizer = make_model(shape, [], dtype)
    data = training_set(records, tokenizer, 64)
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
        data_collator=Collator(tokenizer, positions, seed=0),
        peft_config=lora(Adapter(rank=rank), model) if rank else None,
        **options,
    )


@pytest.fixture
def trainer(tmp_path: Path) -> Trainer:
    return make_trainer(tmp_path)


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


def test_the_loss_equals_that_of_trl(trainer: Trainer) -> None:
    inputs = batch(trainer)
    for items in (None, torch.tensor(50)):
        ours = trainer.compute_loss(trainer.model, dict(inputs), num_items_in_batch=items)
        theirs = SFTTrainer.compute_loss(
            trainer, trainer.model, dict(inputs), num_items_in_batch=items
        )
        assert ours.item() == pytest.approx(theirs.item(), rel=1e-5)


@pytest.mark.parametrize("packed", [False, True])
def test_positions_are_plain_in_the_first_steps(tmp_path: Path, packed: bool) -> None:
    skip = Positions(kind="skip", reach=64)
    skipping = make_trainer(tmp_path, packed=packed, positions=skip, plain_first=0.5)
    plain = make_trainer(tmp_path, packed=packed)
    skipping.state.max_steps = 4
    losses = []
    for skipping.state.global_step in range(4):
        losses.append(skipping.compute_loss(skipping.model, batch(skipping)).item())
    expected = plain.compute_loss(plain.model, batch(plain)).item()
    assert losses[:2] == pytest.approx([expected] * 2, rel=1e-6)
    assert losses[2] == losses[3] != pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("fused", [False, True])
def test_losses_are_weighted_by_role(tmp_path: Path, fused: bool) -> None:
    roles = np.array([ROLES.index("control"), ROLES.index("solve")], np.int8)
    record = RECORDS[5]._replace(starts=np.array([0, 8], np.int32), roles=roles)
    trainers = [
        make_trainer(tmp_path, records=[record], role_weights=weights)
        for weights in ({}, {"solve": 3.0}, {"solve": 0.0})
    ]
    plain, weighted, without = (
        each.compute_loss(each.model, batch(each), num_items_in_batch=torch.tensor(1)).item()
        for each in trainers
        for each.fused_head in [fused]
    )
    reported = [dict[str, float]() for _ in trainers]
    for trainer, logs in zip(trainers, reported, strict=True):
        trainer.log(logs)
    assert reported[0] == reported[1] == reported[2]  # those by role are not weighted
    solve = len(record.completion) - 8
    assert weighted - plain == pytest.approx(2 * solve * reported[0]["loss_solve"], rel=1e-4)
    assert plain - without == pytest.approx(solve * reported[0]["loss_solve"], rel=1e-4)


@pytest.mark.parametrize("rank", [None, 2])
@pytest.mark.parametrize("packed", [False, True])
def test_the_fused_head_gives_the_same_loss_and_gradients(
    tmp_path: Path, rank: int | None, packed: bool
) -> None:
    trainer = make_trainer(tmp_path, rank=rank, packed=packed)
    results = []
    for trainer.fused_head in (False, True):
        trainer.model.zero_grad()
        loss = trainer.compute_loss(trainer.model, batch(trainer))
        loss.backward()
        gradients = [p.grad for p in trainer.model.parameters() if p.grad is not None]
        results.append(torch.cat([loss.detach()[None], *(g.flatten() for g in gradients)]))
    assert len(results[0]) > 1
    assert torch.allclose(*results, rtol=1e-4, atol=1e-6)


def test_without_casting_an_adapter_has_the_same_losses_and_needs_less_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses, saved_bytes = [], []
    for casting in (True, False):
        trainer = make_trainer(tmp_path, dtype=torch.bfloat16, rank=2)
        if casting:
            monkeypatch.setattr("training.trainer.disable_input_dtype_casting", keep_casting)
        saved: list[torch.Tensor] = []

        def keep(tensor: torch.Tensor, saved=saved) -> torch.Tensor:
            saved.append(tensor)
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            losses.append(trainer.train().training_loss)
        saved_bytes.append(sum({t.data_ptr(): t.nbytes for t in saved}.values()))
        monkeypatch.undo()
    assert losses[0] == losses[1]
    assert saved_bytes[1] < saved_bytes[0]


def keep_casting(model: object, active: bool) -> AbstractContextManager[None]:
    return nullcontext()
