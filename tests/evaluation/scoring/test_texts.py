"""Any text is scored by replay, without a model or a corpus."""

from __future__ import annotations

from typing import Any

import pytest

from tmtail import Form, render, score, score_batch, task

SORTING: Any = task("bubble_sort")
INSTANCE = SORTING.instance(values=(3, 1, 2))


def reference() -> str:
    result = SORTING.run(INSTANCE)
    assert result.trace is not None
    return str(render(SORTING.table, result.trace))


def test_the_machine_s_own_text_is_right() -> None:
    result = score(SORTING, INSTANCE, reference())
    assert (result.verdict, result.answer, result.exact) == ("right", "1, 2, 3", True)
    assert result.divergence is None


def test_the_first_divergence_is_named() -> None:
    text = reference()
    place = text.index(" = ") + 3
    result = score(SORTING, INSTANCE, text[:place] + "9" + text[place + 1 :])
    assert result.verdict == "right"
    assert not result.exact
    assert result.divergence is not None
    assert result.divergence.at == place


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("answer: 1, 2, 3", "right"),
        ("answer: 1, 3, 2", "wrong"),
        ("answer: three", "wrong"),
        ("", "no_answer"),
        ("\ud800\x00", "no_answer"),
    ],
)
def test_free_text_is_scored_by_its_answer(text: str, verdict: str) -> None:
    result = score(SORTING, INSTANCE, text, free=True)
    assert (result.verdict, result.divergence) == (verdict, None)


def test_a_batch_is_scored_as_its_texts_are() -> None:
    instances = [SORTING.instance(values=values) for values in ((2, 1), (1, 2), (3, 1, 2))]
    texts = ["answer: 1, 2", "answer: 2, 1", reference()]
    batch = score_batch(SORTING, instances, texts)
    assert [result.verdict for result in batch] == ["right", "wrong", "right"]
    alone = [score(SORTING, *pair) for pair in zip(instances, texts, strict=True)]
    assert [(s.verdict, s.divergence) for s in batch] == [(s.verdict, s.divergence) for s in alone]
    assert score_batch(SORTING, [], []) == []


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="2 texts for 1 instances; give one text for each"):
        score_batch(SORTING, [INSTANCE], ["", ""])
    with pytest.raises(ValueError, match="style"):
        score(SORTING, INSTANCE, "", form=Form(style="baroque"))
