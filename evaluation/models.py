"""Language models from a folder or a hub, and texts as tokens: the same to train and to score."""

from __future__ import annotations

import json
from collections.abc import Sequence
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

RECORD = "tmtail.json"
"""The file beside a trained model that says how it was made."""

ADAPTER = "adapter_config.json"


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
    adapter = (folder / ADAPTER).is_file()
    if base and not adapter:
        raise ValueError(f"model {name} is no adapter, and so stands on no base")
    try:
        tokenizer = load_tokenizer(name)
        if adapter:
            told = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
            model, _ = load_model(base or told["base_model_name_or_path"], dtype)
            _check_base(folder, model)
            model.load_adapter(name)
        else:
            model = AutoModelForCausalLM.from_pretrained(name, dtype=dtype, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise ValueError(f"model {name}: cannot be loaded: {error}") from None
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
    """What stands beside a model about how it was made; empty where nothing does."""
    file = Path(name) / RECORD
    record: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return record


def _check_base(folder: Path, model: PreTrainedModel) -> None:
    trained_on = record_of(str(folder)).get("base")
    if trained_on and trained_on != fingerprint(model):
        raise ValueError(
            "it was trained on another base model, or another version of it; name that one"
        )


def encode(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of plain texts: no special token is added, and none is read out of a text."""
    if not texts:
        return []
    ids: list[list[int]] = tokenizer(
        list(texts), add_special_tokens=False, split_special_tokens=True
    )["input_ids"]
    return ids


def encode_prompts(
    tokenizer: PreTrainedTokenizerBase, prompts: Sequence[str], *, chat: bool = False
) -> list[list[int]]:
    """Token ids of prompts: as they stand, or as a user's turn in the model's chat template.

    Raises
    ------
    ValueError
        When ``chat`` is asked for and the tokenizer has no template.
    """
    if not chat:
        return encode(tokenizer, prompts)
    if not tokenizer.chat_template:
        raise ValueError(f"{tokenizer.name_or_path} has no chat template; train and score without")
    turns = [[{"role": "user", "content": prompt}] for prompt in prompts]
    ids: list[list[int]] = tokenizer.apply_chat_template(
        turns, add_generation_prompt=True, return_dict=False
    )
    return ids


def offsets(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """Where each token of ``encode`` ends in its text, in characters."""
    found = tokenizer(
        list(texts),
        add_special_tokens=False,
        split_special_tokens=True,
        return_offsets_mapping=True,
    )["offset_mapping"]
    return [[end for _, end in text] for text in found]


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
    kind = PreTrainedTokenizerFast if plain else AutoTokenizer
    return kind.from_pretrained(name, local_files_only=local_files_only)


def _is_path(name: str) -> bool:
    """Whether a folder is meant: a hub name has one slash at most, and no folder before it."""
    path = Path(name)
    return (
        path.exists()
        or name.startswith((".", "/", "~"))
        or name.count("/") > 1
        or (path.parent != Path() and path.parent.is_dir())
    )
