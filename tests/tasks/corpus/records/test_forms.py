"""Forms of completions: each is compared with an oracle of its own, on the same items."""

import re
from pathlib import Path
from typing import Any

import pytest

import tasks
from compiler import render, render_batch
from compiler.formats import FORMATS, configurations, transitions
from compiler.text import Role
from evaluation.rewards.grading import grade
from tasks import Stream
from tasks.corpus import Form, items
from tasks.corpus.records.forms import MAX_RECORD_BYTES, MAX_RECORD_LETTERS
from tests.support.tasks.record_rows import record_rows
from tests.support.tasks.reversal_task import reverse_bits
from tm import run, run_batch

SORT = tasks.get("bubble_sort")
ADD = tasks.get("large_number_addition")


@pytest.mark.parametrize(
    "form",
    [
        Form(style="styled"),
        Form(style="plain"),
        Form(without=("fetch",)),
        Form(without=("atomic", "linear")),
    ],
    ids=lambda form: form.name,
)
def test_chains_of_thought_are_what_the_compiler_renders(form: Form) -> None:
    rows = record_rows(SORT, form)
    for row, item in zip(rows, items(SORT, "S", "train", 0, range(20)), strict=True):
        trace = SORT.run(item.instance, item.wording).trace
        assert trace is not None
        text = render(SORT.table, trace, style=form.style, without=form.without)
        assert row["completion"] == text.string
        assert row["style"] == form.name
        assert row["prompt"] == item.prompt(SORT)
        assert row["spans"]["role"] == [str(span.role) for span in text.spans]
        assert row["spans"]["end"] == [span.end for span in text.spans]


@pytest.mark.parametrize("statement", ["", 'answer "{bits.all}"'])
def test_a_text_that_does_not_end_in_the_answer_is_refused(tmp_path: Path, statement: str) -> None:
    task = reverse_bits(tmp_path)
    source = task.source.read_text()
    task.source.write_text(source.replace('answer "{out.all}"', statement))
    with pytest.raises(RuntimeError, match=r"its text does not end in `answer: [01]+`: Bits"):
        record_rows(task, Form(), 5)


@pytest.mark.parametrize("form", [Form(), Form(format="answer")], ids=lambda form: form.name)
def test_an_answer_of_another_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    task = reverse_bits(tmp_path)
    monkeypatch.setattr(type(task), "kind", tasks.choice("odd", "even"))
    message = r"left `[01]+` on its tape `out`, which is not in the normal spelling"
    with pytest.raises(RuntimeError, match=message):
        record_rows(task, form, 5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"bits": instance.bits, ', '"bit": instance.bits, ', "reverse_bits: .*`bit`"),
        ('{lengths[0]}b}"', '{lengths[0]}b}2"', "reverse_bits: .*`bits` cannot hold '2' .*: Bits"),
    ],
)
def test_tapes_that_the_machine_lacks_name_the_task(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = reverse_bits(tmp_path).path
    other = tmp_path / "other"
    other.mkdir()
    (other / path.name).write_text(path.read_text().replace(old, new))
    (other / path.name).with_suffix(".tm").write_text(path.with_suffix(".tm").read_text())
    with pytest.raises(ValueError, match=message):
        record_rows(reverse_bits(other), Form(), 5)


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (Form(), "minimal"),
        (Form(depth=2), "minimal depth 2"),
        (Form(style="styled", without=("fetch", "linear")), "styled without fetch linear"),
        (Form(format="answer"), "answer"),
        (Form(style="styled", prompt="keyed"), "styled keyed"),
        (Form(format="answer", prompt="keyed"), "answer keyed"),
    ],
)
def test_names_of_forms(form: Form, name: str) -> None:
    assert form.name == name


def test_a_form_is_read_as_a_manifest_stores_it() -> None:
    fields = {"format": "tail", "style": "styled", "depth": 2, "without": ["fetch"]}
    form = Form(style="styled", depth=2, without=("fetch",), prompt="keyed")
    assert Form.from_json({**fields, "prompt": "keyed"}) == form
    with pytest.raises(ValueError, match="built before prompts were plain; build it again"):
        Form.from_json(fields)


@pytest.mark.parametrize(
    ("name", "write"), [("transitions", transitions), ("configurations", configurations)]
)
def test_generic_formats_list_the_run(name: str, write: Any) -> None:
    rows = record_rows(SORT, Form(format=name), 3)
    for row, item in zip(rows, items(SORT, "S", "train", 0, range(3)), strict=True):
        tapes = SORT.inputs(item.instance, item.wording)
        text = write(run(SORT.table, tapes, actions=True, trace=False), tapes)
        assert row["completion"] == text.string
        assert row["spans"]["step"] == [span.step for span in text.spans]
        assert row["spans"]["start"] == [span.start for span in text.spans]


