"""Attention within packs: each document has the hidden states that it has alone."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase, Qwen2Config, Qwen2Model

from compiler.vocabulary import qwen_folder
from evaluation.models.tokens import encode
from training.config import Positions
from training.data.collator import Collator
from training.data.records import Record
from training.data.tokenisation import IGNORED, count_eos, pack, training_set
from training.models.attention import _fused, attend_within_documents, packed_attention
from training.models.tokenizer import byte_tokenizer

TOKENIZERS: dict[str, Callable[[], PreTrainedTokenizerBase]] = {
    "bytes": byte_tokenizer,
    "qwen": lambda: AutoTokenizer.from_pretrained(qwen_folder()),
}
RECORDS = [
    Record(f"{n}", "count", "S", f"after {n}?\n", "line\n" * (n % 4) + f"answer: {n + 1}")
    for n in range(20)
]


@pytest.fixture(scope="module", params=TOKENIZERS)
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerBase:
    return TOKENIZERS[request.param]()


@pytest.fixture
def model(tokenizer: PreTrainedTokenizerBase) -> Qwen2Model:
    """A model without its output head, which would take most of the time."""
    torch.manual_seed(0)
    return Qwen2Model(
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
def test_packed_hidden_states_are_those_of_each_document_alone(
    model: Qwen2Model, tokenizer: PreTrainedTokenizerBase, kind: Any
) -> None:
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
        ).last_hidden_state
        for start, end in pairwise(borders)
    ]
    attend_within_documents(model)
    together = model(**batch, use_cache=False).last_hidden_state
    assert (together - torch.cat(alone, 1)).abs().max() < 1e-5
    # The comparison must fail if the borders are those of a single document.
    batch["cu_seq_lens_q"] = torch.tensor([0, borders[-1]])
    assert (model(**batch, use_cache=False).last_hidden_state - together).abs().max() > 1e-2


def test_a_pack_labels_completions_with_their_eos_and_no_prompts(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    packed = pack(training_set(RECORDS, tokenizer, 64), 64, seed=0)
    batch = Collator(tokenizer, Positions(), seed=0)(list(packed))
    encoded = zip(
        encode(tokenizer, [record.prompt for record in RECORDS]),
        encode(tokenizer, [record.completion for record in RECORDS]),
        strict=True,
    )
    eos = tokenizer.eos_token_id
    expected = {
        (*prompt, *completion, eos): [IGNORED] * len(prompt) + [*completion, eos]
        for prompt, completion in encoded
    }
    ids, labels = batch["input_ids"][0].tolist(), batch["labels"][0].tolist()
    for start, end in pairwise(batch["cu_seq_lens_q"].tolist()):
        assert labels[start:end] == expected.pop(tuple(ids[start:end]))
    assert not expected


def heads(*counts: int, dtype: torch.dtype) -> list[torch.Tensor]:
    """Return random queries, keys or values of 3 documents in one row: [1, heads, 40, 16]."""
    torch.manual_seed(0)
    return [torch.randn(1, n, 40, 16, dtype=dtype) for n in counts]


def varlen_with_equal_heads(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    borders: torch.Tensor,
    *_: Any,
    scale: float,
    window_size: tuple[int, int],
) -> torch.Tensor:
    """Compute what PyTorch 2.11 does, which needs as many key heads as query heads."""
    assert query.dtype == key.dtype == value.dtype == torch.bfloat16
    assert query.shape == key.shape == value.shape == (40, 4, 16)
    assert window_size == (-1, 0)
    query_, key_, value_ = (t.transpose(0, 1)[None] for t in (query, key, value))
    attended = packed_attention(
        torch.nn.Identity(),
        query_,
        key_,
        value_,
        None,
        cu_seq_lens_q=borders,
        max_length_q=20,
        scaling=scale,
    )[0]
    return attended[0]


def varlen_with_shared_heads(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    *arguments: Any,
    enable_gqa: bool = False,
    **options: Any,
) -> torch.Tensor:
    """Compute what PyTorch 2.12 does, in which query heads may share key heads by an option."""
    assert enable_gqa
    group_size = query.shape[1] // key.shape[1]
    key, value = (t.repeat_interleave(group_size, 1) for t in (key, value))
    return varlen_with_equal_heads(query, key, value, *arguments, **options)


@pytest.mark.parametrize("varlen", [varlen_with_equal_heads, varlen_with_shared_heads])
def test_fused_attention_passes_the_heads_and_types_that_pytorch_supports(
    monkeypatch: pytest.MonkeyPatch, varlen: Callable[..., torch.Tensor]
) -> None:
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", varlen)
    query, key = heads(4, 2, dtype=torch.float32)  # rotation under autocast returns fp32
    (value,) = heads(2, dtype=torch.bfloat16)
    borders = torch.tensor([0, 7, 20, 40], dtype=torch.int32)
    fused = _fused(query, key, value, borders, 20, 0.25)
    by_document, _ = packed_attention(
        torch.nn.Identity(), query.bfloat16(), key.bfloat16(), value, None,
        cu_seq_lens_q=borders, max_length_q=20, scaling=0.25,
    )  # fmt: skip
    assert torch.equal(fused, by_document)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_outputs_and_gradients_are_those_of_each_document() -> None:
    borders = torch.tensor([0, 7, 20, 40], dtype=torch.int32)
    results = []
    for device, dtype in (("cuda", torch.bfloat16), ("cpu", torch.float32)):
        inputs = query, key, value = [
            t.to(device, dtype).requires_grad_() for t in heads(4, 2, 2, dtype=torch.bfloat16)
        ]
        attended, _ = packed_attention(
            torch.nn.Identity(), query, key, value, None,
            cu_seq_lens_q=borders.to(device), max_length_q=20, scaling=0.25,
        )  # fmt: skip
        weighted = attended * torch.linspace(-1, 1, 40, device=device, dtype=dtype)[:, None, None]
        weighted.sum().backward()
        gradients = [t.grad for t in inputs if t.grad is not None]
        results.append([t.detach().float().cpu() for t in (attended, *gradients)])
    assert [len(result) for result in results] == [4, 4]
    for fast, exact in zip(*results, strict=True):
        assert (fast - exact).norm() < 1e-2 * exact.norm()


def test_a_batch_without_borders_is_refused(model: Qwen2Model) -> None:
    attend_within_documents(model)
    with pytest.raises(ValueError, match="needs a packed batch"):
        model(torch.zeros(1, 4, dtype=torch.long))


def test_packs_are_nearly_full_and_do_not_split_records(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
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
    assert count_eos(packed, tokenizer) == count_eos(data, tokenizer) == len(RECORDS)
    with pytest.raises(ValueError, match=f"`pack` must be at least {max(data['length'])}"):
        pack(data, 5, seed=0)
