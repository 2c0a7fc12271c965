"""How completions are written: each form by an oracle of its own, all of the same items."""

import json
import re

import pytest

import tasks
from compiler import render, render_batch
from compiler.formats import FORMATS, configurations, transitions
from compiler.text import Role
from compiler.vocabulary import Vocabulary
from tasks.corpus import SCHEMA, CorpusRequest, Form, RecordOptions, build, items, record_table
from tasks.corpus.records.baselines import index_hint, reversed_format
from tasks.corpus.records.forms import MAX_RECORD_BYTES, MAX_RECORD_LETTERS
from tests.support.oracles import ORACLES
from tests.tasks.corpus.bits import reverse_bits
from tm import run, run_batch

SORT = tasks.get("bubble_sort")
ADD = tasks.get("large_number_addition")


def records(task, form, count=20, where="S", **options):
    table = record_table(task, where, "train", 0, range(count), RecordOptions(form=form, **options))
    return table.to_pylist()


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
def test_chains_of_thought_are_what_the_compiler_writes(form):
    for row, item in zip(records(SORT, form), items(SORT, "S", "train", 0, range(20)), strict=True):
        trace = SORT.run(item.instance).trace
        text = render(SORT.table, trace, style=form.style, without=form.without)
        assert row["completion"] == text.string
        assert row["style"] == form.name
        assert row["prompt"] == item.prompt(SORT)
        assert row["spans"]["role"] == [str(span.role) for span in text.spans]
        assert row["spans"]["end"] == [span.end for span in text.spans]


@pytest.mark.parametrize("said", ["", 'answer "{bits.all}"'])
def test_a_text_that_does_not_end_in_the_answer_is_a_fault(tmp_path, said):
    task = reverse_bits(tmp_path)
    source = task.source.read_text()
    task.source.write_text(source.replace('answer "{out.all}"', said))
    with pytest.raises(RuntimeError, match=r"its text does not end in `answer: [01]+`: Bits"):
        records(task, Form(), 5)


@pytest.mark.parametrize("form", [Form(), Form(format="answer")], ids=lambda form: form.name)
def test_an_answer_of_another_kind_is_a_fault(tmp_path, monkeypatch, form):
    task = reverse_bits(tmp_path)
    monkeypatch.setattr(type(task), "kind", tasks.choice("odd", "even"))
    with pytest.raises(
        RuntimeError, match=r"left `[01]+` on its tape `out`, which is not in the normal spelling"
    ):
        records(task, form, 5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('{"bit": instance.bits}', "reverse_bits: no tape `bit`; the tapes are bits, out"),
        ('{"bits": "2"}', "reverse_bits: tape `bits` cannot hold '2'"),
    ],
)
def test_tapes_that_the_machine_lacks_name_the_task(tmp_path, wrong, message):
    path = reverse_bits(tmp_path).path
    other = tmp_path / "other"
    other.mkdir()
    (other / path.name).write_text(path.read_text().replace('{"bits": instance.bits}', wrong))
    (other / path.name).with_suffix(".tm").write_text(path.with_suffix(".tm").read_text())
    with pytest.raises(ValueError, match=message):
        records(reverse_bits(other), Form(), 5)


def test_names_of_forms():
    names = [Form(), Form(depth=2), Form(style="styled", without=("fetch", "linear"))]
    assert [form.name for form in names] == [
        "minimal", "minimal depth 2", "styled without fetch linear"
    ]  # fmt: skip
    assert Form(format="answer").name == "answer"


@pytest.mark.parametrize(
    ("name", "write"), [("transitions", transitions), ("configurations", configurations)]
)
def test_generic_formats(name, write):
    made = records(SORT, Form(format=name), 3)
    for row, item in zip(made, items(SORT, "S", "train", 0, range(3)), strict=True):
        tapes = SORT.tapes(item.instance)
        text = write(run(SORT.table, tapes, actions=True, trace=False), tapes)
        assert row["completion"] == text.string
        assert row["spans"]["step"] == [span.step for span in text.spans]
        assert row["spans"]["start"] == [span.start for span in text.spans]


