"""Wordings: the ways in which the prompts of a task pose a problem, and where an operand begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter

HELD_OUT = "# Held out for probe and eval"
"""The paragraph of a prompts file before the wordings that are not used for training."""

SEEN, UNSEEN = "seen", "unseen"
"""Kinds of wordings: those of training, and those that are held out from it."""

NAMES_LEAD = "Labels start at"
"""The words before the names in the closing clause of a prompt."""

CAPITALS_FIRST = "Capital letters come before small ones."
"""The sentence before the closing clause of a prompt in which names of both kinds have an order."""

FACTS_LEAD = "Index hints:"
"""The words before the facts of a keyed prompt."""

LEAD_END = "~"
"""The end of each part of the tape ``lead``."""

_LAST_WORD = re.compile(r"(?<!\S)(?=\S*\w)\S+(?: [^\w\s]+)*$|\S+$")
"""The last word before a placeholder and the marks after it, on its line; or the marks alone."""

_OWN_LINE = "    "
_HEADING = re.compile("^#.*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Wordings:
    """The wordings of a task, by index.

    Attributes
    ----------
    seen
        The wordings of training, first of all.
    held_out
        The wordings of probe and eval, after them; if it is empty, all splits use ``seen``.
    """

    seen: tuple[str, ...]
    held_out: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, file: Path) -> Wordings:
        """Read the text of a prompts file: paragraphs with blank lines between them.

        The lines of a paragraph are joined by spaces, except those that begin with four spaces.

        Raises
        ------
        ValueError
            If a line begins with ``#`` and is not the paragraph ``HELD_OUT``.
        """
        seen: list[str] = []
        held_out: list[str] = []
        current = seen
        for paragraph in re.split(r"\n[ \t]*\n", text):
            if paragraph.strip() == HELD_OUT:
                current = held_out
            elif heading := _HEADING.search(paragraph):
                raise ValueError(
                    f"{file}: the line {heading.group()[:64]!r} begins with `#`; the only such "
                    f"line is {HELD_OUT!r}, with a blank line before and after it"
                )
            elif paragraph.strip():
                current.append(_joined(paragraph))
        return cls(tuple(seen), tuple(held_out))

    @property
    def all(self) -> tuple[str, ...]:
        """All wordings: those of training, then those held out."""
        return self.seen + self.held_out

    def indices(self, split: str) -> range:
        """Return the indices of the wordings of a split: ``train``, ``probe`` or ``eval``."""
        if split == "train" or not self.held_out:
            return range(len(self.seen))
        return range(len(self.seen), len(self.all))

    def leads(self, index: int) -> Mapping[str, str]:
        """Return the last word before each placeholder of a wording, with the marks after it."""
        return _leads(self.all[index])


@lru_cache(maxsize=1024)
def _leads(wording: str) -> Mapping[str, str]:
    leads: dict[str, str] = {}
    before = ""
    for literal, name, _, _ in Formatter().parse(wording):
        before += literal
        if name is None:
            continue
        match = _LAST_WORD.search(before.rstrip())
        lead = match.group() if match else ""
        if not lead or not lead.isascii() or LEAD_END in lead or lead in leads.values():
            raise ValueError(
                f"the machine finds {{{name}}} by the word before it, which is {lead!r}; write "
                f"another word before each placeholder, in ASCII and without {LEAD_END}"
            )
        leads[name] = lead
        before = ""
    return leads


def _joined(paragraph: str) -> str:
    text, own_before = "", False
    for line in paragraph.splitlines():
        own = line.startswith(_OWN_LINE)
        text += ("\n" if own or own_before else " ") if text else ""
        text += line[len(_OWN_LINE) :].rstrip() if own else " ".join(line.split())
        own_before = own
    return text
