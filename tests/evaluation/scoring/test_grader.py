"""The scorer against a grader that was written from docs/evaluation.md alone."""

import ast
import inspect

import pytest

from tests.support.oracles import grader
from tests.support.oracles.comparison import compare


def test_the_grader_shares_no_code_with_the_scorer() -> None:
    tree = ast.parse(inspect.getsource(grader))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert set(modules) <= {"__future__", "collections.abc", "typing", "compiler"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


def test_both_judge_three_thousand_outputs_alike() -> None:
    verdicts, differences = compare(3_000, ranges=("S",))
    assert not differences, ascii(differences[0])
    assert min(verdicts[name] for name in ("right", "wrong", "no_answer", "truncated")) > 50


@pytest.mark.slow
def test_both_judge_a_million_outputs_alike() -> None:
    for seed in range(1, 6):
        verdicts, differences = compare(200_000, seed)
        assert not differences, ascii(differences[0])
        assert min(verdicts[name] for name in ("right", "wrong", "no_answer")) > 10_000