@pytest.mark.parametrize("name", tasks.names())
def test_no_chain_of_thought_is_the_answer_alone(name):
    task = tasks.get(name)
    for row in records(task, Form(format="answer"), 4):
        assert row["completion"] == f"answer: {row['answer']}"
        instance = task.instance.from_json(row["instance"])
        assert task.check(instance, row["completion"]).correct
        assert row["spans"] == {
            "start": [0], "end": [len(row["completion"])], "role": ["answer"], "step": [""]
        }  # fmt: skip


def number(hinted):
    """``rl 1 rk . rj 5`` as 1.5, by the order of the letters."""
    pairs = re.findall("([a-z]+) ([0-9.])", hinted)
    assert [place for place, _ in pairs] == sorted((p for p, _ in pairs), reverse=True)
    return "".join(digit for _, digit in pairs), dict(pairs)


@pytest.mark.parametrize("where", ["S", "L"])
def test_index_hints_name_every_digit_of_one_place_alike(where):
    for row in records(ADD, Form(format="index_hint"), 50, where):
        instance = ADD.instance.from_json(row["instance"])
        x, y = row["prompt"].removesuffix(" =\n").split(" + ")
        result, last = row["completion"].split("\n")
        assert number(x)[0] == instance.x
        assert number(y)[0] == instance.y
        assert number(result)[0] == ORACLES[ADD.name](instance)
        assert last == f"answer: {ORACLES[ADD.name](instance)}"
        points = {p for text in (x, y, result) for p, d in number(text)[1].items() if d == "."}
        assert len(points) <= 1


def test_index_hints_by_hand():
    facts = {"first": "rg", "y rg": "7", "x rh": "point", "y rh": "point", "x ri": "9", "y ri": "2"}
    assert index_hint(facts, "11.7") == (
        "ri 9 + ri 2 rh . rg 7 =\n", "rj 1 ri 1 rh . rg 7", "answer: 11.7"
    )  # fmt: skip
    whole = {"first": "b", "x b": "point", "y b": "point", "x c": "5", "y c": "5", "y d": "9"}
    assert index_hint(whole, "100") == ("c 5 + d 9 c 5 =\n", "e 1 d 0 c 0", "answer: 100")
    assert reversed_format(whole, "100") == ("5 + 95 =\n", "001", "answer: 100")


def test_the_reversed_format_writes_the_lowest_digit_first():
    for row in records(ADD, Form(format="reversed"), 50):
        instance = ADD.instance.from_json(row["instance"])
        total = ORACLES[ADD.name](instance)
        assert row["prompt"] == f"{instance.x} + {instance.y} =\n"
        assert row["completion"] == f"{total[::-1]}\nanswer: {total}"
        assert row["spans"]["role"] == ["solve", "answer"]


def test_all_forms_are_of_the_same_items():
    forms = [Form(), Form(style="plain"), Form(format="answer"), Form(format="reversed")]
    made = [[(r["id"], r["instance"], r["answer"]) for r in records(ADD, form)] for form in forms]
    assert all(rows == made[0] for rows in made)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "rot13"}, "'rot13' is not a format"),
        ({"depth": 0}, "`depth` must be at least 1, the outermost steps, not 0"),
        ({"without": ("verbs",)}, "no ablation 'verbs'"),
        (
            {"format": "answer", "style": "styled"},
            "style, depth and without apply to the format `tail`",
        ),
    ],
)
def test_forms_that_there_are_not(options, message):
    with pytest.raises(ValueError, match=message):
        Form(**options)


def test_a_baseline_of_another_task():
    with pytest.raises(ValueError, match="baseline of large_number_addition, not of bubble_sort"):
        Form(format="reversed").check(SORT)


@pytest.mark.parametrize("name", tasks.names())
def test_a_run_is_stopped_only_when_its_text_would_be_too_long(name):
    task = tasks.get(name)
    instances = [item.instance for item in items(task, "S", "train", 0, range(4))]
    batch = run_batch(task.table, [task.tapes(instance) for instance in instances])
    letters = len(batch.trace.utterance) + int(batch.trace.ends[-1])
    assert (
        sum(map(len, render_batch(task.table, batch.trace)))
        >= MAX_RECORD_BYTES / MAX_RECORD_LETTERS * letters
    )


