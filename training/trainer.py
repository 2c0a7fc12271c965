"""TRL's trainer, with our order of records, and with a loss that suits a CPU."""

from __future__ import annotations

from typing import Any

from datasets import Dataset
from torch import Tensor
from torch.nn.functional import cross_entropy
from trl import SFTTrainer

from training.data import IGNORED
from training.sampler import LengthSampler


class Trainer(SFTTrainer):
    """``SFTTrainer`` for the data sets of ``training.data``."""

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> LengthSampler:
        args = self.args
        size = args.train_batch_size * args.gradient_accumulation_steps
        return LengthSampler(self.train_dataset["length"], size, args.data_seed)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """The mean cross entropy of the labelled tokens of a step.

        TRL's own, used on a GPU, goes over the vocabulary in tiles to save memory; elsewhere it
        goes over the prompts as well, and takes longer than a small model itself.
        """
        labels = inputs["labels"]
        if labels.is_cuda or return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        first = int((labels != IGNORED).any(0).nonzero()[0])
        targets = labels[:, first:].flatten()
        logits = model(
            **{name: value for name, value in inputs.items() if name != "labels"},
            use_cache=False,
            logits_to_keep=labels.shape[1] - first + 1,
        ).logits
        predictions = logits[:, :-1].flatten(0, 1).float()
        total = cross_entropy(predictions, targets, ignore_index=IGNORED, reduction="sum")
        return total / (
            (targets != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
        )
