"""TRL's trainer, with our order of records, and a loss that is told apart by role."""

from __future__ import annotations

from typing import Any

import torch
from datasets import Dataset
from peft.helpers import disable_input_dtype_casting
from torch import Tensor
from torch.nn.functional import cross_entropy
from trl import SFTTrainer

from training.data.records import IGNORED, ROLES
from training.data.sampler import LengthSampler


class Trainer(SFTTrainer):
    """``SFTTrainer`` for the data sets of ``training.data.records``.

    Where these have roles, each report has ``loss_fetch``, ``accuracy_fetch`` and their like: the
    mean cross entropy of the role's tokens, and how many of them come first among all, since the
    report before.

    Attributes
    ----------
    fused_head
        Whether TRL's head computes the loss, in tiles of the vocabulary: so it does on a GPU.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._by_role = torch.zeros(3, len(ROLES), device=self.args.device)  # loss, right, tokens
        self.fused_head = self.args.device.type == "cuda"

    def train(self, *arguments: Any, **options: Any) -> Any:
        """As TRL's, but under autocast an adapter takes its inputs in the type they have.

        PEFT would widen each of them to fp32, for autocast to narrow it again: the same numbers,
        for more memory and more time.
        """
        with disable_input_dtype_casting(self.model, active=bool(self.args.bf16)):
            return super().train(*arguments, **options)

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> LengthSampler:
        args = self.args
        size = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
        return LengthSampler(self.train_dataset["length"], size, args.data_seed)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """The mean cross entropy of the labelled tokens of a step.

        On a GPU TRL's head goes over the vocabulary in tiles, to save memory; elsewhere that goes
        over the prompts as well, and takes longer than a small model itself.
        """
        roles = inputs.pop("roles", None)
        labels = inputs["labels"]
        if return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        if self.fused_head:
            outputs = model(**inputs, use_cache=False, fused_lm_head=True)
            counted = labels[:, 1:] != IGNORED
            losses, right = -outputs.log_probs[counted], outputs.is_top1[counted]
        else:
            first = int((labels != IGNORED).any(0).nonzero()[0])
            logits = model(
                **{name: value for name, value in inputs.items() if name != "labels"},
                use_cache=False,
                logits_to_keep=labels.shape[1] - first + 1,
            ).logits[:, :-1]
            counted = labels[:, first:] != IGNORED
            targets = labels[:, first:][counted]
            losses = cross_entropy(logits[counted].float(), targets, reduction="none")
            right = logits[counted].argmax(-1) == targets
        if roles is not None:
            role = roles[:, -counted.shape[1] :][counted].long()
            sums = torch.stack([losses.detach().float(), right.float(), torch.ones_like(losses)])
            self._by_role.index_add_(1, role, sums.detach())
        if num_items_in_batch is None:
            return losses.sum() / max(len(losses), 1)
        # It counts the tokens of all processes, if they are averaged; their gradients are anyway.
        together = self.accelerator.num_processes if self.args.average_tokens_across_devices else 1
        return losses.sum() * together / num_items_in_batch

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Report ``logs``, and the loss and accuracy of each role."""
        losses, right, tokens = self.accelerator.reduce(self._by_role, "sum").tolist()
        self._by_role.zero_()
        for name, loss, hits, count in zip(ROLES, losses, right, tokens, strict=True):
            if count:
                logs[f"loss_{name}"], logs[f"accuracy_{name}"] = loss / count, hits / count
        super().log(logs, start_time)
