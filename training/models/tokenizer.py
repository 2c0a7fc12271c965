"""A tokenizer that needs no file: the 256 bytes, two special tokens, and words that it is shown."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

EOS = "<|endoftext|>"
PAD = "<|pad|>"
BYTES = 258
"""The least vocabulary: every byte, and the two special tokens."""

_WORDS = r" ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]+|\s"
"""What a merge may not cross: words, single digits, runs of marks, each with the space before."""


def byte_tokenizer(texts: Iterable[str] = (), size: int = BYTES) -> PreTrainedTokenizerFast:
    """A byte-level tokenizer whose ``size`` − 258 further tokens are common words of ``texts``.

    Digits are a token each, as in Qwen2.5. Every text is encoded and decoded without loss. A text
    that spells a special token out is plain bytes where it is encoded with
    ``split_special_tokens``, as it always is here.

    Raises
    ------
    ValueError
        When ``size`` is less than 258.
    """
    if size < BYTES:
        raise ValueError(f"a vocabulary of {size} cannot hold the 256 bytes and 2 special tokens")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[AddedToken(name, special=True, normalized=False) for name in (EOS, PAD)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=EOS,
        pad_token=PAD,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
