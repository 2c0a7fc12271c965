"""The baseline of plain prose: what the machine reads and finds, without its keys and labels."""

import re

import pytest

import tasks
from compiler import render, render_batch
from compiler.steps import decode
from compiler.styles import PLAIN
from tasks.answers import last_answer
from tests.support.task_samples import draw_runnable_instances
from tests.support.vocabularies import qwen
from tm import run_batch

NUMBER = re.compile(r"-?[0-9]+")


@pytest.mark.parametrize("name", tasks.names())
def test_the_wordings_name_no_label_and_no_key(name):
    table = tasks.get(name).table
    style = table.styles[PLAIN]
    holes = {entry: {piece.placeholder for piece in wording} for entry, wording in style.items()}
    assert not any("label" in named for named in holes.values())
    pairs = {f"{u.step}.{u.name}" for u in table.utterances if u.value is not None}
    assert not any("key" in holes[pair] for pair in pairs)


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("where", ["S", "L"])
def test_every_number_that_a_step_reads_or_finds_stands_in_its_sentences(name, where):
    task = tasks.get(name)
    for instance in draw_runnable_instances(task, where, 5, "plain"):
        trace = task.run(instance).trace
        text = render(task.table, trace, style=PLAIN)
        said = [""] * len(text.spans.labels)
        for span in text.spans:
            if span.state >= 0:
                said[span.state] += text.string[span.start : span.end]
        for step, sentences in zip(decode(task.table, trace).walk(1), said, strict=True):
            numbers = set(NUMBER.findall(sentences))
            for emission in step.emissions:
                if emission.value is not None and NUMBER.fullmatch(emission.value):
                    assert emission.value in numbers, (step, sentences)


@pytest.mark.parametrize("name", tasks.names())
@pytest.mark.parametrize("where", ["S", "L"])
def test_it_reads_as_prose_and_ends_in_the_same_answer(name, where):
    task = tasks.get(name)
    batch = run_batch(
        task.table, [task.tapes(i) for i in draw_runnable_instances(task, where, 20, "plain")]
    )
    texts = render_batch(task.table, batch.trace, style=PLAIN)
    for index, text in enumerate(texts):
        assert last_answer(text) == batch.text("out", index)
        assert "  " not in text.partition("answer:")[0]
        assert " \n" not in text
        assert not re.search(r"[,:] *\n", text)


@pytest.mark.parametrize("name", tasks.names())
def test_it_is_about_as_long_as_what_it_is_compared_with(name):
    task, vocabulary = tasks.get(name), qwen()
    batch = run_batch(
        task.table, [task.tapes(i) for i in draw_runnable_instances(task, "S", 25, "plain")]
    )
    plain, minimal = (
        sum(vocabulary.count_tokens(list(render_batch(task.table, batch.trace, style=style))))
        for style in (PLAIN, "minimal")
    )
    assert 0.75 <= plain / minimal <= 1.25
