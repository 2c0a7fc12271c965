"""Language models, adapters and tokenizers from a folder or a hub."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.models.auto.tokenization_auto import get_tokenizer_config

from tm.support.strict_json import read_json

RECORD = "tmtail.json"
"""The file beside a trained model that says how it was made."""

ADAPTER = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
"""The files of an adapter."""

OWN_CODE = (
    "it brings code of its own, which is not run here; put it on a server, and score it by the "
    "backend `openai`"
)


def load_model(
    name: str, dtype: torch.dtype = torch.float32, *, base: str | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A causal language model, or an adapter on one, and its tokenizer.

    Weights come from safetensors alone, and no code that comes with the model is run. Padding gets
    a token of its own: with eos as padding, an eos to be learned would be masked.

    Parameters
    ----------
    base
        The model that an adapter stands on, where it is not where it was; it must be the same.

    Raises
    ------
    ValueError
        When there is no such model, or it has no safetensors or no eos token, or an adapter was
        trained on another base.
    """
    folder = Path(name)
    if _is_path(name) and not any((folder / file).is_file() for file in ("config.json", ADAPTER)):
        raise ValueError(f"model {name}: there is no config.json and no {ADAPTER} there")
    adapter = is_adapter(name, base)
    try:
        tokenizer = load_tokenizer(name)
        if adapter:
            model, _ = load_model(base or base_of(name), dtype)
            check_base(name, model)
            model.load_adapter(name)
        else:
            model = AutoModelForCausalLM.from_pretrained(
                name, dtype=dtype, use_safetensors=True, trust_remote_code=False
            )
    except (OSError, ValueError, SafetensorError) as error:
        said = OWN_CODE if "trust_remote_code" in str(error) else error
        raise ValueError(f"model {name}: cannot be loaded: {said}") from None
    if tokenizer.eos_token_id is None:
        raise ValueError(f"model {name}: its tokenizer has no eos token, so no text could ever end")
    if tokenizer.pad_token_id in (None, tokenizer.eos_token_id):
        tokenizer.add_special_tokens({"pad_token": "<|pad|>"})
        if len(tokenizer) > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    known = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > known:
        raise ValueError(
            f"model {name}: its tokenizer has {len(tokenizer)} tokens, and the model {known}: they "
            "are not of one model"
        )
    tokenizer.padding_side = "left"
    return model, tokenizer


def fingerprint(model: PreTrainedModel) -> str:
    """What stands for a model's weights: names, shapes, and some values of each, as bf16."""
    digest = blake2b(digest_size=16)
    for key, value in sorted(model.state_dict().items()):
        some = value.flatten()[:: max(1, value.numel() // 32)].to("cpu", torch.bfloat16)
        digest.update(f"{key} {tuple(value.shape)}".encode())
        digest.update(some.view(torch.int16).numpy().tobytes())
    return digest.hexdigest()


def record_of(name: str) -> dict[str, Any]:
    """What stands beside a model about how it was made; empty where nothing does.

    Raises
    ------
    ValueError
        When it is damaged.
    """
    file = Path(name) / RECORD
    return read_json(file) if file.is_file() else {}


def is_adapter(name: str, base: str | None = None) -> bool:
    """Whether a model is an adapter's folder.

    Parameters
    ----------
    base
        The model that it is said to stand on, if any.

    Raises
    ------
    ValueError
        When it is an adapter without safetensors, or none but has a base.
    """
    adapter = (Path(name) / ADAPTER).is_file()
    if base and not adapter:
        raise ValueError(f"model {name} is no adapter, and so stands on no base")
    if adapter and not (Path(name) / WEIGHTS).is_file():
        raise ValueError(f"model {name}: there is no {WEIGHTS}, and no other weights are read")
    return adapter


def base_of(adapter: str) -> str:
    """The model that an adapter says it stands on.

    Raises
    ------
    ValueError
        When it says nothing of the kind.
    """
    file = Path(adapter) / ADAPTER
    base = read_json(file).get("base_model_name_or_path")
    if not isinstance(base, str) or not base:
        raise ValueError(f"{file}: it names no base model")
    return base


def check_base(adapter: str, model: PreTrainedModel) -> None:
    """See that an adapter was trained on this model, where its record says on which.

    Raises
    ------
    ValueError
        When it was another.
    """
    trained_on = record_of(adapter).get("base")
    if trained_on and trained_on != fingerprint(model):
        raise ValueError(
            "it was trained on another base model, or another version of it; name that one"
        )


def load_tokenizer(name: str, *, local_files_only: bool = False) -> PreTrainedTokenizerBase:
    """The tokenizer of a model, as its file describes it.

    For a Qwen2 model `AutoTokenizer` puts Qwen2's own splitting of words in the place of any other,
    and so changes the tokens of a tokenizer that says it is of no special class.

    Parameters
    ----------
    local_files_only
        Whether to do without the hub.

    Raises
    ------
    OSError, ValueError
        When there is none.
    """
    config = get_tokenizer_config(name, local_files_only=local_files_only)
    plain = config.get("tokenizer_class") in ("TokenizersBackend", "PreTrainedTokenizerFast")
    if plain:
        return PreTrainedTokenizerFast.from_pretrained(name, local_files_only=local_files_only)
    return AutoTokenizer.from_pretrained(
        name, local_files_only=local_files_only, trust_remote_code=False
    )


def _is_path(name: str) -> bool:
    """Whether a folder is meant: a hub name has one slash at most, and no folder before it."""
    path = Path(name)
    return (
        path.exists()
        or name.startswith((".", "/", "~"))
        or name.count("/") > 1
        or (path.parent != Path() and path.parent.is_dir())
    )
