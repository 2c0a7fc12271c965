"""Models from a folder: safetensors alone, no code, and an adapter's own base."""

import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from evaluation.models.loading import (
    RECORD,
    base_of,
    fingerprint,
    load_model,
    load_tokenizer,
    record_of,
)
from tests.evaluation.test_huggingface import TOKENIZER, model
from training.models.tokenizer import byte_tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    model().save_pretrained(tmp_path / "model")
    TOKENIZER.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def adapter(folder: Path) -> Path:
    base, tokenizer = load_model(str(folder))
    made = folder.with_name("adapter")
    record = json.dumps({"base": fingerprint(base)})
    get_peft_model(base, LoraConfig(r=2, target_modules="all-linear")).save_pretrained(made)
    tokenizer.save_pretrained(made)
    (made / RECORD).write_text(record)
    return made


def test_a_folder_without_a_model() -> None:
    for name in ("/none/model", "./none"):
        with pytest.raises(ValueError, match=r"there is no config\.json"):
            load_model(name)


def test_pickled_weights_are_not_read(folder: Path, adapter: Path) -> None:
    for made, name in ((folder, "pytorch_model.bin"), (adapter, "adapter_model.bin")):
        (weights,) = made.glob("*.safetensors")
        torch.save(load_file(weights), made / name)
        weights.unlink()
    with pytest.raises(ValueError, match=r"model: cannot be loaded: .*no file named model\.safe"):
        load_model(str(folder))
    with pytest.raises(ValueError, match=r"adapter: there is no adapter_model\.safetensors"):
        load_model(str(adapter), base=str(folder))


def test_cut_weights_are_named(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:9_000])
    with pytest.raises(ValueError, match="model: cannot be loaded: Error while deserializing"):
        load_model(str(folder))


def test_code_of_a_model_is_never_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = folder / "ran"
    (folder / "evil.py").write_text(f"open({str(mark)!r}, 'w')\n")
    for name, more in {
        "config.json": {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil"}},
        "tokenizer_config.json": {
            "tokenizer_class": "Evil",
            "auto_map": {"AutoTokenizer": ["evil.Evil", None]},
        },
    }.items():
        about = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(about | more))
    # transformers asks on the terminal where nobody has said no.
    monkeypatch.setattr("builtins.input", lambda _: "y")
    with pytest.raises(ValueError, match="brings code of its own, which is not run here"):
        load_model(str(folder))
    with pytest.raises(ValueError, match="custom code"):
        load_tokenizer(str(folder))
    assert not mark.exists()


def test_an_adapter_stands_on_the_base_it_was_trained_on(folder: Path, adapter: Path) -> None:
    load_model(str(adapter), base=str(folder))
    other = folder.with_name("other")
    changed = model()
    torch.nn.init.normal_(changed.model.norm.weight)
    changed.save_pretrained(other)
    TOKENIZER.save_pretrained(other)
    with pytest.raises(ValueError, match="trained on another base"):
        load_model(str(adapter), base=str(other))
    with pytest.raises(ValueError, match="is no adapter"):
        load_model(str(folder), base=str(other))


def test_damaged_files_beside_a_model_are_named(folder: Path, adapter: Path) -> None:
    (folder / RECORD).write_text("{")
    with pytest.raises(ValueError, match=r"tmtail\.json: it is not JSON"):
        record_of(str(folder))
    (adapter / "adapter_config.json").write_text("{}")
    with pytest.raises(ValueError, match=r"adapter_config\.json: it names no base model"):
        base_of(str(adapter))
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match="cannot be loaded"):
        load_model(str(folder))


def test_a_saved_model_loads_with_a_pad_token_of_its_own(tmp_path: Path) -> None:
    saved = model()
    tokenizer = byte_tokenizer()
    tokenizer.pad_token = tokenizer.eos_token
    saved.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded, padded = load_model(str(tmp_path))
    assert padded.pad_token_id not in (None, padded.eos_token_id)
    assert loaded.get_input_embeddings().num_embeddings >= len(padded)
    assert padded.padding_side == "left"
