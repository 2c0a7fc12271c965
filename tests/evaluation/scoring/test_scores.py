"""The score of an output, on a real task: verdicts, exactness, and robustness against any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem
from evaluation.scoring.scores import Verdict, score
from tests.support.growth import assert_linear_time
from tests.support.models.eval_problems import replayed

PROBLEMS = replayed("S", 8)
PROBLEM = PROBLEMS[0]


def stopped(text: str) -> Output:
    return Output(text, End.STOP, len(text))


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.gold)
def test_verdicts(problem: EvalProblem) -> None:
    reference, gold = problem.completion, problem.gold
    wrong = next(sign for sign in "<>=" if sign != gold)
    cases = {
        reference: Verdict.RIGHT,
        f"answer: {gold}": Verdict.RIGHT,
        f"nonsense\nanswer: {gold}\n": Verdict.RIGHT,
        f"answer: {wrong}": Verdict.WRONG,
        f"answer: {gold}\nanswer: {wrong}": Verdict.WRONG,
        "answer: < > =": Verdict.WRONG,
        f"answer: {gold} I think": Verdict.WRONG,
        "answer:": Verdict.WRONG,
        "": Verdict.NO_ANSWER,
        gold: Verdict.NO_ANSWER,
        problem.prompt: Verdict.NO_ANSWER,
        f"answer: {gold}\nDone.": Verdict.NO_ANSWER,
    }
    for text, verdict in cases.items():
        scored = score(problem, stopped(text))
        assert scored.verdict is verdict, text
        assert scored.exact == (text == reference)
        assert (scored.divergence is None) == scored.exact


def test_a_text_cut_at_the_limit_is_truncated_whatever_its_content() -> None:
    scored = score(PROBLEM, Output(PROBLEM.completion, End.LENGTH, 9))
    assert scored.verdict is Verdict.TRUNCATED
    assert not scored.exact
    assert scored.divergence is None  # every character is right, but the end is missing


def test_right_answers_by_wrong_reasoning_and_the_reverse() -> None:
    text, gold = PROBLEM.completion, PROBLEM.gold
    wrong = next(sign for sign in "<>=" if sign != gold)
    at = text.index(" -> ")
    lucky = score(PROBLEM, stopped(text[:at] + " => " + text[at + 4 :]))
    slipped = score(PROBLEM, stopped(text.removesuffix(gold) + wrong))
    assert (lucky.verdict, lucky.reasoned) == (Verdict.RIGHT, False)
    assert (slipped.verdict, slipped.reasoned) == (Verdict.WRONG, True)


def test_a_score_in_a_notebook_is_short_and_escaped() -> None:
    text = PROBLEM.completion
    evil = text[:5] + "</table><script>alert(1)</script>\u202e"
    broken = score(PROBLEM, stopped(evil))
    assert repr(broken).startswith("<Score of 'S0': no_answer, first divergence in step ")
    assert len(repr(broken)) < 200
    html = broken._repr_html_()
    assert "&lt;/table&gt;&lt;script&gt;" in html
    assert "<script" not in html
    assert "\u202e" not in html
    assert repr(score(PROBLEM, stopped(text))) == "<Score of 'S0': right, exact chain>"


@given(st.text(), st.sampled_from(End))
def test_no_text_makes_the_scorer_raise(text: str, end: End) -> None:
    scored = score(PROBLEM, Output(text, end, 1))
    assert scored.verdict in Verdict
    assert not scored.exact or text == PROBLEM.completion


@pytest.mark.parametrize(
    "part",
    ["answer: ", "x", "\n", PROBLEM.completion],
    ids=["labels", "letters", "blank lines", "references"],
)
def test_scoring_takes_time_in_proportion_to_the_output(part: str) -> None:
    assert score(PROBLEM, stopped(part * 2)).verdict in Verdict
    assert_linear_time(
        lambda output: score(PROBLEM, output),
        lambda size: stopped(part * (size // len(part))),
        size=8_000_000,
    )