@pytest.mark.parametrize("form", [Form(), Form(format="transitions")], ids=lambda form: form.name)
def test_texts_that_are_too_long_are_left_out_whole(form, monkeypatch):
    everything = records(SORT, form, 60)
    limit = sorted(row["bytes"] for row in everything)[30]
    monkeypatch.setattr("tasks.corpus.records.table.MAX_RECORD_BYTES", limit)
    kept = records(SORT, form, 60)
    assert kept == [row for row in everything if row["bytes"] <= limit]
    monkeypatch.setattr("tasks.corpus.records.forms.MAX_RECORD_LETTERS", 250)
    monkeypatch.setattr("tasks.corpus.records.forms.MAX_LISTED_TRANSITIONS", 130)
    assert 0 < len(records(SORT, form, 60)) < len(kept)


def tokens(row):
    text = row["prompt"] + row["completion"]
    return len(text) - 6 * text.count("compare")


def test_tokens_are_counted(tokenizer):
    for row in records(SORT, Form(), tokenizer=tokenizer):
        assert row["tokens"] == tokens(row)


def test_a_budget_leaves_out_what_is_longer_and_counts_no_more_than_it_must(tokenizer, monkeypatch):
    everything = records(SORT, Form(), 200)
    budget = sorted(map(tokens, everything))[120]
    counted = []
    counts = Vocabulary.count_tokens

    def watched(self, texts):
        counted.extend(texts)
        return counts(self, texts)

    monkeypatch.setattr(Vocabulary, "count_tokens", watched)
    kept = records(SORT, Form(), 200, tokenizer=tokenizer, max_tokens=budget)
    assert [row["id"] for row in kept] == [r["id"] for r in everything if tokens(r) <= budget]
    for row in kept:
        assert row["tokens"] == (tokens(row) if row["bytes"] > budget else None)
    assert len(counted) == 2 * sum(row["bytes"] > budget for row in everything)


@pytest.mark.parametrize("budget", [None, 900])
def test_figures_of_tokens_are_of_all_records_or_none(tokenizer, tmp_path, budget):
    options = RecordOptions(tokenizer=tokenizer, max_tokens=budget)
    request = CorpusRequest(tasks=[SORT], train=30, eval=0, probe=0, ranges=("S",), options=options)
    made = build(request, out=tmp_path, workers=1)
    (part,) = [part for part in made.manifest["parts"] if part["split"] == "train"]
    counts = [row["tokens"] for row in made.records("train")]
    if budget is None:
        assert part["longest"]["tokens"] == max(counts)
    else:
        assert None in counts
        assert "tokens" not in part["longest"]
        assert part["refused"] == 30 - len(counts) > 0


def test_columns_that_are_wanted(tokenizer):
    options = RecordOptions(tokenizer=tokenizer, spans=False)
    assert options.schema.names == [*SCHEMA.names, "tokens"]
    table = record_table(SORT, "S", "train", 0, [0, 1], options)
    assert table.schema == options.schema
    assert json.loads(table["instance"][0].as_py()).keys() == {"values", "place", "round"}


def test_a_tokenizer_that_is_none(tmp_path):
    with pytest.raises(ValueError, match=r"no tokenizer\.json"):
        RecordOptions(tokenizer=tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match="is not a tokenizer"):
        RecordOptions(tokenizer=tmp_path)


@pytest.mark.parametrize("budget", [0, -3])
def test_budgets_that_are_none(tokenizer, budget):
    with pytest.raises(ValueError, match=f"`max_tokens` must be at least 1, not {budget}"):
        RecordOptions(tokenizer=tokenizer, max_tokens=budget)


@pytest.mark.parametrize("name", ["tail", "transitions", "configurations", "answer", "reversed"])
def test_each_text_can_be_had_with_its_spans(name):
    posed = list(items(ADD, "S", "eval", 0, range(3)))
    written = Form(format=name).write(ADD, [i.instance for i in posed], ["?"] * 3, spans=True)
    assert len(written.texts) == 3
    for completion, text in zip(written.completions, written.texts.with_spans(), strict=True):
        assert text.string == completion
        assert "".join(completion[span.start : span.end] for span in text.spans) == completion
        assert [span.role for span in text.spans][-1] is Role.ANSWER or name in FORMATS
