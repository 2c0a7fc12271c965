"""Batches: padding that counts for nothing, and positions that skip ahead between lines only."""

from itertools import pairwise

import torch

from training.collator import Collator
from training.config import Positions
from training.data import IGNORED
from training.tokenizer import byte_tokenizer

TOKENIZER = byte_tokenizer()


def examples(*texts: str) -> list[dict[str, list[int]]]:
    rows = TOKENIZER(list(texts))["input_ids"]
    return [{"input_ids": ids, "labels": [IGNORED, *ids[1:]]} for ids in rows]


def test_plain_batches_have_no_positions_of_their_own() -> None:
    batch = Collator(TOKENIZER, Positions(), seed=0)(examples("abc", "a"))
    assert set(batch) == {"input_ids", "labels", "attention_mask"}
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"][1].tolist() == [IGNORED] * 3
    assert batch["input_ids"][1, 1:].tolist() == [TOKENIZER.pad_token_id] * 2


def test_positions_skip_after_lines_and_nowhere_else() -> None:
    text = "ab\ncd\nef"
    jumps = set()
    for seed in range(300):
        collator = Collator(TOKENIZER, Positions(gap=9), seed)
        (positions,) = collator(examples(text))["position_ids"].tolist()
        assert positions[0] == 0
        for i, (here, after) in enumerate(pairwise(positions)):
            assert after == here + 1 or (text[i] == "\n" and here < after <= here + 10)
            if text[i] == "\n":
                jumps.add(after - here)
    assert jumps == set(range(1, 11))


def test_records_of_a_batch_draw_their_own_positions_and_a_seed_repeats_them() -> None:
    texts = ["a\nb\nc\nd\ne\n"] * 2
    one, again, other = (
        Collator(TOKENIZER, Positions(gap=99), seed)(examples(*texts))["position_ids"]
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert not torch.equal(one[0], one[1])
