"""The place of the answer in a text, and the accepted spellings of each kind of answer."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasks
from tasks import answers
from tasks.answers import (
    DECIMAL,
    FIXED,
    INTEGER,
    INTEGERS,
    LETTERS,
    PAIRS,
    PARTITIONS,
    PERMUTATIONS,
    SENTENCE,
    STRINGS,
    AnswerKind,
    Grade,
    choice,
    last_answer,
    or_none,
)
from tasks.base import AnyTask
from tests.support.oracles import ORACLES, right
from tests.support.tasks.task_samples import draw_instances

SIGNS = choice("<", ">", "=")

ACCEPTED = [
    (INTEGER, "0", "0"),
    (INTEGER, "7", "7"),
    (INTEGER, "-40", "-40"),
    (INTEGER, "9" * 5000, "9" * 5000),
    (INTEGERS, "7", "7"),
    (INTEGERS, "-4, 0, 12", "-4, 0, 12"),
    (INTEGERS, "-4,0,12", "-4, 0, 12"),
    (INTEGERS, "-4,0, 12", "-4, 0, 12"),
    (PAIRS, "(0, 3)", "(0, 3)"),
    (PAIRS, "(0,3),(12, -4)", "(0, 3), (12, -4)"),
    (or_none(PAIRS), "(1, 2),(3, 4)", "(1, 2), (3, 4)"),
    (or_none(PAIRS), "none", "none"),
    (DECIMAL, "0", "0"),
    (DECIMAL, "120", "120"),
    (DECIMAL, "0.05", "0.05"),
    (DECIMAL, "10.25", "10.25"),
    (DECIMAL, "9" * 5000 + "." + "0" * 5000 + "1", "9" * 5000 + "." + "0" * 5000 + "1"),
    (FIXED, "0.0", "0.0"),
    (FIXED, "0.050", "0.050"),
    (FIXED, "120.25000", "120.25000"),
    (SENTENCE, "a", "a"),
    (SENTENCE, "!dlroW ,olleH", "!dlroW ,olleH"),
    (SENTENCE, "<b> {x} 'y' `z` [0] ^~", "<b> {x} 'y' `z` [0] ^~"),
    (or_none(LETTERS), "none", "none"),
    (or_none(LETTERS), "ABD", "A B D"),
    (PARTITIONS, "a; 1", "a; 1"),
    (PARTITIONS, "a b a,aba;2", "a b a, aba; 2"),
    (PERMUTATIONS, "Q; 1", "Q; 1"),
    (PERMUTATIONS, "Q e,e Q;2", "Q e, e Q; 2"),
    (PERMUTATIONS, "Q e, e Q; 2", "Q e, e Q; 2"),
    (LETTERS, "A", "A"),
    (LETTERS, "A B D", "A B D"),
    (LETTERS, "ABD", "A B D"),
    (LETTERS, "AB D", "A B D"),
    (LETTERS, "NONE", "N O N E"),
    (STRINGS, "a", "a"),
    (STRINGS, "a, a 7, 7", "a, a 7, 7"),
    (STRINGS, "a,a7,7", "a, a 7, 7"),
    (STRINGS, "a,a 7b c, 7", "a, a 7 b c, 7"),
    (SIGNS, "<", "<"),
    (SIGNS, "=", "="),
]
ODD_NUMBERS = [
    "", "+0", "+5", "-0", "00", "007", "-07", "1_000", "1.0", "1.", ".5", "5.", "1e3", "inf", "nan",
    "0x1f", "１２", "٣", "−5", "–5", "- 5", "--5", "5-", "5 ", " 5", "5\u00a0", "5\u200b",
    "5\n", "5 6", "5;6", "five", "`5`", "**5**", "$5$", r"\boxed{5}", "True",
]  # fmt: skip
ODD_DECIMALS = [
    "1,000", "1,5", "-5", "0.0", "1.50", "00.5", "01.5", "1..5", "1.2.5", "1.5.", "1. 5", "1.5e3",
    "1/2", "1.５",
]  # fmt: skip
ODD_FIXED = [
    "", "5", "-0.5", "+0.5", "5.", ".5", "00.5", "01.5", "1,5", "1..5", "1.2.5", "1. 5", "1.5e3",
    "1/2", "1.５", " 1.5", "1.5 ", "1.5\n", "1.5 r 2", "`1.5`", "1.5…", "0.(3)", "nan",
]  # fmt: skip
ODD_LISTS = [
    "1,", ",1", "1,,2", "1 ,2", "1,  2", "1, 2,", "[1, 2]", "(1, 2)", "1 2", "1; 2", "1, two",
    "1,\t2", "1, 2 and 3", "1, 2.", "1,\n2", "1, 02", "1, +2",
]  # fmt: skip
ODD_PAIRS = [
    "(1)", "(1, 2, 3)", "()", "1, 2", "(1, 2", "1, 2)", "(1, 2),", "(1, 2) (3, 4)", "(1, 2), none",
    "((1, 2))", "[(1, 2)]", "[1, 2]", "(1 ,2)", "( 1, 2)", "(1,  2)", "(1, 2),  (3, 4)", "(1, 02)",
    "(1, +2)", "(1; 2)", "a = 1, b = 2", "(1, 2).", "(1, 2)\n", "(a, b)", "（1, 2）",
]  # fmt: skip
ODD_NONES = ["None", "NONE", "none.", "none, 5", "5, none", "no", "-", "null", "nothing", "[]"]
ODD_PERMUTATIONS = [
    "", "Q", "Q e", "Q e, e Q", "2", "; 2", "Q;", "Q; 0", "Q; 01", "Q; +1", "Q; one", "Q: 1",
    "Q e, ; 2", ", Q; 1", "Q e,, e Q; 2", "Qe, eQ; 2", "Q  e; 1", "[Q, e]; 2", "Q e ; 1", "Q;  1",
    "Q; 1.", "Q e; e Q; 2", "é; 1", "1 2, 2 1; 2", " Q; 1", "Q; 1 ", "Q\n; 1", "(Q e); 1",
]  # fmt: skip
ODD_PARTITIONS = [
    "", "a", "a b", "2", "; 2", "a;", "a; 0", "a; 01", "a: 1", "a, ; 2", ", a; 1", "a,, b; 2",
    "a  b; 1", "A; 1", "[a, b]; 2", "a ; 1", "a;  1", "a; 1.", "a; b; 2", "é; 1", "a1; 1", " a; 1",
    "a\n; 1", "a|b; 1", "a-b; 1",
]  # fmt: skip
ODD_SENTENCES = [
    "", " ", " a", "a ", "a  b", "a\tb", "a\nb", "a\n", '"a"', "a|b", r"a\b", "é", "ａ", "a\u00a0b",
    "a\x7f", "a\0", "a\u200bb", "“a”",
]  # fmt: skip
ODD_STRINGS = [
    "", " ", "A", "a,", ",a", "a,,b", "a , b", "a,  b", "a  b", "a b,", "a, b.", "a; b", "[a, b]",
    '"a", "b"', "'a'", "a-b", "a\tb", "a,\nb", "a\n", "é", "ａ", "１", "a\u00a0b", "a\u200bb",
]  # fmt: skip
ODD_LETTERS = [
    "", " ", "a", "A b", "A  B", " A", "A ", "A, B", "A-B", "A\tB", "A\nB", "A\n", "[A B]", "'A'",
    "A none", "none A", "nonenone", "None", "n o n e", "none.", "empty", "A1", "Ä", "Ａ", "\u0410",
    "A\u00a0B",
]  # fmt: skip
ODD_SIGNS = ["", "< >", "<>", "<=", "≤", "＜", "less", "`<`", "<.", "x < y", "<\n", "== ", "is ="]
REFUSED = [
    *[(INTEGER, text) for text in [*ODD_NUMBERS, "1,000"]],
    *[(INTEGERS, text) for text in [*ODD_NUMBERS, *ODD_LISTS]],
    *[(PAIRS, text) for text in [*ODD_NUMBERS, *ODD_PAIRS, "none"]],
    *[(or_none(INTEGERS), text) for text in [*ODD_NUMBERS, *ODD_LISTS, *ODD_NONES]],
    *[(DECIMAL, text) for text in [*ODD_NUMBERS, *ODD_DECIMALS]],
    *[(PERMUTATIONS, text) for text in ODD_PERMUTATIONS],
    *[(PARTITIONS, text) for text in ODD_PARTITIONS],
    *[(FIXED, text) for text in ODD_FIXED],
    *[(SENTENCE, text) for text in ODD_SENTENCES],
    *[(LETTERS, text) for text in [*ODD_LETTERS, "none"]],
    *[(STRINGS, text) for text in ODD_STRINGS],
    *[(or_none(LETTERS), text) for text in ODD_LETTERS],
    *[(SIGNS, text) for text in ODD_SIGNS],
]


@pytest.mark.parametrize(("kind", "text", "normal"), ACCEPTED)
def test_accepted_spellings(kind: AnswerKind, text: str, normal: str) -> None:
    assert kind.read(text) == normal
    assert kind.read(normal) == normal


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_rejected_spellings(kind: AnswerKind, text: str) -> None:
    assert kind.read(text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("answer: 5", "5"),
        ("answer:5", "5"),
        ("steps\nanswer: 5\n", "5"),
        ("steps\r\nanswer: 5\r\n\r\n", "5"),
        ("answer: 4\nno:\nanswer: 5", "5"),  # the last of several counts
        ("answer: 5\nanswer: ", ""),  # even if the last one is empty
        ("answer: 5\nThat is all.", None),  # text after the answer
        ("steps\n answer: 5", None),  # the line must begin with the label
        ("steps answer: 5", None),
        ("Answer: 5", None),
        ("**answer:** 5", None),
        ("answer : 5", None),
        ("answer", None),
        ("", None),
        ("\n\n", None),
        ("answer: 5\n\u2028", None),  # only line breaks, spaces and tabs are blank
        ("answer: 4\u2028answer: 5", "4\u2028answer: 5"),  # only a line break ends a line
    ],
)
def test_the_last_line_is_the_answer(text: str, answer: str | None) -> None:
    assert last_answer(text) == answer


@pytest.fixture(params=tasks.names())
def task(request):
    return tasks.get(request.param)


def test_only_answers_that_the_oracle_accepts_are_correct(task: AnyTask) -> None:
    oracle = ORACLES[task.name]
    sample = draw_instances(task, "S", 60, "gold")
    answers = {*map(oracle, sample)}
    for instance in sample:
        gold = task.answer(instance)
        for answer in answers:
            graded = task.check(instance, f"answer: {answer}", gold=gold)
            assert graded.correct == right(task.name, instance, answer)


def test_other_outputs_are_not_correct(task: AnyTask) -> None:
    instance = draw_instances(task, "M", 1, "rubbish")[0]
    gold = task.answer(instance)
    other = next(
        answer
        for answer in map(task.answer, draw_instances(task, "M", 20, "rubbish"))
        if answer != gold
    )
    prompt = task.prompt(instance)
    for text, grade in [
        ("", Grade.MISSING),
        (gold, Grade.MISSING),
        (prompt, Grade.MISSING),
        (prompt + prompt, Grade.MISSING),
        ("answer:", Grade.MALFORMED),
        (f"answer: {gold} {other}", Grade.MALFORMED),
        (f"answer: {other} or {gold}", Grade.MALFORMED),
        (f"answer: {prompt}", Grade.MALFORMED),
        (f"answer: {gold} because I say so", Grade.MALFORMED),
        (f"answer: {gold}\nanswer: {other}", Grade.WRONG),
        (f"answer: {gold}\n\nNo, wait.", Grade.MISSING),
        (f"answer: \x1b[31m{gold}", Grade.MALFORMED),
        (f"answer: <b>{gold}</b>", Grade.MALFORMED),
        (f"answer: __import__('os').abort() or {gold}", Grade.MALFORMED),
        ("answer: \ud800", Grade.MALFORMED),
        ("answer: \0", Grade.MALFORMED),
    ]:
        if grade is Grade.MALFORMED and task.kind.read(last_answer(text) or "") is not None:
            grade = Grade.WRONG  # a sentence may hold any text
        assert task.check(instance, text).grade is grade, text


@given(st.sampled_from(tasks.names()), st.text(), st.booleans())
def test_checking_never_raises_an_error(name: str, text: str, marked: bool) -> None:
    task = tasks.get(name)
    instance = draw_instances(task, "S", 1)[0]
    graded = task.check(instance, "answer: " + text if marked else text, gold="nothing")
    assert not graded.correct


@pytest.mark.parametrize(
    ("head", "repeated", "tail"),
    [
        ("", "answer: 1\n", ""),
        ("", "\n", ""),
        ("answer: ", "1, ", ""),
        ("answer: ", "1, ", "1"),
        ("answer: ", "1", ""),
        ("answer: ", " ", "x"),
        ("", "answer:", ""),
    ],
    ids=["lines", "blanks", "open list", "list", "number", "spaces", "labels"],
)
def test_checking_takes_linear_time(task: AnyTask, head: str, repeated: str, tail: str) -> None:
    """A text that is 8 times as long takes about 8 times as long, not 64 times."""
    instance = draw_instances(task, "S", 1)[0]
    seconds = []
    for size in (200_000, 1_600_000):
        text = head + repeated * (size // len(repeated)) + tail
        times = []
        for _ in range(3):
            start = time.process_time()
            task.check(instance, text, gold="")
            times.append(time.process_time() - start)
        seconds.append(min(times))
    assert seconds[1] < 24 * seconds[0] + 0.1


def test_the_documents_list_every_kind_with_an_answer_in_its_normal_spelling() -> None:
    text = (Path(__file__).parents[3] / "docs" / "authoring.md").read_text()
    rows = dict(re.findall(r"^\| `([A-Z]+)` \| `([^`]+)` \|", text, re.MULTILINE))
    kinds = {name: kind for name, kind in vars(answers).items() if isinstance(kind, AnswerKind)}
    assert rows.keys() == kinds.keys()
    for name, kind in kinds.items():
        assert kind.read(rows[name]) == rows[name], name
