"""Mistakes in the file of a task, each with the sentence that leads to its fix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tasks import from_file
from tests.support.cli import Command, call_here
from tmtail.creation import create_task

KIND = 'kind = choice("0", "1")'
RANGES = "ranges(S=(2, 8), M=(9, 14), L=(15, 22))"
SAMPLED = "return Bits(bits=bits, first=draws.choice(LETTERS[: len(LETTERS) - lengths[0] - 1]))"
TINY = 'return Bits(bits=bits, first=draws.choice("abc"))'
TAPES = 'return {"bits": instance.bits, "place": " ".join(instance.letters)}'
WORDS = 'return {"bits": instance.bits}'
PARADIGM = 'paradigm = "iteration"'
DECORATOR = "@dataclass(frozen=True, kw_only=True)\n"

MISTAKES = [
    (KIND, 'kind = "int"', "`kind` must be a kind of answer, such as tmtail.INTEGER"),
    (KIND, "kind = None", "`kind` must be a kind of answer"),
    (KIND, 'kind = choice(["0", "1"])', 'choice takes texts, such as choice("yes", "no")'),
    (f"    {KIND}\n", "", "Parity does not define kind"),
    (f"    {PARADIGM}\n", "", "Parity does not define paradigm"),
    (PARADIGM, "paradigm = 3", "`paradigm` must be a text, not 3"),
    (PARADIGM, f'{PARADIGM}\n    coarse = ["place"]', "`coarse` must be a frozenset of names"),
    (PARADIGM, f'{PARADIGM}\n    beyond = {{"XL"}}', "names no range of the task: 'XL'"),
    (PARADIGM, f'{PARADIGM}\n    lengths = "1"', "`lengths` must be a whole number"),
    ("instance = Bits", 'instance = "Bits"', "must be a class derived from tmtail.Instance"),
    ("instance = Bits", "instance = str", "must be a class derived from tmtail.Instance"),
    (RANGES, '{"S": (2, 8)}', "write a default of ranges as ranges(S=(2, 4), M=(5, 8))"),
    (RANGES, "ranges()", "`ranges` is empty"),
    (RANGES, "ranges(S=8)", "range S must be a pair of its least and greatest length"),
    (RANGES, 'ranges(S="2-8")', "range S must be a pair of its least and greatest length"),
    (RANGES, "ranges(S=(8, 2))", "it must be 1 ≤ least ≤ greatest"),
    (RANGES, "ranges(S=(2.0, 8))", "2.0–8 is not a range of lengths; give whole numbers"),
    (f"{DECORATOR}class Bits", "class Bits", "Bits is not a dataclass; decorate it with"),
    (f"{DECORATOR}class Parity", "class Parity", "Parity is not a dataclass; decorate it with"),
    (f"{DECORATOR}class Parity", "@dataclass\nclass Parity", "decorate the class with @dataclass("),
    ("class Parity(Task[Bits])", "class Parity", "defines 0 tasks; it must define one"),
    ("def sample(", "def smaple(", "Parity does not define sample"),
    ("def tiny(self, draws: Draws)", "def tiny(self)", "declare the method as the base class does"),
    ("draws: Draws, *lengths: int) -> Bits:\n        bits", "draws: Draws) -> Bits:\n        bits",
     "declare the method as `sample(self, draws, *lengths)` does"),
    (SAMPLED, "pass", "`sample` must return a Bits, not None"),
    (SAMPLED, "return bits", "`sample` must return a Bits, not '"),
    (SAMPLED, SAMPLED.replace("bits=bits", "bits=list(bits)"), "not lists or sets"),
    (SAMPLED, SAMPLED.replace("draws.choice", "random.choice"), "not from `random` or NumPy: {"),
    (TINY, TINY.replace("draws.choice", "random.choice"), "`tiny` draws another instance from"),
    (TAPES, "return [instance.bits]", "`tapes` must return a dict of texts by name"),
    (TAPES, 'return {"bits": 101}', "'bits' is 101: write str(…) around it"),
    (WORDS, 'return ["a"]', "`words` must return a dict of texts by name"),
    (WORDS, 'return {"n": 3}', "'n' is 3: write str(…) around it"),
    ("return 1 << lengths[0]", 'return "many"', "`count` must return a whole number from 0"),
    ("return len(instance.bits)", "return 0", "`length` must return a whole number from 1, not 0"),
    ("return len(instance.bits)", "return str(len(instance.bits))", "`length` must return a whole"),
]  # fmt: skip
"""Parts of the file of the task that ``tmtail new`` writes, their replacement, and the sentence."""


@pytest.fixture(scope="module")
def parity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parity")
    create_task("parity", folder)
    return folder


def spoiled(parity: Path, folder: Path, right: str, wrong: str, suffix: str = ".py") -> Path:
    """Return the Python file of a copy of the task with one part replaced."""
    for file in parity.glob("parity.*"):
        text = file.read_text()
        if file.suffix == suffix:
            assert right in text
            text = text.replace(right, wrong, 1)
        (folder / file.name).write_text(text)
    return folder / "parity.py"


@pytest.mark.parametrize(("right", "wrong", "sentence"), MISTAKES)
def test_a_mistake_in_a_task(
    parity: Path, tmp_path: Path, right: str, wrong: str, sentence: str
) -> None:
    file = spoiled(parity, tmp_path, right, wrong.replace("random.", "__import__('random')."))
    with pytest.raises(ValueError, match=re.escape(sentence)):
        from_file(file)


@pytest.mark.parametrize(
    ("right", "wrong", "suffix", "sentence"),
    [
        (
            '"bits": instance.bits,',
            '"bit": instance.bits,',
            ".py",
            "the tapes are bits, place, lead, out",
        ),
        (
            '"bits": instance.bits,',
            '"bits": "?",',
            ".py",
            "writes '?' on `bits`, which is no operand",
        ),
        ("(instance.first,)", "[instance.first]", ".py", "must return a tuple of texts"),
        (
            "{bits}",
            "{bit}",
            ".txt",
            "wording 0 of parity.prompts.txt, 'What is the sum of the bits {bit} modulo',"
            " has the placeholder {bit}, which `words` does not give; its placeholders are bits",
        ),
        ("Held out for", "Hold out for", ".txt", "the line '# Hold out for probe and eval' begins"),
        ("and eval\n\n", "and eval\n", ".txt", "with a blank line before and after it"),
        ("{bits}", "{bits} }", ".txt", "write braces as {{ and }}"),
        ("{bits}", "{bits}, {bits}", ".txt", "has {bits} 2 times; write each placeholder once"),
        ("What is the sum of the bits {bits}", "{bits}", ".txt", "the word before it, which is"),
        ("import string", "import string\nx = (", ".py", "parity.py:4: '(' was never closed"),
        ("import string", "import strnig", ".py", "No module named 'strnig'"),
        ("main {", "mian {", ".tm", "did you mean `main`?"),
    ],
)
def test_a_mistake_that_a_command_meets(
    parity: Path, tmp_path: Path, right: str, wrong: str, suffix: str, sentence: str
) -> None:
    command: Command = call_here
    answer = command("trace", spoiled(parity, tmp_path, right, wrong, suffix), "--show-prompt")
    assert answer.code == 1
    assert sentence in answer.err


@pytest.mark.parametrize(
    "command",
    [
        ("lint", "TASK", "--n", 1),
        ("trace", "TASK"),
        ("trace", "TASK", "--format", "transitions"),
        ("corpus", "build", "--out", "OUT", "--workers", 1, "--tasks", "TASK"),
        ("corpus", "build", "--out", "OUT", "--workers", 1, "--format", "transitions", "--tasks",
         "TASK"),
    ],
    ids=lambda command: " ".join(map(str, command[:-1])),
)  # fmt: skip
def test_a_symbol_that_a_tape_cannot_hold_names_the_task(
    parity: Path, tmp_path: Path, command: tuple[object, ...]
) -> None:
    file = spoiled(parity, tmp_path, '" ".join', '"A".join')
    places: dict[object, object] = {"TASK": file, "OUT": tmp_path / "corpus"}
    answer = call_here(*(places.get(part, part) for part in command))
    assert answer.code == 1
    assert "tmtail: error: parity: tape `place` cannot hold 'A' (character 2" in answer.err


@pytest.mark.parametrize("command", ["lint", "trace", "corpus"])
def test_a_machine_without_the_tape_of_its_answer(
    parity: Path, tmp_path: Path, command: str
) -> None:
    file = spoiled(parity, tmp_path, "out", "result", ".tm")
    machine = file.with_suffix(".tm")
    machine.write_text(machine.read_text().replace("out", "result"))
    build = ("build", "--out", tmp_path / "corpus", "--tasks")
    answer = call_here(command, *(build if command == "corpus" else ()), file)
    assert answer.code == 1
    assert f"{machine}: the machine of a task must have a tape `out` that holds" in answer.err


def test_the_template_has_no_mistake(parity: Path) -> None:
    assert from_file(parity / "parity.py").name == "parity"
