"""TRL's trainer with our order of records, and with losses and accuracies by role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from datasets import Dataset
from peft.helpers import disable_input_dtype_casting
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import SFTTrainer

from training.checkpoints import check_finite
from training.data.records import ROLES
from training.data.sampler import LengthSampler
from training.data.tokenisation import IGNORED, lengths


class _EpochSetter(TrainerCallback):
    """Tells a sampler the epoch.

    Accelerate does not when several processes resume within an epoch: what skips the first batches
    then hides the sampler.
    """

    def __init__(self, sampler: LengthSampler) -> None:
        self.sampler = sampler

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self.sampler.set_epoch(int(state.epoch or 0))


class Trainer(SFTTrainer):
    """``SFTTrainer`` for the data sets of ``training.data.tokenisation``.

    If these have roles, each report has ``loss_fetch``, ``accuracy_fetch`` and the like: over the
    tokens of the role since the previous report, the mean cross entropy and the fraction for which
    the correct token had the highest logit.

    Attributes
    ----------
    short_first
        Whether the shortest records come first; see ``training.data.sampler.LengthSampler``.
    plain_first
        Fraction of the steps, the first ones, in which positions are plain.
    role_weights
        Factors of the loss of tokens by the name of their role; 1 for other roles.
    fused_head
        Whether TRL's output head computes the loss, in tiles of the vocabulary; true on a GPU.
    """

    def __init__(
        self,
        *,
        short_first: bool = False,
        plain_first: float = 0.0,
        role_weights: Mapping[str, float] = {},
        **arguments: Any,
    ) -> None:
        self.short_first = short_first
        self.plain_first = plain_first
        super().__init__(**arguments)
        weights = [role_weights.get(role, 1.0) for role in ROLES]
        self._weight_of_role = torch.tensor(weights, device=self.args.device)
        # [3, roles]: sum of losses, number of correct tokens, number of tokens.
        self._sums_by_role = torch.zeros(3, len(ROLES), device=self.args.device)
        self.fused_head = self.args.device.type == "cuda"

    def train(self, *arguments: Any, **options: Any) -> Any:
        """Train as TRL does, but without PEFT's casting of inputs if autocast is active.

        PEFT would cast the input of each adapter to fp32, and autocast would cast it back: the same
        numbers, with more memory and time.
        """
        with disable_input_dtype_casting(self.model, active=bool(self.args.bf16)):
            return super().train(*arguments, **options)

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> LengthSampler:
        args = self.args
        size = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
        sizes = lengths(self.train_dataset)
        records = min(len(sizes), args.max_steps * size) if args.max_steps > 0 else len(sizes)
        sampler = LengthSampler(
            sizes, size, args.data_seed, short_first=records if self.short_first else 0
        )
        self.add_callback(_EpochSetter(sampler))
        return sampler

    def training_step(self, *arguments: Any, **options: Any) -> Tensor:
        """Train on a batch, and stop if its loss is not a number.

        Raises
        ------
        ValueError
            If the loss is not finite; Transformers would report 0 and go on.
        """
        loss: Tensor = super().training_step(*arguments, **options)
        if not bool(torch.isfinite(loss).all()):
            raise ValueError(
                f"step {self.state.global_step + 1}: the loss is {float(loss)}, as training has "
                "diverged; reduce schedule.learning_rate, or compute in fp32"
            )
        return loss

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        check_finite(self.model)
        super()._save_checkpoint(model, trial)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | int | None = None,
    ) -> Any:
        """Return the mean cross entropy of the labelled tokens of a step, by role if weighted.

        On a GPU, TRL's output head processes the vocabulary in tiles, to save memory. On a CPU that
        is slower than the rest of a small model, because it includes the prompts.
        """
        roles = inputs.pop("roles", None)
        labels = inputs["labels"]
        if self.state.global_step < self.plain_first * self.state.max_steps:
            inputs["position_ids"] = _plain_positions(inputs)
        if return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        if self.fused_head:
            outputs = model(**inputs, use_cache=False, fused_lm_head=True)
            labelled = labels[:, 1:] != IGNORED
            losses, correct = -outputs.log_probs[labelled], outputs.is_top1[labelled]
        else:
            first = int((labels != IGNORED).any(0).nonzero()[0])
            logits = model(
                **{name: value for name, value in inputs.items() if name != "labels"},
                use_cache=False,
                logits_to_keep=labels.shape[1] - first + 1,
            ).logits[:, :-1]
            labelled = labels[:, first:] != IGNORED
            targets = labels[:, first:][labelled]
            losses = cross_entropy(logits[labelled].float(), targets, reduction="none")
            correct = logits[labelled].argmax(-1) == targets
        if roles is not None:
            role = roles[:, -labelled.shape[1] :][labelled].long()
            sums = torch.stack([losses.detach().float(), correct.float(), torch.ones_like(losses)])
            self._sums_by_role.index_add_(1, role, sums.detach())
            losses = losses * self._weight_of_role[role]
        if num_items_in_batch is None:
            return losses.sum() / max(len(losses), 1)
        # With this option, num_items_in_batch is the sum over all processes, while their gradients
        # are averaged; multiplying by the number of processes undoes the average.
        average = self.args.average_tokens_across_devices
        processes = self.accelerator.num_processes if average else 1
        return losses.sum() * processes / num_items_in_batch

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Report ``logs``, extended by the loss and accuracy of each role."""
        losses, correct, tokens = self.accelerator.reduce(self._sums_by_role, "sum").tolist()
        self._sums_by_role.zero_()
        for name, loss, hits, count in zip(ROLES, losses, correct, tokens, strict=True):
            if name and count:
                logs[f"loss_{name}"], logs[f"accuracy_{name}"] = loss / count, hits / count
        super().log(logs, start_time)


def _plain_positions(inputs: Mapping[str, Any]) -> Tensor:
    """Return the positions 0, 1, 2, … of each document of a batch."""
    ids = inputs["input_ids"]
    positions = torch.arange(ids.shape[1], device=ids.device)
    if "cu_seq_lens_q" in inputs:
        borders = inputs["cu_seq_lens_q"].long()
        positions = positions - borders[:-1].repeat_interleave(borders.diff())
    return positions.expand_as(ids)
