"""A byte-level tokenizer that needs no files: 256 bytes, two special tokens, and common words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from string import ascii_letters, digits, punctuation

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

EOS = "<|endoftext|>"
PAD = "<|pad|>"
MIN_VOCABULARY = 258
"""Smallest vocabulary: the 256 bytes and the two special tokens."""

_WORDS = (
    r"(?<=[A-Za-z0-9])-[A-Za-z0-9](?![A-Za-z])"
    r"| ?[A-Za-z]+| ?[0-9]| ?-(?=[0-9])| ?(?:(?!-[0-9])[^\sA-Za-z0-9])+\n?|\s"
)
"""Units of which common ones are tokens: words, single digits, signs of numbers and runs of other
marks, each with the space before it, and single white-space characters. What precedes a character
of an operand is the same whether a digit, a letter or a sign follows: a model that copies would
have to know it a token too early, and a lookup would compare other tokens. A hyphen between two
characters, as in ``B-C`` and ``9-12``, belongs to the second one like a space, because a lookup
compares three tokens, and it tells nothing apart."""

JOINED = re.compile("-[A-Za-z0-9]")
"""A character with the hyphen before it that joins it to another."""

_QUOTED_SPACE = r' (?=[^"\n]*[^"\s]"(?:[^"\n]*"[^"\n]*")*[^"\n]*$)'
"""A space between double quotes of a line. If operands have spaces, it is a token of its own, since
the text of a machine that reads a sentence names it like the letters: a lookup then finds the same
characters in both. In a quoted list it belongs to the character after it, as in the text."""

_ANSWER_SPACE = r"(?:^answer: |\G(?<= ))[^ \n]*\K "
"""A space in an answer. It is a token of its own if operands have spaces: an answer repeats what
steps have written, with the name of the space. A match begins at the start of the line or where the
last one ended (``\\G``): to look behind each space for the start would take quadratic time."""

_TEXTS_A_WORD = 20
"""Number of texts of which one has a common word, at least. The words of a wording, of which a task
has 18 in training, and those of a machine are common; operands are not."""

_NAME = re.compile("[a-z]{1,2}")
"""A word that can be the name of a place. Some names are common words, such as ``to``, and some are
common in texts of S alone, such as ``ee`` where names of substrings begin with the same letter."""

SPACE = "\u0120"
"""A space, as the tokens of a byte-level tokenizer spell it."""

_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def byte_tokenizer(
    texts: Iterable[str] = (), size: int = MIN_VOCABULARY, spelled: Collection[str] = ()
) -> PreTrainedTokenizerFast:
    """Return a byte-level tokenizer with at most ``size`` tokens.

    The tokens beyond the smallest vocabulary are common words of ``texts``, then letters and marks
    with a space before them. With a space in ``spelled``, one in quotes or in an answer is a token
    of its own. A word in ``spelled`` or with a mark in it, one that can be the name
    of a place, and any other that is not common is spelled, so that a character of a random string
    is a token. Each digit is a token, as in Qwen2.5. Encoding and decoding are lossless. The
    spelling of a special token in a text is encoded as plain bytes with ``split_special_tokens``,
    which this project always sets. Tokens are numbered so: special ones, common words and
    characters by falling number of texts, all others.

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
    units = _units(_ANSWER_SPACE, _QUOTED_SPACE) if " " in spelled else _units()
    words = [word for word in _common_words(texts, units) if not _is_spelled(word, spelled)]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    letters = [SPACE + letter for letter in digits + ascii_letters + punctuation]
    more = [token for token in dict.fromkeys([*words, *letters]) if token not in alphabet]
    ranks = {word: rank for rank, word in enumerate(words)}
    tokens = sorted(
        [*alphabet, *more[: size - MIN_VOCABULARY]], key=lambda token: ranks.get(token, len(ranks))
    )
    vocabulary = {token: number for number, token in enumerate([EOS, PAD, *tokens])}
    merges = [(SPACE, token[1]) for token in letters if token in vocabulary]
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([units, _BYTES])
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


def _units(*spaces: str) -> pre_tokenizers.Sequence:
    """Return what divides a text into units: those of ``_WORDS``, and ``spaces``."""
    patterns = (*spaces, _WORDS)
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), behavior="isolated") for pattern in patterns]
    )


def _is_spelled(token: str, spelled: Collection[str]) -> bool:
    """Return whether a word can be a name, is in ``spelled``, or has a mark of it and more."""
    if JOINED.fullmatch(token):
        return False
    word = token.strip(SPACE)
    if word in spelled or _NAME.fullmatch(word):
        return True
    return len(word) > 1 and any(mark in spelled for mark in word if not mark.isalnum())


def _common_words(texts: Iterable[str], units: pre_tokenizers.PreTokenizer) -> list[str]:
    """Return the words of many texts, as tokens spell them, by falling number of texts."""
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        counts.update({word for word, _ in units.pre_tokenize_str(text)})
        number += 1
    common = [word for word, count in counts.items() if count * _TEXTS_A_WORD >= number]
    common.sort(key=lambda word: (-counts[word], word))
    return [_BYTES.pre_tokenize_str(word)[0][0] for word in common]
