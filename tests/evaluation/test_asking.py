"""``tmtail ask``."""

from pathlib import Path

import pytest
import torch

from tests.support.cli import call_here
from training.config import Model
from training.models.random import make_model

SHAPE = Model(layers=1, width=32, heads=2, feed_forward=32, context=4096)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("ask") / "model"
    for part in make_model(SHAPE, [], torch.float32):
        part.save_pretrained(folder)
    return folder


def test_a_question_of_a_task_is_asked_whole_and_its_reply_is_checked(
    model: Path,
) -> None:
    answer = call_here("ask", "Which is greater, 4.38 or 4.09?", "--model", model)
    assert answer.out.startswith("Which is greater, 4.38 or 4.09? The last line of your reply")
    assert "The machine's answer is >; the reply is " in answer.out
    assert "It first differs from the machine's text in line 1, in step read first" in answer.out


def test_another_question_is_sent_as_it_is(model: Path) -> None:
    answer = call_here("ask", "Why?", "--model", model, "--max-new-tokens", 4)
    assert "No task poses this question, so the reply is not checked." in answer.out


def test_the_tasks_can_be_chosen(model: Path) -> None:
    options = ("--model", model, "--tasks", "bubble_sort", "--max-new-tokens", 4)
    answer = call_here("ask", "Which is greater, 4.38 or 4.09?", *options)
    assert "not checked" in answer.out


def test_a_long_reply_is_shortened_and_acts_on_no_terminal(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluation.asking.reply_to", lambda *_: "\x1b[2J" + "a" * 5000 + "z")
    short = call_here("ask", "Why?", "--model", model).out
    assert short.startswith("\\x1b[2Ja")
    assert "\n[2,005 characters left out; --full prints them]\naaaa" in short
    assert "az\n\nNo task poses" in short
    full = call_here("ask", "Why?", "--model", model, "--full").out
    assert "a" * 5000 + "z\n" in full
