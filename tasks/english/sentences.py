"""English sentences of an exact number of words or characters, from a list of common words.

``words.txt`` lists the words in groups, and each of ``PATTERNS`` says which groups follow on
each other in a clause. Longer texts join several clauses or several sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tasks.draws import Draws

PATTERNS = """
short
crowd motion
name motion
short name
name motion manner
owner person motion
owner animal motion
amount crowd motion
name verb name
name verb owner thing
name verb amount plural
name motion on day
owner quality person motion
owner quality animal motion
owner animal motion manner
amount quality crowd motion
name motion relation owner place
name verb amount quality plural
name and name verb name
owner person verb owner thing
owner person motion on day
owner animal verb name manner
amount quality crowd verb name
name verb owner quality thing manner
owner person verb amount quality plural
owner quality person verb owner thing
owner animal motion relation owner place
amount quality crowd verb amount plural
name verb owner thing relation owner place
name and name motion relation owner place
owner person verb owner quality thing manner
owner animal motion relation owner quality place
amount quality crowd motion relation owner place
owner person verb owner thing relation owner place
owner quality person verb owner quality thing manner
owner quality person verb amount plural on day
owner quality person verb owner thing relation owner place
amount quality crowd verb owner thing relation owner place
owner quality person verb owner quality thing relation owner place
owner person and owner quality animal motion relation owner place
"""
"""Clauses: a word is the name of a group of ``words.txt``, or else occurs in the sentence."""

CODE_FRAMES = ("Code: ", "Key = ", "Type ", "Press ", "The code is ", "My password was ", "Use ")
"""Beginnings of sentences about a code, which is made of any printable characters."""

CODE_CHARACTERS = "".join(
    chr(code) for code in range(ord("!"), ord("~") + 1) if chr(code) not in '"\\|'
)
MAX_CODE_LENGTH = 8

MAX_CLAUSE_WORDS = 10
SENTENCE_LENGTHS = (12, 40)
"""Least and greatest number of characters of a sentence that others follow."""

_VOWELS = "aeiou"


@cache
def word_groups() -> Mapping[str, tuple[str, ...]]:
    """Return the words of ``words.txt`` by their group."""
    groups: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in Path(__file__).with_name("words.txt").read_text(encoding="ascii").splitlines():
        if line.endswith(":"):
            name = line[:-1]
        elif name and line:
            groups[name] = (*groups.get(name, ()), *line.split())
    return groups


def draw_words(draws: Draws, count: int, *, letter: str = "", tries: int = 1) -> list[str]:
    """Return ``count`` words that make an English sentence without punctuation.

    Parameters
    ----------
    letter, tries
        A letter that the words shall contain often: each is the best of this many draws.
    """
    slots: list[str] = []
    while count - len(slots) > MAX_CLAUSE_WORDS:
        remaining = count - len(slots)
        slots += draws.choice(_patterns()[draws.between(4, min(8, remaining - 4))])
        slots.append("link")
    slots += draws.choice(_patterns()[count - len(slots)])
    words = []
    for slot in slots:
        drawn = [_draw_word(draws, slot) for _ in range(tries)]
        words.append(
            max(drawn, key=lambda word: word.lower().count(letter)) if letter else drawn[0]
        )
    return _with_articles(words)


def draw_sentence(draws: Draws, length: int) -> str:
    """Return one or more English sentences with ``length`` characters in all.

    They have capitals and punctuation, and some have digits or a code of any characters.
    """
    low, high = SENTENCE_LENGTHS
    sentences = []
    while length > high:
        part = draws.between(low, min(high, length - low - 1))
        sentences.append(_draw_sentence(draws, part))
        length -= part + 1
    return " ".join([*sentences, _draw_sentence(draws, length)])


@cache
def _patterns() -> Mapping[int, tuple[tuple[str, ...], ...]]:
    """Return the patterns of clauses by their number of words."""
    patterns: dict[int, tuple[tuple[str, ...], ...]] = {}
    for line in PATTERNS.split("\n"):
        slots = tuple(line.split())
        patterns[len(slots)] = (*patterns.get(len(slots), ()), slots)
    return patterns


@cache
def _words_by_length(slot: str) -> Mapping[int, Sequence[str]]:
    lengths: dict[int, list[str]] = {}
    for word in word_groups().get(slot, (slot,)):
        lengths.setdefault(len(word), []).append(word)
    return lengths


def _draw_word(draws: Draws, slot: str) -> str:
    if slot == "owner" and draws.chance(1, 2):
        return draws.choice(("the", "the", "a"))
    return draws.choice(word_groups().get(slot, (slot,)))


def _with_articles(words: Sequence[str]) -> list[str]:
    """Return the words with ``an`` in place of ``a`` before a vowel."""
    following = [*words[1:], ""]
    return [
        "an" if word == "a" and after[:1] in _VOWELS and after else word
        for word, after in zip(words, following, strict=True)
    ]


def _draw_sentence(draws: Draws, length: int) -> str:
    """Return one sentence, or part of one if there are few characters."""
    if length == 1:
        return draws.choice(CODE_CHARACTERS)
    while True:
        if draws.chance(1, 8) and (text := _draw_code(draws, length)):
            return text
        count = draws.between(max(1, length // 8), max(1, min(MAX_CLAUSE_WORDS, length // 4)))
        slots = draws.choice(_patterns()[count])
        end = draws.choice(".....!?") if length > 2 else ""
        start = draws.choice(word_groups()["short"]) + ", " if draws.chance(1, 8) else ""
        words = [_draw_flourish(draws, slot) for slot in slots]
        for place in [None, *draws.shuffled(range(count))]:
            if place is not None:
                missing = length - len(_written(start, words, end))
                fitting = _words_by_length(slots[place]).get(len(words[place]) + missing)
                if not fitting:
                    continue
                words[place] = draws.choice(fitting)
            text = _written(start, words, end)
            if len(text) == length:
                return text


def _draw_flourish(draws: Draws, slot: str) -> str:
    """Return a word; in place of an owner at times a name, and of an amount at times digits."""
    if slot == "owner" and draws.chance(1, 8):
        return draws.choice(word_groups()["name"]) + "'s"
    if slot == "amount" and draws.chance(1, 2):
        return str(draws.between(2, 999))
    return _draw_word(draws, slot)


def _written(start: str, words: Sequence[str], end: str) -> str:
    text = start + " ".join(_with_articles(words)) + end
    return text[:1].upper() + text[1:]


def _draw_code(draws: Draws, length: int) -> str:
    """Return a sentence about a code; an empty string if none of the frames suits."""
    frames = [frame for frame in CODE_FRAMES if 2 <= length - len(frame) <= MAX_CODE_LENGTH]
    if not frames:
        return ""
    frame = draws.choice(frames)
    return frame + "".join(draws.choice(CODE_CHARACTERS) for _ in range(length - len(frame)))
