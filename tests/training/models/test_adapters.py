"""LoRA adapters: training on a frozen base, loading on that base only, and merging."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import ModelCard

from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from tests.support.cli import call_here
from tests.support.models.training_runs import assert_equal, tiny_config, weights, write_corpus
from training.config import Adapter, Model
from training.models.adapters import merge
from training.models.tokenizer import byte_tokenizer
from training.train import train


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("adapters"))


@pytest.fixture(scope="module")
def base(corpus: Path) -> Path:
    """A trained base model."""
    return train(tiny_config(corpus, "base", seed=1)).model


@pytest.fixture(scope="module")
def weights_before(base: Path) -> dict[str, torch.Tensor]:
    return weights(base)


@pytest.fixture(scope="module")
def adapter(corpus: Path, base: Path, weights_before: dict[str, torch.Tensor]) -> Path:
    """An adapter, trained on the base."""
    config = tiny_config(corpus, "adapter", model=Model(base=str(base)), adapter=Adapter(rank=2))
    return train(config).model


def logits(model: Path) -> torch.Tensor:
    loaded, tokenizer = load_model(str(model))
    result: torch.Tensor = loaded(torch.tensor(encode(tokenizer, ["after 3?\n"]))).logits
    return result


def test_an_adapter_is_trained_on_a_frozen_base(
    base: Path, weights_before: dict[str, torch.Tensor], adapter: Path
) -> None:
    assert (adapter / "adapter_model.safetensors").is_file()
    assert not (adapter / "model.safetensors").exists()
    assert_equal(weights_before, weights(base))
    assert not torch.equal(logits(adapter), logits(base))


def test_an_adapter_loads_on_its_base_only(corpus: Path, base: Path, adapter: Path) -> None:
    other = train(tiny_config(corpus, "other", steps=1, seed=2)).model
    load_model(str(adapter), base=str(base))
    with pytest.raises(ValueError, match="trained on another base"):
        load_model(str(adapter), base=str(other))
    with pytest.raises(ValueError, match="adapter"):
        load_model(str(base), base=str(other))


def test_only_the_targets_get_an_update(corpus: Path, base: Path) -> None:
    def run(name: str, *targets: str) -> Path:
        adapter = Adapter(rank=2, targets=targets)
        model = Model(base=str(base))
        return train(tiny_config(corpus, name, steps=1, model=model, adapter=adapter)).model

    names = {name.split(".")[-3] for name in weights(run("mlp", "up_proj", "v_proj"))}
    assert names == {"up_proj", "v_proj"}
    with pytest.raises(ValueError, match="no linear layer is called `v_porj`; did you mean `v_pro"):
        run("typo", "v_porj")
    with pytest.raises(ValueError, match="no linear layer is called `lm_head`; the layers are"):
        run("head", "lm_head")


@pytest.mark.parametrize("adapter", [None, Adapter(rank=2)])
def test_trained_weights_are_averaged_with_the_base(
    corpus: Path, base: Path, adapter: Adapter | None
) -> None:
    options: dict[str, Any] = {"model": Model(base=str(base)), "adapter": adapter}
    kind = "adapter" if adapter else "full"
    alone, averaged = (
        train(tiny_config(corpus, f"{kind}-{share}", base_share=share, **options)).model
        for share in (0.0, 0.75)
    )
    before = {name: w * ("lora_A" in name) for name, w in weights(alone).items()}
    if adapter is None:
        before = weights(base)
    for name, weight in weights(averaged).items():
        expected = torch.lerp(weights(alone)[name], before[name], 0.75)
        assert torch.allclose(weight, expected, atol=1e-6), name
    assert not torch.allclose(logits(averaged), logits(alone), atol=1e-4)


def test_merging_preserves_logits(base: Path, adapter: Path, tmp_path: Path) -> None:
    assert merge(str(adapter), tmp_path / "merged") < 1e-5
    assert torch.allclose(logits(adapter), logits(tmp_path / "merged"), atol=1e-5)
    cards = [ModelCard.load(folder / "README.md") for folder in (adapter, tmp_path / "merged")]
    assert [card.data.library_name for card in cards] == ["peft", "transformers"]
    assert all("| base model | model |" in card.text for card in cards)
    with pytest.raises(ValueError, match="exists; nothing is overwritten"):
        merge(str(adapter), tmp_path / "merged")
    with pytest.raises(ValueError, match="is not an adapter"):
        merge(str(base), tmp_path / "another")


def test_a_merged_model_is_written_in_bf16(
    base: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tmtail.cli.confirmation.MIN_SECONDS", 0.0)
    answer = call_here("merge", adapter, tmp_path / "merged", "--dtype", "bf16")
    size = sum(file.stat().st_size for file in base.glob("*.safetensors")) / 1e9
    announced = f"tmtail: a base model of {size:.1f} GB to merge, about 0 seconds\n"
    assert (answer.code, answer.err) == (0, announced)
    assert {weight.dtype for weight in weights(tmp_path / "merged").values()} == {torch.bfloat16}
    assert torch.allclose(logits(adapter), logits(tmp_path / "merged"), atol=0.05)


def test_the_tokenizer_of_another_model_is_refused(base: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(base, tmp_path / "copy")
    byte_tokenizer(["more words than this"] * 9, 270).save_pretrained(copy)
    with pytest.raises(ValueError, match="tokens, but the model has 258"):
        load_model(str(copy))
