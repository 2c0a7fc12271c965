"""The style ``plain``, a baseline in prose: the machine's numbers without its keys and labels."""

import re

import pytest

import tasks
from compiler import render, render_batch
from compiler.steps import decode
from compiler.styles import MINIMAL, PLAIN
from tasks.answers import last_answer
from tests.support.models.vocabularies import qwen
from tests.support.tasks.task_samples import draw_runnable_instances
from tm import run_batch
from tm.speech import READ

NUMBER = re.compile(r"-?[0-9]+")


@pytest.mark.parametrize("name", tasks.names())
def test_the_wordings_name_no_label_and_no_key(name: str) -> None:
    table = tasks.get(name).table
    style = table.styles[PLAIN]
    placeholders = {
        entry: {piece.placeholder for piece in wording} for entry, wording in style.items()
    }
    assert not any("label" in named for named in placeholders.values())
    pairs = {f"{u.step}.{u.name}" for u in table.utterances if u.value is not None}
    assert not any("key" in placeholders[pair] for pair in pairs)


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("range_name", ["S", "L"])
def test_the_sentences_of_a_step_have_every_number_that_it_reads_or_solves(
    name: str, range_name: str
) -> None:
    task = tasks.get(name)
    for instance in draw_runnable_instances(task, range_name, 5, "plain"):
        trace = task.run(instance).trace
        assert trace is not None
        text = render(task.table, trace, style=PLAIN)
        sentences_by_step = [""] * len(text.spans.labels)
        for span in text.spans:
            if span.state >= 0:
                sentences_by_step[span.state] += text.string[span.start : span.end]
        for step, sentences in zip(
            decode(task.table, trace).walk(1), sentences_by_step, strict=True
        ):
            if step.name == READ:
                continue  # prose takes the operands from the prompt as they are
            numbers = set(NUMBER.findall(sentences))
            for emission in step.emissions:
                if emission.value is not None and NUMBER.fullmatch(emission.value):
                    assert emission.value in numbers, (step, sentences)


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("range_name", ["S", "L"])
def test_it_reads_as_prose_and_ends_in_the_same_answer(name: str, range_name: str) -> None:
    task = tasks.get(name)
    batch = run_batch(
        task.table, [task.inputs(i) for i in draw_runnable_instances(task, range_name, 20, "plain")]
    )
    assert batch.trace is not None
    texts = render_batch(task.table, batch.trace, style=PLAIN)
    for index, text in enumerate(texts):
        assert last_answer(text) == batch.text("out", index)
        assert "  " not in text.partition("answer:")[0]
        assert " \n" not in text
        assert not re.search(r"[,:] *\n", text)


@pytest.mark.parametrize("name", tasks.names())
def test_it_is_about_as_long_as_the_minimal_style_without_reading(name: str) -> None:
    task, vocabulary = tasks.get(name), qwen()
    batch = run_batch(
        task.table, [task.inputs(i) for i in draw_runnable_instances(task, "S", 25, "plain")]
    )
    assert batch.trace is not None
    texts = {
        style: list(render_batch(task.table, batch.trace, style=style, reading=False))
        for style in (PLAIN, MINIMAL)
    }
    plain, minimal = (sum(vocabulary.count_tokens(each)) for each in texts.values())
    assert 0.75 <= plain / minimal <= 1.25