@pytest.mark.parametrize("name", tasks.names())
def test_the_format_answer_is_the_answer_alone(name: str) -> None:
    task = tasks.get(name)
    for row in record_rows(task, Form(format="answer"), 4):
        assert row["completion"] == f"answer: {row['answer']}"
        instance = task.instance.from_json(row["instance"])
        assert task.check(instance, row["completion"]).correct
        assert row["spans"] == {
            "start": [0], "end": [len(row["completion"])], "role": ["answer"], "step": [""]
        }  # fmt: skip


def test_all_forms_have_the_same_items() -> None:
    forms = [Form(), Form(style="plain"), Form(format="answer"), Form(format="reversed")]
    columns = ("id", "instance", "answer")
    first, *others = (
        [[row[column] for column in columns] for row in record_rows(ADD, form)] for form in forms
    )
    assert all(rows == first for rows in others)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "rot13"}, "'rot13' is not a format"),
        ({"depth": 0}, "`depth` must be at least 1, the outermost steps, not 0"),
        ({"without": ("verbs",)}, "verbs"),
        (
            {"format": "answer", "style": "styled"},
            "style, depth and without apply to the format `tail`, not to `answer`",
        ),
    ],
)
def test_invalid_forms_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Form(**options)


def test_a_baseline_of_another_task_is_refused() -> None:
    with pytest.raises(ValueError, match="baseline of large_number_addition, not of bubble_sort"):
        Form(format="reversed").check(SORT)


def test_a_style_that_would_lose_results_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`write\.ans` says its result by `{char}` alone"):
        Form(style="plain", without=("fetch",)).check(tasks.get("word_flip"))


@pytest.mark.parametrize("name", tasks.names())
def test_only_runs_whose_texts_would_be_too_long_are_stopped(name: str) -> None:
    task = tasks.get(name)
    instances = [item.instance for item in items(task, "S", "train", 0, range(4))]
    batch = run_batch(task.table, [task.inputs(instance) for instance in instances])
    assert batch.trace is not None
    letters = len(batch.trace.utterance) + int(batch.trace.ends[-1])
    text_letters = sum(map(len, render_batch(task.table, batch.trace)))
    assert text_letters >= MAX_RECORD_BYTES / MAX_RECORD_LETTERS * letters


@pytest.mark.parametrize("name", ["tail", "transitions", "configurations", "answer", "reversed"])
def test_each_text_has_spans_on_request(name: str) -> None:
    first_items = list(items(ADD, "S", "eval", 0, range(3)))
    instances = [item.instance for item in first_items]
    written = Form(format=name).write(ADD, instances, [0] * 3, spans=True)
    assert len(written.texts) == 3
    for completion, text in zip(written.completions, written.texts.with_spans(), strict=True):
        assert text.string == completion
        assert "".join(completion[span.start : span.end] for span in text.spans) == completion
        assert [span.role for span in text.spans][-1] is Role.ANSWER or name in FORMATS


def test_an_ablation_that_leaves_the_answer_alone_is_refused(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    task.source.write_text("""
tape bits, out: '0' | '1'
tape place: '0'..'9' | ' '
main {
    while bits != _ { right bits }
    left bits
    while bits != _ { out := bits  left bits  right out }
    answer "{out.all}"
}
""")
    with pytest.raises(ValueError, match="without linear, nothing but the answer is left"):
        record_rows(task, Form(without=("linear",)), 1)


def test_a_keyed_prompt_gives_what_the_plain_text_reads() -> None:
    compare = tasks.get("compare_numbers")
    plain, keyed = (record_rows(compare, Form(prompt=kind)) for kind in ("plain", "keyed"))
    for one, other in zip(plain, keyed, strict=True):
        prompt, _, hints = other["prompt"].partition(" Index hints: ")
        assert prompt == one["prompt"].rstrip("\n")
        assert one["completion"].endswith("\n" + other["completion"])
        reading = one["completion"].removesuffix(other["completion"])
        pairs = hints.removesuffix(".\n").split(", ")
        assert all(f" {pair}" in reading for pair in pairs)
        assert not re.search(r"^read", other["completion"], re.MULTILINE)
        assert other["style"] == "minimal keyed"


def test_a_tape_with_too_few_names_is_an_error(tmp_path: Path) -> None:
    task = reverse_bits(tmp_path)
    instance = task.sample(Stream("names").at(0), 4)
    assert Form().write(task, [instance], [0]).fits.all()
    source = task.path.read_text().replace("len(instance.bits) + 1", "len(instance.bits) - 1")
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "reverse_bits.py").write_text(source)
    few = reverse_bits(tmp_path / "few")
    instance = few.sample(Stream("names").at(0), 4)
    for write in (Form().write, Form(prompt="keyed").write):
        with pytest.raises(
            ValueError, match=r"^reverse_bits: in step .* write more names on `place`"
        ):
            write(few, [instance], [0])
    graded = grade((few, instance), "answer: 1")
    assert "write more names on `place`" in graded.error
