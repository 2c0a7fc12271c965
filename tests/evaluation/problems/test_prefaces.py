"""System messages and examples before problems, as servers and models in this process get them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tasks
from evaluation.backends.config import OptionError, RunConfig
from evaluation.backends.huggingface import HuggingFace
from evaluation.models.alignment import tokenize_text
from evaluation.models.tokens import encode, encode_chats
from evaluation.problems.prefaces import NO_PREFACE, Preface, Shot, few_shots
from evaluation.problems.replays import EvalProblem
from evaluation.problems.suites import corpus_suite, drawn_suite
from evaluation.rewards.grading import grade
from tasks.corpus import CorpusRequest, build
from tasks.corpus.items import items
from tasks.corpus.records.forms import Form
from tasks.corpus.records.ids import RecordId
from tasks.corpus.selection import problem_keys
from tests.support.cli import call_here
from tests.support.models.eval_problems import COMPARE
from tests.support.models.fixed_backends import outputs_of, without_margins
from tests.support.models.openai_server import Body, Reply, completion, serving
from tests.support.models.tiny_models import TOKENIZER, save_model, tiny_model

TEMPLATE = (
    "{% for turn in messages %}<{{ turn.role }}>{{ turn.content }}</>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
PREFACE = Preface(system="Be brief.", shots=(Shot("a", "1 or 2?\n", "answer: <"),))


@pytest.fixture
def chat_tokenizer() -> Any:
    """The tokenizer of the tiny models, with a chat template."""
    tokenizer = type(TOKENIZER)(tokenizer_object=TOKENIZER.backend_tokenizer)
    tokenizer.add_special_tokens({"eos_token": TOKENIZER.eos_token, "pad_token": "<|pad|>"})
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def prefaced(count: int = 2, shots: int = 1) -> list[EvalProblem]:
    return list(drawn_suite([COMPARE], ("S",), count, system="Be brief.", shots=shots).problems)


def key_of(record_id: str) -> int:
    """Return the key of the problem of a record, equal for equal problems."""
    record = RecordId.parse(record_id)
    task = tasks.get(record.task)
    (item,) = items(task, record.range, record.split, record.seed, [record.index])
    return int(problem_keys([item.instance])[0])


def test_a_preface_is_turns_of_a_chat_or_the_beginning_of_a_text() -> None:
    assert PREFACE.messages("3 or 2?\n") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "1 or 2?\n"},
        {"role": "assistant", "content": "answer: <"},
        {"role": "user", "content": "3 or 2?\n"},
    ]
    assert PREFACE.text("3 or 2?\n") == "Be brief.\n\n1 or 2?\nanswer: <\n\n3 or 2?\n"
    assert NO_PREFACE.text("3 or 2?\n") == "3 or 2?\n"
    assert NO_PREFACE.messages("3 or 2?\n") == [{"role": "user", "content": "3 or 2?\n"}]


@pytest.mark.parametrize("name", ["bubble_sort", "permutation_combination", "derangement"])
def test_examples_are_training_problems_with_the_machine_s_text(name: str) -> None:
    task = tasks.get(name)
    shots = few_shots(task, 4, seed=7)
    assert shots == few_shots(task, 4, seed=7)
    assert {RecordId.parse(shot.id).split for shot in shots} == {"train"}
    assert all(grade(shot.id, shot.completion).exact for shot in shots)
    suite = drawn_suite([task], ("S", "M"), 500, seed=7, shots=4)
    assert suite.description["shots"] == [shot.id for shot in shots]
    assert {key_of(shot.id) for shot in shots}.isdisjoint(
        int(problem_keys([problem.instance])[0]) for problem in suite.problems
    )
    assert {problem.replay.preface.shots for problem in suite.problems} == {shots}


def test_examples_are_in_the_form_of_the_references() -> None:
    task = tasks.get("bubble_sort")
    form = Form(style="styled", prompt="keyed")
    shots = few_shots(task, 2, form=form)
    assert all(grade(shot.id, shot.completion, form=form).exact for shot in shots)
    free = few_shots(task, 2, form=form, free=True)
    assert [shot.prompt for shot in free] == [shot.prompt for shot in shots]
    assert [shot.completion for shot in free] == [
        shot.completion.splitlines()[-1] for shot in shots
    ]


def test_a_corpus_s_problems_are_never_examples(tmp_path: Path) -> None:
    request = CorpusRequest(tasks=[COMPARE], train=3, eval=30, probe=20, ranges=("S",), seed=5)
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    plain = corpus_suite(corpus, "eval", ("S",), 10)
    suite = corpus_suite(corpus, "eval", ("S",), 10, system="Hello.", shots=3)
    assert suite.description["system"] == "Hello."
    assert all(name.startswith("compare_numbers-S-train-5-") for name in suite.description["shots"])
    assert "shots" not in plain.description
    assert [problem.prompt for problem in suite.problems] == [p.prompt for p in plain.problems]
    held_out = {r["instance"] for split in ("eval", "probe") for r in corpus.records(split)}
    shots = suite.problems[0].replay.preface.shots
    for shot in shots:
        (item,) = items(COMPARE, "S", "train", 5, [RecordId.parse(shot.id).index])
        assert item.instance.to_json() not in held_out


def test_too_many_examples_are_an_error() -> None:
    task = tasks.get("derangement")
    with pytest.raises(ValueError, match=r"derangement S: there are only \d+ different problems"):
        few_shots(task, 1_001)
    with pytest.raises(OptionError, match="`shots` must be at least 0, not -1"):
        RunConfig(name="a", model="m", shots=-1)
    with pytest.raises(OptionError, match="`system` requires backend"):
        RunConfig(name="a", backend="reference", system="Be brief.")


@pytest.mark.parametrize("chat", [True, False])
def test_a_server_gets_the_system_message_and_the_examples(tmp_path: Path, chat: bool) -> None:
    (tmp_path / "system.txt").write_text("Be brief.\nThink.\n")
    gold = {p.prompt: p.gold for p in drawn_suite([tasks.get("lcs")], ("S",), 3).problems}

    def reply(body: Body) -> Reply:
        asked = body["messages"][-1]["content"] if chat else body["prompt"].split("\n\n")[-1]
        return completion(f"Well.\nanswer: {gold[asked]}")

    options = [
        "--tasks", "lcs", "--ranges", "S", "--n", 3, "--format", "any", "--max-new-tokens", 50,
        "--system", tmp_path / "system.txt", "--shots", 2, "--json",
    ]  # fmt: skip
    with serving(reply) as server:
        answer = call_here(
            "eval", "--backend", "openai", "--model", "m", "--url", server.url, *options,
            *([] if chat else ["--continue"]),
        )  # fmt: skip
    assert answer.code == 0, answer.err
    results = json.loads(answer.out)
    assert results["rows"][0]["label_accuracy"]["value"] == 1
    assert results["system"] == "Be brief.\nThink."
    shots = few_shots(tasks.get("lcs"), 2, free=True)
    assert results["shots"] == [shot.id for shot in shots]
    preface = Preface(system="Be brief.\nThink.", shots=shots)
    sent = [body["messages"] if chat else body["prompt"] for body in server.requests]
    make = preface.messages if chat else preface.text
    expected: list[Any] = [make(prompt) for prompt in gold]
    assert sorted(map(str, sent)) == sorted(map(str, expected))


@pytest.mark.parametrize("chat", [True, False])
def test_a_model_in_this_process_reads_the_same(chat_tokenizer: Any, chat: bool) -> None:
    backend = HuggingFace(tiny_model(), chat_tokenizer, name="tiny", chat=chat)
    plain = HuggingFace(tiny_model(), chat_tokenizer, name="tiny", decode="plain")
    problems = prefaced()
    texts = [
        chat_tokenizer.apply_chat_template(p.messages, add_generation_prompt=True, tokenize=False)
        if chat
        else p.text
        for p in problems
    ]
    assert backend.encode_problems(problems) == encode(chat_tokenizer, texts)
    assert backend.count_prompts(problems) == [len(text) for text in texts]
    given = [
        problem._replace(prompt=text, replay=replace(problem.replay, preface=NO_PREFACE))
        for problem, text in zip(problems, texts, strict=True)
    ]
    verified = without_margins(outputs_of(backend, problems, 30))
    assert verified == outputs_of(plain, given, 30)


def test_the_command_scores_a_chat_model_after_examples(
    chat_tokenizer: Any, tmp_path: Path
) -> None:
    folder = save_model(tmp_path / "model", tiny_model(4_096))
    chat_tokenizer.save_pretrained(folder)
    answer = call_here(
        "eval", "--model", folder, "--chat", "--system", "Be brief.", "--shots", 1, "--states",
        "--tasks", "compare_numbers", "--ranges", "S", "--n", 2, "--max-new-tokens", 20,
        "--out", tmp_path / "scores",
    )  # fmt: skip
    assert answer.code == 0, answer.err
    results = json.loads((tmp_path / "scores" / "results.json").read_text())
    assert (results["chat"], results["system"]) == (True, "Be brief.")
    assert len(results["shots"]) == 1
    assert results["rows"][0]["fitting"] == 2


def test_the_prompt_is_found_after_the_examples(chat_tokenizer: Any) -> None:
    prompt = "1 or 2?\n"  # that of the example
    for chat in (True, False):
        text = tokenize_text(chat_tokenizer, prompt, "answer: <", chat=chat, preface=PREFACE)
        ids = encode(chat_tokenizer, [prompt])[0]
        assert text.prompt_start is not None
        assert text.tokens[text.prompt_start : text.prompt_start + len(ids)] == ids
        assert text.prompt_start > text.text_start - len(ids) - len("</><assistant>") - 1


def test_a_template_that_refuses_a_system_message_is_an_error(chat_tokenizer: Any) -> None:
    chat_tokenizer.chat_template = "{{ raise_exception('no system turn') }}"
    with pytest.raises(ValueError, match="its chat template refuses the turns: no system turn"):
        encode_chats(chat_tokenizer, [PREFACE.messages("3 or 2?\n")])
