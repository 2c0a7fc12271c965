"""Induction heads: an untrained model attends to what followed the same context earlier."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector
from transformers import PreTrainedModel

from training.config import Model
from training.models.random import make_model

SHAPE = Model(
    layers=2, width=128, heads=6, feed_forward=64, rope_theta=1e8, vocabulary=258, start="induction"
)
WIDE = replace(SHAPE, width=192, heads=12, head_width=32, rope_theta=1e12)


def text(filler: int) -> str:
    """Return a text with ``pq=7``, a filler of so many characters, and ``pq=`` at the end."""
    return "ab=1 cd=2 pq=7 " + "".join(chr(65 + n % 26) for n in range(filler)) + " rs=3 pq="


@pytest.mark.parametrize("filler", [10, 900])
def test_the_second_layer_attends_to_the_match_at_any_distance(filler: int) -> None:
    torch.manual_seed(0)
    model, tokenizer = make_model(SHAPE, [], torch.float32)
    model.set_attn_implementation("eager")
    ids = tokenizer(text(filler), return_tensors="pt")["input_ids"]
    attentions = model.eval()(ids, output_attentions=True).attentions
    for head in range(SHAPE.heads - 1):  # head h of the first layer attends h tokens back
        assert attentions[0][0, head, -1, -1 - head] > 0.9
    mean_attention = attentions[1][0, :, -1].mean(0)
    assert mean_attention.argmax() == text(filler).index("7")


def test_the_match_ignores_a_space_before_a_letter() -> None:
    torch.manual_seed(0)
    prompt, read = 'of "pqrs" and "abcd"', "read p q r"
    model, tokenizer = make_model(
        replace(SHAPE, vocabulary=300), [f"{read} {' '.join('abcds')}"] * 9, torch.float32
    )
    ids = tokenizer(f"{prompt}: {read}", return_tensors="pt")["input_ids"]
    assert [tokenizer.decode(token) for token in ids[0, -3:]] == [" p", " q", " r"]
    model.set_attn_implementation("eager")
    attention = model.eval()(ids, output_attentions=True).attentions[1][0, :, -1].mean(0)
    assert tokenizer.decode(ids[0, attention.argmax()]) == "s"


def test_the_match_ignores_the_colon_after_what_a_step_has_read() -> None:
    torch.manual_seed(0)
    text = 'of "pqr": read p q: k = q read p q'
    shape = replace(WIDE, vocabulary=400)
    model, tokenizer = make_model(shape, [text] * 9, torch.float32, spelled=["pqr"])
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    model.set_attn_implementation("eager")
    attention = model.eval()(ids, output_attentions=True).attentions[1][0, :, -1].mean(0)
    assert tokenizer.decode(ids[0, attention.argmax()]) == "r"


def test_a_third_of_the_heads_prefer_the_latest_of_several_matches() -> None:
    torch.manual_seed(0)
    model, tokenizer = make_model(WIDE, [], torch.float32)
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = f"{names * 4}xpq=1{names} ypq=2{names} zpq=3{names} pq="
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    model.set_attn_implementation("eager")
    attention = model.eval()(ids, output_attentions=True).attentions[1][0, :, -1]
    latest = attention[:, text.index("3")]
    assert latest[8:].min() > 0.9
    assert latest[:8].max() < 0.5


def test_the_same_seed_gives_the_same_weights_to_the_bit() -> None:
    shape = replace(WIDE, vocabulary=400)  # with digits after a space, twenty in all

    def weights() -> Tensor:
        torch.manual_seed(0)
        model, _ = make_model(shape, [" ".join("0123456789")] * 9, torch.float32)
        return parameters_to_vector(model.parameters())

    first = weights()
    assert all(torch.equal(first, weights()) for _ in range(3))


def test_shapes_that_are_too_small_are_refused() -> None:
    small: Any
    for small in ({"layers": 1}, {"heads": 4}, {"head_width": 18}, {"width": 12}):
        with pytest.raises(ValueError, match="needs at least 2 layers, 5 heads"):
            replace(SHAPE, **small)
    with pytest.raises(ValueError, match="`rope_theta` of at least 1e6"):
        Model(start="induction", heads=5, rope_theta=1e5)


def test_digits_are_in_order_along_a_direction() -> None:
    torch.manual_seed(0)
    model, tokenizer = make_model(SHAPE, [], torch.float32)
    digits = tokenizer.convert_tokens_to_ids(list("0123456789"))
    embeddings = model.get_input_embeddings().weight[digits]
    direction = embeddings[5:].mean(0) - embeddings[:5].mean(0)
    values = torch.stack([embeddings @ direction, torch.arange(10.0)])
    assert torch.corrcoef(values)[0, 1] > 0.9


@pytest.mark.parametrize(("width", "head_width", "theta"), [(20, 20, 1e6), (192, 32, 1e12)])
def test_training_does_not_change_the_codes(width: int, head_width: int, theta: float) -> None:
    torch.manual_seed(0)
    shape = replace(SHAPE, layers=3, width=width, head_width=head_width, rope_theta=theta)
    model, _ = make_model(shape, [], torch.float32)
    embedding = model.get_input_embeddings().weight
    before = embedding.detach().clone()
    train_on_noise(model, steps=3)
    changed = (embedding != before).any(0)
    dimensions = int(changed.int().argmax())
    assert 0 < dimensions < width  # the codes have the first dimensions, and training the others
    assert not changed[:dimensions].any()
    assert changed[dimensions:].all()


def test_a_trained_model_still_finds_the_match() -> None:
    torch.manual_seed(0)
    model, tokenizer = make_model(SHAPE, [], torch.float32)
    train_on_noise(model, steps=30)
    model.set_attn_implementation("eager")
    ids = tokenizer(text(300), return_tensors="pt")["input_ids"]
    # The last third of the heads prefers near tokens to a match at this distance.
    attention = model.eval()(ids, output_attentions=True).attentions[1][0, :4, -1].mean(0)
    assert attention.argmax() == text(300).index("7")


def train_on_noise(model: PreTrainedModel, steps: int) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0)
    for _ in range(steps):
        ids = torch.randint(model.config.vocab_size, (4, 32))
        model(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
