"""A second grader of outputs, written from docs/evaluation.md, without code of the scorer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from compiler import Part, Span

WHITE_SPACE = " \t\r\n"
DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SMALL = CAPITALS.lower()
PRINTABLE = {chr(code) for code in range(ord("!"), ord("~") + 1)} - set('"\\|')
EXCERPT = 24


class Machine(NamedTuple):
    """The machine's text and answer for a problem.

    Attributes
    ----------
    text, spans
        Its text, and the spans of it; no spans if outputs have no chain of thought.
    gold
        Its answer.
    states_answer
        Whether its text ends in an answer line.
    strings
        For ``lcs``: the two strings.
    """

    task: str
    text: str
    spans: Sequence[Span]
    gold: str
    states_answer: bool
    strings: tuple[str, str] | None


def grade(machine: Machine, output: str, *, cut: bool) -> dict[str, Any]:
    """Return the fields of ``items.jsonl`` that judge an output; ``cut`` if it had not ended."""
    same = output == machine.text
    answer, verdict = None, "right" if same else "wrong"
    if machine.states_answer:
        answer, verdict = judge_answer(machine, output)
    return {
        "verdict": "truncated" if cut else verdict,
        "answer": answer,
        "exact": same and not cut,
        "first_divergence": None if same or not machine.spans else diverge(machine, output),
    }


def judge_answer(machine: Machine, output: str) -> tuple[str | None, str]:
    """Return the answer and the verdict of an output that ended."""
    line = output.rstrip(WHITE_SPACE).split("\n")[-1]
    if line[:7] != "answer:":
        return None, "no_answer"
    reader, allows_none = FORMS[machine.task]
    text = line[7:].strip(WHITE_SPACE)
    answer = "none" if allows_none and text == "none" else reader(text)
    if answer is None:
        return None, "wrong"
    right = answer == machine.gold
    if machine.strings and "none" not in (answer, machine.gold):
        letters = answer.replace(" ", "")
        longest = len(letters) == len(machine.gold.replace(" ", ""))
        right = longest and all(is_subsequence(letters, string) for string in machine.strings)
    return answer, "right" if right else "wrong"


def is_subsequence(letters: str, string: str) -> bool:
    """Return whether letters occur in a string in their order."""
    place = 0
    for letter in letters:
        place = string.find(letter, place) + 1
        if not place:
            return False
    return True


def only(text: str, characters: str | set[str]) -> bool:
    """Return whether a text has one character at least, and no others than these."""
    return bool(text) and all(character in characters for character in text)


def natural(text: str) -> str | None:
    return text if only(text, DIGITS) and (text == "0" or text[0] != "0") else None


def integer(text: str) -> str | None:
    if text.startswith("-"):
        return text if text != "-0" and natural(text[1:]) else None
    return natural(text)


def listed(item: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Return the reader of items with commas between, and a space or nothing after a comma."""

    def read(text: str) -> str | None:
        first, *others = text.split(",")
        items = [item(first), *(item(other.removeprefix(" ")) for other in others)]
        return None if None in items else ", ".join(map(str, items))

    return read


def pairs(text: str) -> str | None:
    """Read pairs; the text is split at the end of each pair, for commas are within pairs, too."""
    if not text.endswith(")"):
        return None
    read = []
    for index, pair in enumerate(text[:-1].split(")")):
        if index:
            if not pair.startswith(","):
                return None
            pair = pair[1:].removeprefix(" ")
        inner = listed(integer)(pair[1:]) if pair.startswith("(") else None
        if inner is None or inner.count(",") != 1:
            return None
        read.append(f"({inner})")
    return ", ".join(read)


def decimal(text: str) -> str | None:
    whole, point, fraction = text.partition(".")
    if natural(whole) is None:
        return None
    if point and not (only(fraction, DIGITS) and fraction[-1] != "0"):
        return None
    return text


def places(text: str) -> str | None:
    whole, _, fraction = text.partition(".")
    return text if natural(whole) is not None and only(fraction, DIGITS) else None


