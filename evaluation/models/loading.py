"""Load language models, adapters and tokenizers from a folder or from the hub."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.models.auto.tokenization_auto import get_tokenizer_config

from evaluation.models.damage import damaged_file
from evaluation.models.hub import is_path, model_source
from tm.support.strict_json import read_json

TRAINING_RECORD_FILE = "tmtail.json"
"""File beside a trained model that describes how it was trained."""

GENERATION_CONFIG_FILE = "generation_config.json"
"""File with the end tokens of a model."""
ADAPTER_CONFIG_FILE = "adapter_config.json"
"""File with the configuration of an adapter."""
ADAPTER_WEIGHTS_FILE = "adapter_model.safetensors"
"""File with the weights of an adapter."""


def load_model(
    name: str, dtype: torch.dtype = torch.float32, *, base: str | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return a causal language model, or an adapter on its base model, and the tokenizer.

    Weights are read from safetensors only, and code that comes with a model is never run. The
    tokenizer pads on the left, with a token of its own: if the end token were used for padding, it
    would be masked in training, and the model would not learn to end a text.

    Parameters
    ----------
    name
        Folder of a model or adapter, or a name on the hub.
    base
        Base model of an adapter; None means the one that the adapter's configuration names.

    Raises
    ------
    ValueError
        If the model does not exist or is damaged, has no safetensors, lacks tensors, or has no end
        token; or if an adapter was trained on another base model.
    """
    folder = Path(name)
    files = ("config.json", ADAPTER_CONFIG_FILE)
    if is_path(name) and not any((folder / file).is_file() for file in files):
        raise ValueError(f"model {name}: the folder has neither {files[0]} nor {files[1]}")
    adapter = is_adapter(name, base)
    source = model_source(name)
    part = "tokenizer.json: "
    try:
        tokenizer = load_tokenizer(source)
        part = ""
        if adapter:
            model, _ = load_model(base or base_of(name), dtype)
            check_base(name, model)
            loaded = model.load_adapter(name)
            faulty = {*loaded.missing_keys, *loaded.unexpected_keys}
        else:
            check_generation_config(source)
            model, info = AutoModelForCausalLM.from_pretrained(
                source,
                dtype=dtype,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
            faulty = set(info["missing_keys"])
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # a broken file can make the libraries raise anything
        if "trust_remote_code" in str(error):
            raise ValueError(
                f"model {name}: it requires code of its own, which tmtail never runs; "
                "serve it with another program and score it with backend `openai`"
            ) from None
        if damage := damaged_file(folder):
            raise ValueError(f"model {name}: cannot be loaded: {damage}; get it again") from None
        is_bare = isinstance(error, LookupError | TypeError | AttributeError)
        kind = f"{type(error).__name__}: " if is_bare else ""
        raise ValueError(f"model {name}: cannot be loaded: {part}{kind}{error}") from None
    if faulty:
        raise ValueError(
            f"model {name}: its weights do not belong to its configuration: {min(faulty)!r} is "
            f"missing or has no place ({len(faulty)} such tensors); get the folder again"
        )
    positions = getattr(model.config.get_text_config(), "max_position_embeddings", 1)
    if type(positions) is not int or positions < 1:
        raise ValueError(
            f"model {name}: `max_position_embeddings` must be at least 1, not {positions!r}"
        )
    if tokenizer.eos_token_id is None:
        raise ValueError(
            f"model {name}: its tokenizer has no end token, so no output would end; "
            "set `eos_token` in tokenizer_config.json"
        )
    if tokenizer.pad_token_id in (None, tokenizer.eos_token_id):
        _choose_pad_token(tokenizer, model.get_input_embeddings().num_embeddings)
        if len(tokenizer) > model.get_input_embeddings().num_embeddings:
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    embeddings = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > embeddings:
        raise ValueError(
            f"model {name}: its tokenizer has {len(tokenizer)} tokens, but the model has "
            f"{embeddings} embeddings; give a folder in which both belong together"
        )
    tokenizer.padding_side = "left"
    return model, tokenizer


def check_generation_config(folder: str) -> None:
    """Raise a ValueError if a model's end tokens are damaged, which transformers ignores."""
    if (file := Path(folder) / GENERATION_CONFIG_FILE).is_file():
        read_json(file)


def _choose_pad_token(tokenizer: PreTrainedTokenizerBase, embeddings: int) -> None:
    """Give a tokenizer a pad token that is not its end token, if possible without an embedding.

    PEFT would store all embeddings with an adapter if their number had changed.
    """
    names = ("unk_token", "bos_token")
    others = [getattr(tokenizer, name) for name in names if getattr(tokenizer, name)]
    spare = [token for token in others if token != tokenizer.eos_token]
    if len(tokenizer) >= embeddings and spare:
        tokenizer.pad_token = spare[0]
    else:
        tokenizer.add_special_tokens({"pad_token": "<|pad|>"})


def fingerprint(model: PreTrainedModel) -> str:
    """Return a hexadecimal digest of a model's weights: names, shapes, and a sample of values."""
    digest = blake2b(digest_size=16)
    for key, value in sorted(model.state_dict().items()):
        sample = value.flatten()[:: max(1, value.numel() // 32)].to("cpu", torch.bfloat16)
        digest.update(f"{key} {tuple(value.shape)}".encode())
        digest.update(sample.view(torch.int16).numpy().tobytes())
    return digest.hexdigest()


def read_training_record(name: str) -> dict[str, Any]:
    """Return the training record beside a model; empty if the file does not exist.

    Raises
    ------
    ValueError
        If the record is not valid JSON.
    """
    file = Path(name) / TRAINING_RECORD_FILE
    return read_json(file) if file.is_file() else {}


def is_adapter(name: str, base: str | None = None) -> bool:
    """Return whether ``name`` is the folder of an adapter.

    Parameters
    ----------
    base
        Base model that the user gave, if any.

    Raises
    ------
    ValueError
        If it is an adapter without safetensors, or a base model is given for a full model.
    """
    adapter = (Path(name) / ADAPTER_CONFIG_FILE).is_file()
    if base and not adapter:
        raise ValueError(f"model {name} is not an adapter; `base` applies to adapters only")
    if adapter and not (Path(name) / ADAPTER_WEIGHTS_FILE).is_file():
        raise ValueError(
            f"model {name}: {ADAPTER_WEIGHTS_FILE} is missing; other formats of weights are not "
            "read"
        )
    return adapter


def base_of(adapter: str) -> str:
    """Return the base model that an adapter's configuration names.

    Raises
    ------
    ValueError
        If the configuration names none.
    """
    file = Path(adapter) / ADAPTER_CONFIG_FILE
    base = read_json(file).get("base_model_name_or_path")
    if not isinstance(base, str) or not base:
        raise ValueError(f"{file}: `base_model_name_or_path` is missing; give the base model")
    return base


def check_base(adapter: str, model: PreTrainedModel) -> None:
    """Check that an adapter was trained on this base model, if its record has a fingerprint.

    Raises
    ------
    ValueError
        If it was trained on another base model.
    """
    trained_on = read_training_record(adapter).get("base")
    if trained_on and trained_on != fingerprint(model):
        raise ValueError(
            f"adapter {adapter} was trained on another base model, or on another version of it; "
            "give that one as `base`"
        )


def load_tokenizer(name: str, *, local_files_only: bool = False) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a model, exactly as its file describes it.

    ``AutoTokenizer`` replaces the pre-tokenizer of every Qwen2 model by Qwen2's own, which changes
    the tokens of a tokenizer that declares no special class.

    Parameters
    ----------
    local_files_only
        Whether the hub must not be asked.

    Raises
    ------
    OSError, ValueError
        If there is no tokenizer.
    """
    config = get_tokenizer_config(name, local_files_only=local_files_only)
    plain = config.get("tokenizer_class") in ("TokenizersBackend", "PreTrainedTokenizerFast")
    if plain:
        return PreTrainedTokenizerFast.from_pretrained(name, local_files_only=local_files_only)
    return AutoTokenizer.from_pretrained(
        name, local_files_only=local_files_only, trust_remote_code=False
    )
