"""Where a model looks: stretches are what they are called, and figures are those of the fetches."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
from torch import Tensor
from transformers import Qwen2Config, Qwen2ForCausalLM

import tasks
from compiler.text import ROLES, Role
from evaluation.attention import study as module
from evaluation.attention.measurement import Seen
from evaluation.attention.report import looks_as_json, modules_table, sources_table, write_looks
from evaluation.attention.study import Looks, lookup_heads, observe
from evaluation.problems.replays import EvalProblem, replay
from tasks import Stream
from tasks.corpus import Form
from training.config import Model
from training.models.random import make_model
from training.models.tokenizer import byte_tokenizer

TOKENIZER = byte_tokenizer()
TAIL = Form()
TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})
LAYERS, HEADS = 2, 3


def items(where: str, count: int = 4, form: Form = TAIL, task: Any = TASK) -> list[EvalProblem]:
    stream = Stream("looks", where)
    drawn = [task.draw(stream.at(i), where) for i in range(count)]
    names = [f"{where}{i}" for i in range(count)]
    return replay(task, where, names, drawn, [task.prompt(x) for x in drawn], form=form)


def model(context: int = 4096) -> Qwen2ForCausalLM:
    torch.manual_seed(0)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(TOKENIZER), hidden_size=12, intermediate_size=8,
            num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS,
            max_position_embeddings=context,
        )
    )  # fmt: skip


class Even:
    """A look at all tokens alike, by a model that is wrong wherever a 1 is to be written."""

    def __init__(self) -> None:
        self.seen: list[tuple[list[int], list[int], Tensor]] = []

    def __call__(
        self, model: object, tokens: list[int], queries: list[int], stretches: Tensor
    ) -> Seen:
        self.seen.append((tokens, queries, stretches))
        before = torch.tensor(queries)[:, None] + 1
        shares = (stretches[..., 1] - stretches[..., 0]) / before
        one = TOKENIZER.convert_tokens_to_ids("1")
        following = [tokens[query + 1] for query in queries]
        said = torch.tensor([0 if token == one else token for token in following])
        return Seen(shares.expand(LAYERS, HEADS, *shares.shape), said)


@pytest.fixture
def even(monkeypatch: pytest.MonkeyPatch) -> Even:
    made = Even()
    monkeypatch.setattr(module, "look", made)
    return made


def words(tokens: list[int], stretch: Tensor) -> str:
    start, end = stretch.tolist()
    return str(TOKENIZER.decode(tokens[start:end]))


@pytest.mark.parametrize("name", ["compare_numbers", "lcs", "dijkstra"])
@pytest.mark.parametrize("style", ["minimal", "styled"])
def test_a_source_says_the_pair_that_is_fetched(name: str, style: str, even: Even) -> None:
    task = tasks.get(name)
    (looks,) = observe(model(99_999), TOKENIZER, items("S", 3, Form(style=style), task))
    sources = fetched = 0
    for tokens, queries, stretches in even.seen:
        for query, stretch in zip(queries, stretches[:, -1], strict=True):
            if stretch[0] == stretch[1]:
                continue
            sources += 1
            start, end = stretch.tolist()
            assert end <= query
            assert tokens[start:end] == tokens[query + 1 : query + 1 + end - start]
            # ... and the key, before it, is the one that was just written.
            both = [TOKENIZER.decode(tokens[max(0, i - 40) : i]) for i in (start, query + 1)]
            keys = [text.removesuffix(" = ").rsplit(" ", 1)[-1] for text in both]
            assert all(text.endswith(" = ") for text in both)
            assert keys[0] == keys[1]
    fetched = len(looks.fetches)
    assert fetched == sources > 20
    assert {fetch.step for fetch in looks.fetches} <= {u.step for u in task.table.utterances}


def test_the_four_parts_are_all_that_went_before(even: Even) -> None:
    (item,) = items("M", 1)
    (looks,) = observe(model(), TOKENIZER, [item])
    ((tokens, queries, stretches),) = even.seen
    text = item.reference
    assert [TOKENIZER.decode([t]) for t in tokens] == list(item.prompt + text.string)
    for query, (sink, prompt, earlier, own, _) in zip(queries, stretches, strict=True):
        assert words(tokens, sink) + words(tokens, prompt) == item.prompt
        at = query + 1 - len(item.prompt)
        (span,) = (span for span in text.spans if span.start <= at < span.end)
        begin = min(s.start for s in text.spans if s.state == span.state)
        assert words(tokens, earlier) == text.string[:begin]
        assert words(tokens, own) == text.string[begin:at]
    for role in range(len(ROLES)):
        assert looks.mean(role).sum() == pytest.approx(1)
    counts = dict.fromkeys(Role, 0)
    for span in text.spans:
        counts[span.role] += span.end - span.start
    assert looks.tokens.tolist() == list(counts.values())


def test_figures_are_those_of_the_fetches(even: Even, tmp_path: Path) -> None:
    found = observe(model(), TOKENIZER, [*items("S", 9), *items("M", 9)])
    assert [(looks.range, looks.problems) for looks in found] == [("S", 9), ("M", 9)]
    heads = lookup_heads(found, 2)
    write_looks(tmp_path / "out", found, heads, {"model": "m"})
    written = json.loads((tmp_path / "out" / "attention.json").read_text())
    assert written["rows"] == json.loads(json.dumps(looks_as_json(found, heads)))
    rows = pq.read_table(tmp_path / "out" / "fetches.parquet").to_pylist()
    for row in written["rows"]:
        own = [fetch for fetch in rows if fetch["range"] == row["range"]]
        right = [fetch["right"] for fetch in own]
        assert 0 < sum(right) < len(right)
        said = row["sources"]
        assert said["fetches"] == len(own)
        assert said["right"] == pytest.approx(sum(right) / len(right))
        wrong = [fetch["source"] for fetch in own if not fetch["right"]]
        assert said["source_if_wrong"] == pytest.approx(np.mean(wrong))
        assert said["distance"]["most"] == max(fetch["distance"] for fetch in own)
    for fetch in rows:  # all are looked at alike
        assert fetch["source"] == pytest.approx(fetch["chance"])
        assert round(fetch["source"] * fetch["at"]) in (1, 4)  # a digit, or `none`
    assert (tmp_path / "out" / "heads.png").read_bytes().startswith(b"\x89PNG")
    assert modules_table(found).row_count == 2 * len(ROLES)
    assert sources_table(found, heads).row_count == 2
    with pytest.raises(ValueError, match="holds a study already"):
        write_looks(tmp_path / "out", found, heads, {})


def test_heads_that_look_things_up_are_found() -> None:
    torch.manual_seed(0)
    some = items("S")
    shape = Model(layers=2, width=160, heads=5, rope_theta=1e8, vocabulary=300, start="induction")
    wired, tokenizer = make_model(shape, [x.prompt + x.completion for x in some], torch.float32)
    found = observe(wired, tokenizer, some)
    heads = lookup_heads(found, 5)
    assert {layer for layer, _ in heads} == {1}  # the first layer looks a few tokens back
    told = found[0].fetches
    shares = [fetch.source[head] / fetch.chance[head] for fetch in told for head in heads]
    assert np.median(shares) > 3


def test_lookup_heads_are_those_of_the_first_range() -> None:
    def seen(where: str, head: tuple[int, int]) -> Looks:
        source = np.zeros((LAYERS, HEADS), np.float32)
        source[head] = 0.5
        fetch = module.Fetch("i", 0, "s", "s", "x", 9, 5, True, source, source)
        return Looks("t", where, fetches=[fetch])

    assert lookup_heads([seen("S", (1, 2)), seen("L", (0, 1))], 1) == [(1, 2)]
    assert lookup_heads([Looks("t", "S")], 4) == []


def test_what_does_not_fit_is_left_out(even: Even) -> None:
    some = items("S")
    longest = max(len(item.prompt + item.completion) for item in some)
    (looks,) = observe(model(longest - 1), TOKENIZER, some)
    assert looks.left_out >= 1
    assert looks.left_out + looks.problems == len(some) == looks.problems + 4 - len(even.seen)
    (looks,) = observe(model(9), TOKENIZER, some)
    assert (looks.problems, looks.left_out) == (0, 4)


def test_without_a_chain_there_is_nothing_to_look_at() -> None:
    with pytest.raises(ValueError, match="S0 has no chain of thought"):
        observe(model(), TOKENIZER, items("S", form=Form(format="answer")))
