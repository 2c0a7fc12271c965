"""The loss: the mean cross entropy of completion tokens, the same however a step is split."""

from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy
from trl import SFTConfig, SFTTrainer

from training.collator import Collator
from training.config import Model, Positions
from training.data import IGNORED, Record, training_set
from training.model import make_model
from training.trainer import Trainer

RECORDS = [
    Record(f"{n}", "count", "S", "after " * (1 + n % 3) + f"{n}?\n", "answer: " + "x" * n)
    for n in range(8)
]


@pytest.fixture
def trainer(tmp_path: Path) -> Trainer:
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16)
    model, tokenizer = make_model(shape, [], torch.float32)
    return Trainer(
        model=model,
        args=SFTConfig(
            output_dir=str(tmp_path),
            use_cpu=True,
            bf16=False,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
            report_to="none",
        ),
        train_dataset=training_set(RECORDS, tokenizer, 64),
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, Positions(), seed=0),
    )


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
