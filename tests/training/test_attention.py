"""Packed documents attend to themselves alone: the same logits as each of them by itself."""

from itertools import pairwise

import pytest
import torch
from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

from compiler.lint.vocabulary import qwen_folder
from evaluation.models import encode
from training.attention import attend_within_documents
from training.collator import Collator
from training.config import Positions
from training.data import IGNORED, Record, count_ends, pack, training_set
from training.tokenizer import byte_tokenizer

TOKENIZERS = {
    "bytes": byte_tokenizer,
    "qwen": lambda: AutoTokenizer.from_pretrained(qwen_folder()),  # the real vocabulary
}
RECORDS = [
    Record(f"{n}", "count", "S", f"after {n}?\n", "line\n" * (n % 4) + f"answer: {n + 1}")
    for n in range(20)
]


@pytest.fixture(scope="module", params=TOKENIZERS)
def tokenizer(request):
    return TOKENIZERS[request.param]()


@pytest.fixture
def model(tokenizer) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=256,
        )
    ).eval()


@pytest.mark.parametrize("kind", ["plain", "gaps", "random"])
def test_packed_logits_are_those_of_each_document_alone(model, tokenizer, kind) -> None:
    packed = pack(training_set(RECORDS, tokenizer, 64), 64, seed=0)
    collator = Collator(tokenizer, Positions(kind=kind, reach=200), seed=0)
    batch = collator(list(packed.select(range(3))))
    borders = batch["cu_seq_lens_q"].tolist()
    assert len(borders) - 1 == sum(len(row["seq_lengths"]) for row in packed.select(range(3)))
    del batch["labels"]
    alone = [
        model(
            batch["input_ids"][:, start:end],
            position_ids=batch["position_ids"][:, start:end],
            attention_mask=torch.ones(1, end - start),
        ).logits
        for start, end in pairwise(borders)
    ]
    attend_within_documents(model)
    together = model(**batch, use_cache=False).logits
    assert (together - torch.cat(alone, 1)).abs().max() < 1e-5
    # A test that sees nothing would pass with any borders: with those of one document it must not.
    batch["cu_seq_lens_q"] = torch.tensor([0, borders[-1]])
    assert (model(**batch, use_cache=False).logits - together).abs().max() > 1e-2


def test_in_a_pack_completions_and_their_ends_are_learned_and_no_prompt_is(tokenizer) -> None:
    packed = pack(training_set(RECORDS, tokenizer, 64), 64, seed=0)
    batch = Collator(tokenizer, Positions(), seed=0)(list(packed))
    encoded = zip(
        encode(tokenizer, [record.prompt for record in RECORDS]),
        encode(tokenizer, [record.completion for record in RECORDS]),
        strict=True,
    )
    end = tokenizer.eos_token_id
    learned = {
        (*prompt, *completion, end): [IGNORED] * len(prompt) + [*completion, end]
        for prompt, completion in encoded
    }
    ids, labels = batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
    for first, after in pairwise(batch["cu_seq_lens_q"].tolist()):
        assert labels[first:after] == learned.pop(tuple(ids[first:after]))
    assert not learned


def test_a_batch_without_borders_is_refused(model) -> None:
    attend_within_documents(model)
    with pytest.raises(ValueError, match="needs a packed batch"):
        model(torch.zeros(1, 4, dtype=torch.long))


def test_a_pack_holds_whole_records_and_little_else(tokenizer) -> None:
    data = training_set(RECORDS, tokenizer, 64)
    packed = pack(data, 128, seed=0)
    records = sorted(map(tuple, data["input_ids"]))
    unpacked = []
    for row in packed:
        assert sum(row["seq_lengths"]) == len(row["input_ids"]) == row["length"] <= 128
        ids = iter(row["input_ids"])
        unpacked += [tuple(next(ids) for _ in range(length)) for length in row["seq_lengths"]]
    assert sorted(unpacked) == records
    assert sum(packed["length"]) > 0.9 * 128 * (len(packed) - 1)
    assert sum(ids.count(tokenizer.eos_token_id) for ids in packed["labels"]) == len(RECORDS)
    assert count_ends(packed, tokenizer) == count_ends(data, tokenizer) == len(RECORDS)
    with pytest.raises(ValueError, match=f"pack 5 must be at least {max(data['length'])}"):
        pack(data, 5, seed=0)
