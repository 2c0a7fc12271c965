"""Open the backend that a run's configuration names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evaluation.backends.base import GREEDY, Backend, Reference, Sampling
from evaluation.backends.config import LOCAL_BACKENDS, Decode, Dtype, RunConfig
from evaluation.backends.installed import opener_of
from evaluation.problems.replays import EvalProblem

if TYPE_CHECKING:
    from evaluation.backends.huggingface import HuggingFace


def open_backend(
    config: RunConfig,
    problems: Sequence[EvalProblem],
    *,
    sampling: Sampling = GREEDY,
    device: str = "auto",
    dtype: Dtype = "float32",
    batch_size: int | None = None,
    decode: Decode = "verified",
) -> Backend:
    """Return the backend that ``config`` names, ready to answer ``problems``.

    Parameters
    ----------
    device
        For ``hf``: ``cpu`` or ``cuda``; ``auto`` means a GPU if there is one.
    dtype
        For ``hf`` and ``vllm``: number type of the weights.
    batch_size
        For ``hf``: see ``HuggingFace``.
    decode
        For ``hf`` and ``vllm``: ``verified`` reads the reference as a draft, ``plain`` does not.

    Raises
    ------
    ValueError
        If the model cannot be loaded, the file of outputs is invalid, a server requires a key, or
        the distribution of an installed backend is faulty.
    """
    if config.backend == "reference":
        return Reference()
    if config.backend == "file":
        from evaluation.backends.recorded import Recorded

        assert config.outputs is not None  # as `RunConfig` checks
        return Recorded(config.outputs, problems, samples=sampling.samples)
    if config.backend == "openai":
        from evaluation.backends.server import Server

        return Server(
            config.model,
            url=config.url or None,
            chat=config.chat is not False,
            sampling=replace(sampling, temperature=None) if config.omit_temperature else sampling,
            concurrency=config.concurrency,
            tokenizer=config.tokenizer,
            context=config.window,
            timeout=config.timeout,
        )
    if config.backend == "vllm":
        from evaluation.backends.vllm import VLLM

        return VLLM(
            config.model,
            base=config.base or None,
            dtype=dtype,
            gpus=config.gpus,
            gpu_memory=config.gpu_memory,
            context=config.window,
            chat=_uses_chat(config),
            sampling=sampling,
            decode=decode,
        )
    if config.backend == "hf":
        return open_hugging_face(
            config,
            sampling=sampling,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            decode=decode,
        )
    return opener_of(config.backend)(
        config, problems, sampling=sampling, device=device, dtype=dtype, batch_size=batch_size
    )


def open_hugging_face(
    config: RunConfig,
    *,
    sampling: Sampling = GREEDY,
    device: str = "auto",
    dtype: Dtype = "float32",
    batch_size: int | None = None,
    decode: Decode = "verified",
) -> HuggingFace:
    """Return the model that ``config`` names, loaded in this process; see ``open_backend``."""
    import torch
    from transformers.utils.logging import disable_progress_bar

    from evaluation.backends.huggingface import HuggingFace
    from evaluation.models.loading import load_model

    disable_progress_bar()
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    model, tokenizer = load_model(config.model, getattr(torch, dtype), base=config.base or None)
    return HuggingFace(
        model.to(device),
        tokenizer,
        name=config.model,
        batch_size=batch_size,
        chat=_uses_chat(config),
        sampling=sampling,
        decode=decode,
        far=config.far,
    )


def model_description(config: RunConfig) -> dict[str, Any]:
    """Return the entries of a run's description about its model; empty unless it is loaded here.

    ``weights`` is the digest of the model's files, since another model may take its place in the
    same folder. ``training`` holds what differs from the paper's method (``ours``), the seed and
    the step, the corpus and the greatest length of each task in it, if the model has a record of
    them.
    """
    if config.backend not in LOCAL_BACKENDS:
        return {}
    from evaluation.models.identity import model_digest
    from evaluation.models.loading import read_training_record

    record = read_training_record(config.model)
    names = ("ours", "seed", "step", "corpus", "trained_lengths", "revision")
    entries = {name: record[name] for name in names if name in record}
    weights = model_digest(config.model, base=config.base or None)
    return {"weights": weights, **({"training": entries} if entries else {})}


def _uses_chat(config: RunConfig) -> bool:
    """Return whether prompts are turns of a chat: as configured, or else as in training."""
    from evaluation.models.loading import read_training_record

    if config.chat is not None:
        return config.chat
    return bool(read_training_record(config.model).get("chat"))
