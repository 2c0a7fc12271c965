"""Prompts: wordings that differ, give all that a solution needs, and hand over nothing else."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import pytest
from rapidfuzz.fuzz import ratio, token_set_ratio

import tasks
from tasks.base import AnyTask
from tasks.places import PLACE_NAMES
from tasks.strings import NUMBER_NAMES
from tasks.wordings import Wordings
from tests.support.oracles.prompt_readers import EXAMPLES, READERS, read_names
from tests.support.tasks.task_samples import draw_instances

ARCHAIC = re.compile(
    "|".join(Path(__file__).with_name("archaic_words.txt").read_text().splitlines()), re.IGNORECASE
)
"""Archaic or translated diction, which no wording has."""
ALPHABETS = (
    list(ascii_lowercase),
    list(ascii_uppercase),
    list(PLACE_NAMES[2]),
    [str(number) for number in range(10, 1000)],
    [a + b for a in ascii_uppercase for b in ascii_uppercase],
    list(map(str, range(1000))),
    2 * list(ascii_uppercase[4:]),  # the names of numbers, in cyclic order
    2 * list(NUMBER_NAMES),  # cyclic
)
"""Names in their order; a tape of names holds consecutive ones."""


@pytest.fixture(params=tasks.names())
def task(request):
    return tasks.get(request.param)


def placeholders(wording: str) -> list[str]:
    """Return the placeholders of a wording, in order."""
    return re.findall(r"\{(\w+)\}", re.sub(r"\{\{|\}\}", "", wording))


def literal(wording: str) -> str:
    """Return a wording without its placeholders."""
    return re.sub(r"\{\w+\}", "…", wording.replace("{{", "(").replace("}}", ")"))


def test_no_two_wordings_are_similar(task: AnyTask) -> None:
    plain_texts = [re.sub(r"\{\w+\}|`[^`]*`", "", wording) for wording in task.wordings]
    for one, other in itertools.combinations(plain_texts, 2):
        assert ratio(one, other) < 70, (one, other)
        assert token_set_ratio(one, other) < 85, (one, other)


def test_each_wording_gives_the_form_of_the_answer(task: AnyTask) -> None:
    for wording in task.wordings:
        assert re.search("[`\"']answer:", wording), wording


@pytest.mark.parametrize("range_name", ["tiny", "S", "L"])
def test_keyed_prompts_give_every_fact_with_separate_tokens(task: AnyTask, range_name: str) -> None:
    """A space precedes each key, and no letter or digit follows a value."""
    instance = draw_instances(task, range_name, 1, "prompts")[0]
    facts = task.facts(instance)
    for wording in range(len(task.wordings)):
        prompt = task.prompt(instance, wording, facts=facts)
        for key, value in facts.items():
            assert re.search(rf" {key} = {re.escape(value)}(?![\w])", prompt), (key, prompt)


def test_an_unknown_wording_is_an_error(task: AnyTask) -> None:
    with pytest.raises(IndexError):
        task.prompt(draw_instances(task, "S", 1)[0], len(task.wordings))


def test_18_wordings_are_for_training_and_6_are_held_out(task: AnyTask) -> None:
    assert task.wording_indices("train") == range(18)
    assert task.wording_indices("probe") == task.wording_indices("eval") == range(18, 24)
    assert len(set(task.wordings)) == 24


def test_each_wording_has_every_placeholder_once_after_words_of_its_own(task: AnyTask) -> None:
    instance = draw_instances(task, "S", 1)[0]
    names = list(task.words(instance))
    assert set(names) == set(READERS[task.name].notations)
    for index, wording in enumerate(task.wordings):
        assert sorted(placeholders(wording)) == sorted(names)
        parts = task.inputs(instance, index)["lead"].split("~")[:-1]
        assert len(parts) == len(set(parts)) == len(names), wording
        assert all(part and part.isascii() for part in parts), wording


def test_one_space_separates_an_operand_from_the_words_before_it(task: AnyTask) -> None:
    for wording in task.wordings:
        assert not re.search(r"[a-z:=]  +\{\w+\}", wording), wording


def test_wordings_are_plain_english(task: AnyTask) -> None:
    for wording in task.wordings:
        assert not ARCHAIC.search(wording), wording
        assert "Labels start" not in wording
        assert "Index hints" not in wording


def test_no_example_in_a_wording_reads_as_a_fact(task: AnyTask) -> None:
    """Examples of operands could be read as part of the problem: ``write edges as B-C 7``."""
    facts = task.facts(draw_instances(task, "S", 1, "prompts")[0])
    kinds = {re.sub(r"\d+", "0", key.split()[0]) for key in facts}
    for wording in map(literal, task.wordings):
        if task.name in EXAMPLES:
            assert not re.search(rf"(?<![\w-])(?:{EXAMPLES[task.name]})(?![\w-])", wording)
        for key in re.findall(r"(\w+) \w+ = \w", wording):
            assert key not in kinds, wording


@pytest.mark.parametrize("range_name", ["tiny", "S", "L"])
def test_the_closing_clause_gives_the_names(task: AnyTask, range_name: str) -> None:
    for instance in draw_instances(task, range_name, 20, "clause"):
        for wording in range(len(task.wordings)):
            assert read_names(task.prompt(instance, wording)) == task.names(instance)


@pytest.mark.parametrize("range_name", ["tiny", "S", "M", "L"])
def test_tapes_hold_operands_of_the_prompt_and_names(task: AnyTask, range_name: str) -> None:
    for instance in draw_instances(task, range_name, 20, "tapes"):
        for wording in range(len(task.wordings)):
            prompt = task.prompt(instance, wording)
            names = read_names(prompt)
            for tape, text in task.inputs(instance, wording).items():
                if tape == "lead":
                    assert all(part in prompt for part in text.split("~")), (text, prompt)
                else:
                    assert text in prompt or are_names(text, names), (tape, text, prompt)


def are_names(text: str, names: tuple[str, ...]) -> bool:
    """Return whether a text is consecutive names, among or beside which is one of the prompt's."""
    words = text.split(" ") if " " in text else list(text)
    for alphabet in ALPHABETS:
        if words[0] in alphabet:
            start = alphabet.index(words[0])
            end = start + len(words)
            near = alphabet[max(0, start - 1) : end + 1]
            if words == alphabet[start:end] and not set(near).isdisjoint(names):
                return True
    return False


def test_most_wordings_share_no_opening(task: AnyTask) -> None:
    openings = Counter(" ".join(literal(wording).split()[:2]) for wording in task.wordings)
    assert max(openings.values()) <= 3, openings


@pytest.mark.parametrize(
    ("wording", "leads"),
    [
        ("Which is greater, {x} or {y}?", ["greater,", "or"]),
        ('{{"operands": ["{x}", "{y}"]}}', ['{"operands": ["', '"']),
        ("| left | {x} |\n    | right | {y} |", ["left |", "right |"]),
        ("values v_i {x}", ["v_i"]),
        ("items:\n    - {x}", ["-"]),
        (f"Decode {'ab' * 2000} from {{x}}", ["from"]),
    ],
)
def test_a_machine_finds_an_operand_by_the_last_word_before_it(
    wording: str, leads: list[str]
) -> None:
    assert [*Wordings((wording,)).leads(0).values()] == leads
