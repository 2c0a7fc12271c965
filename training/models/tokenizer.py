"""A byte-level tokenizer that needs no files: 256 bytes, two special tokens, and common words."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

EOS = "<|endoftext|>"
PAD = "<|pad|>"
MIN_VOCABULARY = 258
"""Smallest vocabulary: the 256 bytes and the two special tokens."""

_WORDS = r" = | ?[A-Za-z]+(?: (?=[0-9]))?|[0-9]| ?[^\sA-Za-z0-9]+(?:\n| (?=[0-9]))?|\s"
"""Units of which common ones are tokens: words and runs of punctuation, each with the space before
it, single digits, and single white-space characters. A space before a digit belongs to what comes
before it, so that a digit is the same token at the beginning of a number, within it, and alone."""

_TEXTS_A_WORD = 1000
"""Number of texts in which a common word occurs once on average, at least."""


def byte_tokenizer(
    texts: Iterable[str] = (), size: int = MIN_VOCABULARY
) -> PreTrainedTokenizerFast:
    """Return a byte-level tokenizer with at most ``size`` tokens.

    The tokens beyond the smallest vocabulary are common words of ``texts``. Any other word is
    spelled in bytes, so that a character of a random string is a token. Each digit is a token, as
    in Qwen2.5. Encoding and decoding are lossless. The spelling of a special token in a text is
    encoded as plain bytes with ``split_special_tokens``, which this project always sets. Tokens are
    numbered so: special ones, bytes that are no common word by themselves, words by falling
    frequency.

    Raises
    ------
    ValueError
        If ``size`` is less than 258.
    """
    if size < MIN_VOCABULARY:
        raise ValueError(
            f"`vocabulary` must be at least {MIN_VOCABULARY} (256 bytes, 2 special tokens), not "
            f"{size}"
        )
    texts = list(texts)
    pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    counter = Tokenizer(models.WordLevel())
    counter.pre_tokenizer = pre_tokenizer
    counter.train_from_iterator(
        texts,
        trainers.WordLevelTrainer(
            vocab_size=size,
            min_frequency=max(1, len(texts) // _TEXTS_A_WORD),
            special_tokens=[EOS, PAD, *sorted(pre_tokenizers.ByteLevel.alphabet())],
            show_progress=False,
        ),
    )
    numbers = counter.get_vocab()  # with gaps: a byte that is a word has the number of the word
    vocabulary = {
        word: number for number, word in enumerate(sorted(numbers, key=numbers.__getitem__))
    }
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in (EOS, PAD)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=EOS,
        pad_token=PAD,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
