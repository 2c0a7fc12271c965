"""Collation: padding has no influence, and gaps in positions follow the ends of lines."""

import torch

from training.config import Model, Positions
from training.data.collator import Collator
from training.data.tokenisation import IGNORED
from training.models.random import make_model
from training.models.tokenizer import byte_tokenizer

TOKENIZER = byte_tokenizer()


def examples(*texts: str) -> list[dict[str, list[int]]]:
    rows = TOKENIZER(list(texts))["input_ids"]
    return [{"input_ids": ids, "labels": [IGNORED, *ids[1:]]} for ids in rows]


def test_plain_batches_have_no_position_ids() -> None:
    batch = Collator(TOKENIZER, Positions(), seed=0)(examples("abc", "a"))
    assert set(batch) == {"input_ids", "labels", "attention_mask"}
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 1, 1]]
    assert batch["labels"][1].tolist() == [IGNORED] * 3
    assert batch["input_ids"][1, 1:].tolist() == [TOKENIZER.pad_token_id] * 2


def test_positions_differ_between_records_and_depend_on_the_seed() -> None:
    texts = ["a\nb\nc\nd\ne\n"] * 2
    one, again, other = (
        Collator(TOKENIZER, Positions(kind="gaps", reach=999), seed)(examples(*texts))[
            "position_ids"
        ]
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert not torch.equal(one[0], one[1])


def logits(batch: dict[str, torch.Tensor]) -> torch.Tensor:
    torch.manual_seed(0)
    shape = Model(layers=2, width=32, heads=2, feed_forward=32)
    model, _ = make_model(shape, [], torch.float32)
    del batch["labels"]
    with torch.no_grad():
        result: torch.Tensor = model.eval()(**batch, use_cache=False).logits
    return result


def test_padding_has_no_influence() -> None:
    collator = Collator(TOKENIZER, Positions(), seed=0)
    padded, alone = (
        logits(collator(examples("ab\n", "abcdefg\nhi"))),
        logits(collator(examples("ab\n"))),
    )
    assert torch.allclose(padded[0, :3], alone[0], atol=1e-5)


def test_a_line_attends_to_earlier_lines_across_gaps() -> None:
    collator = Collator(TOKENIZER, Positions(kind="gaps", reach=60), seed=0)
    one, other = collator(examples("ab\ncd")), collator(examples("xb\ncd"))
    other["position_ids"] = one["position_ids"]
    assert one["position_ids"].max() > 4
    assert not torch.allclose(logits(one)[0, -1], logits(other)[0, -1], atol=1e-3)
