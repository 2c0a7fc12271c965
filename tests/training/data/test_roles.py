"""Roles of tokens: each has the role of its span, and reports have the loss of each role."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from trl import SFTConfig

import tasks
from compiler import render
from compiler.vocabulary import qwen_folder
from evaluation.models.tokens import encode
from training.config import Model, Positions
from training.data.collator import Collator
from training.data.records import ROLES, Record
from training.data.tokenisation import IGNORED, pack, training_set
from training.models.random import make_model
from training.trainer import Trainer


@pytest.fixture(scope="module")
def records() -> list[Record]:
    records = []
    for name in ("bubble_sort", "compare_numbers"):
        task, stream = tasks.get(name), tasks.Stream("roles")
        for index in range(6):
            instance = task.draw(stream.at(index), "S")
            text = render(task.table, task.run(instance).trace)
            starts, roles = zip(*((span.start, span.role) for span in text.spans), strict=True)
            prompt = task.prompt(instance, index)
            spans = (np.array(starts), np.array([ROLES.index(role) for role in roles]))
            records.append(Record(f"{index}", name, "S", prompt, text.string, *spans))
    return records


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return AutoTokenizer.from_pretrained(qwen_folder())


def test_every_token_of_a_completion_has_the_role_of_its_span(
    records: list[Record], tokenizer: PreTrainedTokenizerBase
) -> None:
    for record, row in zip(records, training_set(records, tokenizer, 4096), strict=True):
        prompt, completion = encode(tokenizer, [record.prompt, record.completion])
        assert row["input_ids"] == prompt + completion + [tokenizer.eos_token_id]
        assert row["labels"] == [IGNORED] * len(prompt) + row["input_ids"][len(prompt) :]
        assert [role == 0 for role in row["roles"]] == [label == IGNORED for label in row["labels"]]
        assert row["roles"][-1] == ROLES.index("end")
        assert record.starts is not None
        starts = [*record.starts, len(record.completion)]
        offset = 0
        for token, role in zip(completion, row["roles"][len(prompt) :], strict=False):
            offset += len(tokenizer.decode([token]))
            span = next(i for i, (a, b) in enumerate(pairwise(starts)) if a < offset <= b)
            assert record.roles is not None
            assert role == record.roles[span]
        assert offset == len(record.completion)
        assert {ROLES[role] for role in row["roles"]} == set(ROLES)


def test_no_token_crosses_the_border_of_prompt_and_completion(
    records: list[Record], tokenizer: PreTrainedTokenizerBase
) -> None:
    for record in records:
        (joint,) = encode(tokenizer, [record.prompt + record.completion])
        prompt, completion = encode(tokenizer, [record.prompt, record.completion])
        assert joint == prompt + completion


def test_without_spans_there_are_no_roles(
    records: list[Record], tokenizer: PreTrainedTokenizerBase
) -> None:
    bare = [record._replace(starts=None, roles=None) for record in records]
    assert "roles" not in training_set(bare, tokenizer, 4096).column_names
    assert "roles" not in training_set([bare[0], *records], tokenizer, 4096).column_names
    mixed = training_set([*records, bare[0]], tokenizer, 4096)
    assert {ROLES[role] for role in mixed[len(records)]["roles"]} == {"", "end"}


def test_a_chat_template_encloses_the_prompt_only(
    records: list[Record], tokenizer: PreTrainedTokenizerBase
) -> None:
    tokenizer.chat_template = "{% for m in messages %}<u>{{ m.content }}</u><a>{% endfor %}"
    for record, row in zip(records, training_set(records, tokenizer, 4096, chat=True), strict=True):
        assert tokenizer.decode(row["input_ids"]) == (
            f"<u>{record.prompt}</u><a>{record.completion}{tokenizer.eos_token}"
        )
        learned = [i for i in row["labels"] if i != IGNORED]
        assert tokenizer.decode(learned) == record.completion + tokenizer.eos_token
    tokenizer.chat_template = None
    with pytest.raises(ValueError, match="has no chat template"):
        training_set(records, tokenizer, 4096, chat=True)


@pytest.mark.parametrize("packed", [False, True])
def test_reports_have_the_loss_and_accuracy_of_each_role(
    records: list[Record], tmp_path: Path, packed: bool
) -> None:
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16)
    model, tokenizer = make_model(shape, [], torch.float32)
    data = training_set(records, tokenizer, 2048)
    data = pack(data, 2048, 0) if packed else data
    trainer = Trainer(
        model=model,
        args=SFTConfig(
            output_dir=str(tmp_path), use_cpu=True, bf16=False, max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True}, report_to="none",
        ),
        train_dataset=data,
        processing_class=tokenizer,
        data_collator=Collator(tokenizer, Positions(), seed=0),
    )  # fmt: skip
    batch = trainer.data_collator(list(data))
    loss = trainer.compute_loss(trainer.model, dict(batch))
    roles, labels = batch["roles"][:, 1:], batch["labels"][:, 1:]
    counts = {name: int((roles == i).sum()) for i, name in enumerate(ROLES) if i}
    inputs = {k: v for k, v in batch.items() if k not in ("labels", "roles")}
    right = model(**inputs, use_cache=False).logits[:, :-1].argmax(-1) == labels
    logs: dict[str, float] = {}
    trainer.log(logs)
    mean = sum(logs[f"loss_{name}"] * count for name, count in counts.items())
    assert mean / sum(counts.values()) == pytest.approx(loss.item(), rel=1e-5)
    for i, name in enumerate(ROLES[1:], 1):
        assert logs[f"accuracy_{name}"] == pytest.approx(right[roles == i].float().mean().item())
    again: dict[str, float] = {}
    trainer.log(again)
    assert not any(name.startswith("loss_") for name in again)
