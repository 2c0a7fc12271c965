"""Selection of training records: the kind of prompts, and openings of other tasks' texts."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

import tasks
from tasks.corpus import CorpusRequest, Form, RecordOptions, build
from training.config import Data
from training.data.openings import openings
from training.data.records import ROLES
from training.data.selection import chosen_records
from training.data.tokenisation import count_eos, training_set
from training.models.tokenizer import byte_tokenizer


def test_a_corpus_with_prompts_of_another_kind_is_refused(tmp_path: Path) -> None:
    options = RecordOptions(form=Form(prompt="keyed"), spans=False)
    task = tasks.get("compare_numbers")
    request = CorpusRequest(tasks=[task], train=2, eval=1, probe=1, ranges=("S",), options=options)
    build(request, out=tmp_path / "c", workers=1)
    data = Data(corpus=tmp_path / "c", max_length=999)
    with pytest.raises(ValueError, match=r"prompts are keyed, but data\.prompt is plain; set `pro"):
        next(chosen_records(data))
    assert next(chosen_records(replace(data, prompt="keyed"))).prompt.count("Index hints:") == 1


def test_openings_end_with_the_line_that_finds_the_last_operand() -> None:
    chosen = list(openings(60, {"compare_numbers"}, Form()))
    others = [name for name in tasks.names() if name != "compare_numbers"]
    assert [record.task for record in chosen] == (others * 3)[:60]
    assert len({record.prompt for record in chosen}) == 60
    for record in chosen:
        assert record.completion.endswith("\n")
        *_, last = lines = record.completion.splitlines()
        task = tasks.get(record.task)
        operands = task.words(task.instance.from_json(record.instance)).values()
        for operand in operands:
            assert any(_finds(operand, line, record.prompt) for line in lines), (operand, record)
        assert any(_finds(operand, last, record.prompt) for operand in operands), record


def _finds(operand: str, line: str, prompt: str) -> bool:
    """Return whether a line quotes words of a prompt and the first characters of an operand."""
    quotation = re.match(r"read (.*): ", line)
    words = quotation[1].split(" ") if quotation else []
    return any(
        f"{_squeezed(words[:start])}{_squeezed([operand])}" in _squeezed([prompt])
        and _squeezed([operand]).startswith(_squeezed(words[start:]))
        for start in range(1, len(words))
    )


def _squeezed(words: Iterable[str]) -> str:
    return re.sub(r"[^\w=?|,-]", "", "".join(words))


def test_openings_of_all_styles_have_the_same_lines() -> None:
    minimal, styled = (
        {record.id: record for record in openings(60, {"compare_numbers"}, Form(style=style))}
        for style in ("minimal", "styled")
    )
    both = minimal.keys() & styled.keys()
    assert len(both) > 20
    for name in both:
        lines = styled[name].completion.count("\n")
        assert lines == minimal[name].completion.count("\n"), styled[name]


def test_openings_have_no_end_and_keep_their_roles(tmp_path: Path) -> None:
    task = tasks.get("compare_numbers")
    request = CorpusRequest(tasks=[task], train=3, eval=1, probe=1, ranges=("S",))
    build(request, out=tmp_path / "c", workers=1)
    data = Data(corpus=tmp_path / "c", max_length=4096, openings=4)
    *whole, one, two, three, four = chosen_records(data)
    assert {record.task for record in whole} == {"compare_numbers"}
    assert "compare_numbers" not in {record.task for record in (one, two, three, four)}
    assert one.roles is not None
    assert one.starts is not None
    assert ROLES[one.roles[0]] == "control"
    assert one.starts[-1] < len(one.completion)
    dataset = training_set([*whole, one, two, three, four], byte_tokenizer(), 4096)
    assert count_eos(dataset, byte_tokenizer()) == 3
    assert [len(row["roles"]) for row in dataset] == dataset["length"]


@pytest.mark.parametrize("form", [Form(prompt="keyed"), Form(without=("fetch",))])
def test_texts_that_find_no_operand_have_no_openings(form: Form) -> None:
    with pytest.raises(ValueError, match=r"have no openings; set data\.openings: 0"):
        openings(3, set(), form)
