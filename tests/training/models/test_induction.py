"""Induction heads: an untrained model attends to what followed the same context earlier."""

import pytest
import torch

from training.config import Model
from training.models.random import make_model

SHAPE = Model(
    layers=2, width=128, heads=4, feed_forward=64, rope_theta=1e8, vocabulary=258, start="induction"
)


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
    for head in range(SHAPE.heads):  # head h of the first layer attends h + 1 tokens back
        assert attentions[0][0, head, -1, -2 - head] > 0.9
    mean_attention = attentions[1][0, :, -1].mean(0)
    assert mean_attention.argmax() == text(filler).index("7")


def test_shapes_that_are_too_small_are_refused() -> None:
    with pytest.raises(ValueError, match="needs at least 2 layers, 3 heads"):
        Model(start="induction", heads=2)
    with pytest.raises(ValueError, match="`rope_theta` of at least 1e6"):
        Model(start="induction", width=96)
