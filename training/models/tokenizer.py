"""A byte-level tokenizer that needs no files: 256 bytes, two special tokens, and common words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from string import ascii_letters

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

_TEXTS_A_WORD = 40
"""Number of texts in which a common word occurs once on average, at least."""

_SPACE = "\u0120"
"""A space, as the tokens of a byte-level tokenizer spell it."""

_TWO_LETTERS = re.compile("\u0120?[A-Za-z]{2}").fullmatch
"""Matches words of two letters: labels, whose letters a model must see."""


def byte_tokenizer(
    texts: Iterable[str] = (), size: int = MIN_VOCABULARY, spelled: Collection[str] = ()
) -> PreTrainedTokenizerFast:
    """Return a byte-level tokenizer with at most ``size`` tokens.

    The tokens beyond the smallest vocabulary are letters with a space before them, then common
    words of ``texts`` that are not in ``spelled``. Any other word is spelled, so that a character
    of a random string is a token. Each digit is a token, as in Qwen2.5. Encoding and decoding are
    lossless. The spelling of a special token in a text is encoded as plain bytes with
    ``split_special_tokens``, which this project always sets.

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
            vocab_size=2 * size,
            min_frequency=max(1, len(texts) // _TEXTS_A_WORD),
            show_progress=False,
        ),
    )
    counted = counter.get_vocab()
    letters = [_SPACE + letter for letter in ascii_letters]
    words = (
        word
        for word in sorted(counted, key=counted.__getitem__)
        if not _TWO_LETTERS(word) and word.removeprefix(_SPACE) not in spelled
    )
    tokens = [EOS, PAD, *sorted(pre_tokenizers.ByteLevel.alphabet()), *letters, *words]
    vocabulary = {token: number for number, token in enumerate(list(dict.fromkeys(tokens))[:size])}
    merges = [(_SPACE, token[1]) for token in letters if token in vocabulary]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=merges, ignore_merges=True))
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