def choice(text: str) -> str | None:
    return text if text in ("<", ">", "=") else None


def spaced(characters: str) -> Callable[[str], str | None]:
    """Return the reader of characters with a space or nothing between two."""

    def read(text: str) -> str | None:
        if "  " in text or text != text.strip(" "):
            return None
        letters = text.replace(" ", "")
        return " ".join(letters) if only(letters, characters) else None

    return read


def sentence(text: str) -> str | None:
    return text if all(only(word, PRINTABLE) for word in text.split(" ")) else None


def lists(text: str) -> str | None:
    """Read lists of letters and their number."""
    before, semicolon, number = text.partition(";")
    number = number.removeprefix(" ")

    def letters(item: str) -> str | None:
        return item if all(len(c) == 1 and c in CAPITALS + SMALL for c in item.split(" ")) else None

    read = listed(letters)(before)
    if read is None or not semicolon or natural(number) is None or number == "0":
        return None
    return f"{read}; {number}"


def partitions(text: str) -> str | None:
    """Read strings that consist of pieces, and their number."""
    before, semicolon, number = text.partition(";")
    number = number.removeprefix(" ")

    def pieces(item: str) -> str | None:
        return item if all(only(piece, SMALL) for piece in item.split(" ")) else None

    read = listed(pieces)(before)
    if read is None or not semicolon or natural(number) is None or number == "0":
        return None
    return f"{read}; {number}"


def strings(text: str) -> str | None:
    """Read strings with commas between; each is spelled with spaces."""
    return listed(spaced(SMALL + DIGITS))(text)


FORMS: dict[str, tuple[Callable[[str], str | None], bool]] = {
    **dict.fromkeys(
        ("binary_search", "count_letters", "derangement", "derangement_fit", "knapsack_01",
         "levenshtein_distance", "multi_machine_schedule", "population_growth"), (integer, False),
    ),
    "bubble_sort": (listed(integer), False),
    "dijkstra": (listed(integer), False),
    "prime_search": (listed(integer), True),
    "diophantine_equation": (pairs, True),
    "large_number_addition": (decimal, False),
    "large_number_division": (places, False),
    "compare_numbers": (choice, False),
    "lcs": (spaced(CAPITALS), True),
    "word_flip": (sentence, False),
    "palindrome_combination": (partitions, False),
    "permutation_combination": (lists, False),
    "permutation_fit": (lists, False),
    "any_substring": (strings, False),
}  # fmt: skip
"""Reader of each task's answers, and whether `none` is one."""


def diverge(machine: Machine, output: str) -> dict[str, Any]:
    """Return the first divergence of an output that is not the machine's text."""
    text, spans = machine.text, machine.spans
    offset = common_start(text, output)
    index = max(i for i, span in enumerate(spans) if span.start <= offset)
    if (
        index
        and spans[index].start == offset
        and output[offset : offset + 1].isalnum()
        and spans[index - 1].part in (Part.LABEL, Part.KEY, Part.VALUE)
    ):
        index -= 1
    span = spans[index]
    last_end: dict[int, int] = {}
    opens: dict[int, int] = {}
    for each in spans:
        if each.state >= 0:
            last_end[each.state] = max(each.end, last_end.get(each.state, 0))
            opens[each.state] = min(each.start, opens.get(each.state, each.start))
    common_end = len(text) - common_start(text[::-1], output[::-1])
    return {
        "at": offset,
        "states": sum(end <= offset for end in last_end.values()),
        "state": span.state,
        "step": span.step,
        "label": span.label,
        "role": span.role,
        "part": span.part,
        "name": span.name,
        "expected": text[offset : offset + EXCERPT],
        "got": output[offset : offset + EXCERPT],
        "back": min((state for state, start in opens.items() if start >= common_end), default=None),
    }


def common_start(first: str, second: str) -> int:
    """Return how many characters two texts have in common from their starts, by halving."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
