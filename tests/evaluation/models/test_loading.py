"""Models from a folder: only safetensors, no code, and the base model of an adapter."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file

from evaluation.models.loading import (
    TRAINING_RECORD_FILE,
    base_of,
    fingerprint,
    load_model,
    load_tokenizer,
    read_training_record,
)
from tests.support.models.tiny_models import save_model, tiny_model
from training.models.tokenizer import byte_tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_model(tmp_path / "model", tiny_model())


@pytest.fixture
def adapter(folder: Path) -> Path:
    base, tokenizer = load_model(str(folder))
    adapter_folder = folder.with_name("adapter")
    record = json.dumps({"base": fingerprint(base)})
    lora = LoraConfig(r=2, target_modules="all-linear")
    get_peft_model(base, lora).save_pretrained(adapter_folder)
    tokenizer.save_pretrained(adapter_folder)
    (adapter_folder / TRAINING_RECORD_FILE).write_text(record)
    return adapter_folder


def test_a_folder_without_a_model_is_an_error() -> None:
    for name in ("/none/model", "./none"):
        with pytest.raises(ValueError, match=r"has neither config\.json nor adapter_config\.json"):
            load_model(name)


def test_pickled_weights_are_not_read(folder: Path, adapter: Path) -> None:
    for home, name in ((folder, "pytorch_model.bin"), (adapter, "adapter_model.bin")):
        (weights,) = home.glob("*.safetensors")
        torch.save(load_file(weights), home / name)
        weights.unlink()
    with pytest.raises(ValueError, match=r"model: cannot be loaded: .*no file named model\.safe"):
        load_model(str(folder))
    with pytest.raises(ValueError, match=r"adapter: adapter_model\.safetensors is missing"):
        load_model(str(adapter), base=str(folder))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *product(
            ("config.json", "tokenizer_config.json", "tokenizer.json"),
            ("{", "[]", "\xb9"),
        ),
        ("generation_config.json", "[]"),
        ("generation_config.json", None),
        ("tokenizer.json", "{}"),
        ("model.safetensors", "{}"),
        ("model.safetensors", None),
    ],
)
def test_a_damaged_file_of_a_model_is_named(folder: Path, name: str, content: str | None) -> None:
    file = folder / name
    half = file.read_bytes()[: file.stat().st_size // 2]
    file.write_bytes(half if content is None else content.encode("latin-1"))
    with pytest.raises(ValueError, match=rf"model: cannot be loaded: .*{re.escape(name)}: "):
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
        settings = json.loads((folder / name).read_text())
        (folder / name).write_text(json.dumps(settings | more))
    # transformers asks on the terminal unless remote code is forbidden.
    monkeypatch.setattr("builtins.input", lambda _: "y")
    with pytest.raises(ValueError, match="requires code of its own, which tmtail never runs"):
        load_model(str(folder))
    with pytest.raises(ValueError, match="custom code"):
        load_tokenizer(str(folder))
    assert not mark.exists()


def test_an_adapter_loads_only_on_the_base_it_was_trained_on(folder: Path, adapter: Path) -> None:
    load_model(str(adapter), base=str(folder))
    other = folder.with_name("other")
    changed = tiny_model()
    torch.nn.init.normal_(changed.model.norm.weight)
    save_model(other, changed)
    with pytest.raises(ValueError, match="trained on another base model"):
        load_model(str(adapter), base=str(other))
    with pytest.raises(ValueError, match="is not an adapter"):
        load_model(str(folder), base=str(other))


def test_damaged_files_beside_a_model_are_reported(folder: Path, adapter: Path) -> None:
    (folder / TRAINING_RECORD_FILE).write_text("{")
    with pytest.raises(ValueError, match=r"tmtail\.json: it is not JSON"):
        read_training_record(str(folder))
    (adapter / "adapter_config.json").write_text("{}")
    with pytest.raises(
        ValueError, match=r"adapter_config\.json: `base_model_name_or_path` is missing"
    ):
        base_of(str(adapter))
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match="cannot be loaded"):
        load_model(str(folder))


def test_a_saved_model_loads_with_a_pad_token_of_its_own(tmp_path: Path) -> None:
    saved = tiny_model()
    tokenizer = byte_tokenizer()
    tokenizer.pad_token = tokenizer.eos_token
    saved.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded, padded = load_model(str(tmp_path))
    assert padded.pad_token_id not in (None, padded.eos_token_id)
    assert loaded.get_input_embeddings().num_embeddings >= len(padded)
    assert padded.padding_side == "left"
