"""Training runs: what they learn, write, describe and refuse."""

import json
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from evaluation.models.loading import load_model
from evaluation.models.tokens import encode
from tasks import get
from tasks.corpus import CorpusRequest, build
from tests.support.models.training_runs import (
    RECORDS,
    assert_equal,
    description,
    tiny_config,
    weights,
    write_corpus,
)
from tm.support.files import FolderInUseError, sole_writer
from training.config import Adapter, Data, Model, Positions, Probe, Schedule
from training.data.records import chosen_records
from training.models.tokenizer import byte_tokenizer
from training.plan import CPU, DEVICES
from training.provenance import write_provenance
from training.studies.common import recipe_backend
from training.train import _arguments, _recomputes_activations, train


def test_a_run_learns_and_writes_a_model_that_loads(corpus: Path) -> None:
    shape = replace(tiny_config(corpus, "").model, vocabulary=300)
    positions = Positions(kind="gaps", reach=64)
    result = train(tiny_config(corpus, "run", steps=40, model=shape, positions=positions))
    losses = [loss for _, loss in result.loss]
    assert losses[-1] < 0.7 * losses[0]
    model, tokenizer = load_model(str(result.model))
    texts = [record["prompt"] + record["completion"] for record in RECORDS]
    learned = byte_tokenizer(texts, 300)
    assert encode(tokenizer, texts) == encode(learned, texts) != encode(byte_tokenizer(), texts)
    assert model.config.eos_token_id == tokenizer.eos_token_id
    text_tokens = len(encode(learned, texts)[0]) + 1  # all texts have the same length
    assert result.tokens == 40 * 4 * text_tokens
    run = description(result.model)
    assert run["config"]["schedule"]["steps"] == 40
    assert run["config"]["seed"] == 0
    assert run["records"] == 8
    assert "torch" in run["versions"]
    assert not list(result.model.glob("*.bin"))
    assert not list(result.model.glob("*.pt"))


def test_the_seed_determines_the_weights(corpus: Path) -> None:
    one, again, other = (
        weights(train(tiny_config(corpus, name, steps=3, seed=seed)).model)
        for name, seed in [("one", 1), ("again", 1), ("other", 2)]
    )
    assert_equal(one, again)
    assert not all(torch.equal(one[key], other[key]) for key in one)


def test_the_first_steps_have_plain_positions_if_configured(corpus: Path) -> None:
    plain, later = (
        train(tiny_config(corpus, f"{positions.kind}", steps=4, positions=positions)).loss
        for positions in (Positions(), Positions(kind="random", reach=64, after=0.5))
    )
    assert plain[:2] == later[:2]
    assert plain[2] != later[2]


def test_roles_are_weighted_if_configured(corpus: Path, tmp_path: Path) -> None:
    spans = {"start": [0, 8], "role": ["answer", "solve"]}
    file = tmp_path / "spans.jsonl"
    file.write_text("".join(json.dumps({**r, "spans": spans}) + "\n" for r in RECORDS))
    losses = [
        train(tiny_config(file, f"run-{weight}", steps=1, role_weights={"solve": weight})).loss[0][
            1
        ]
        for weight in (1.0, 2.0, 3.0)
    ]
    assert losses[0] < losses[1] < losses[2]
    assert losses[2] - losses[1] == pytest.approx(losses[1] - losses[0], rel=1e-3)
    with pytest.raises(ValueError, match="`role_weights` needs records with spans"):
        train(tiny_config(corpus, "none", role_weights={"solve": 2.0}))


def test_refusals(corpus: Path, tmp_path: Path) -> None:
    data = Data(corpus=corpus, max_length=32)
    cases: dict[str, dict[str, Any]] = {
        "no record of x; the corpus has count S": {"data": replace(data, tasks=("x",))},
        "has training records of count S, but data.ranges is M; add S": {
            "data": replace(data, ranges=("M",))
        },
        "8 of 8 records are longer": {"data": replace(data, max_length=5)},
        "data.max_length must be at most the model's context of 64 tokens, not 65": {
            "data": replace(data, max_length=65)
        },
        "positions.reach must be at most": {"positions": Positions(kind="gaps", reach=99)},
        "batch_size 5 is not a multiple": {
            "schedule": Schedule(steps=1, batch_size=5, device_batch=2)
        },
        "not a finished corpus": {"probe": Probe(every=2)},
        "no such file or folder": {"data": replace(data, corpus=tmp_path / "none")},
        "config.json": {"model": Model(base="./none")},
    }
    for number, (message, sections) in enumerate(cases.items()):
        with pytest.raises(ValueError, match=message):
            train(tiny_config(corpus, f"refused-{number}", **sections))
    with pytest.raises(ValueError, match="no checkpoint to resume from"):
        train(tiny_config(corpus, "new"), resume=True)
    finished = tiny_config(corpus, "finished", steps=1)
    train(finished)
    with pytest.raises(ValueError, match="already has a trained model"):
        train(finished)


def test_a_folder_has_one_writer(corpus: Path) -> None:
    config = tiny_config(corpus, "run", steps=1)
    with sole_writer(config.out), pytest.raises(FolderInUseError, match="writing"):
        train(config)
    train(config)


def test_epochs_and_packs(corpus: Path) -> None:
    schedule = Schedule(epochs=3, batch_size=1, learning_rate=1e-2)
    data = Data(corpus=corpus, max_length=32, pack=64)
    result = train(tiny_config(corpus, "run", data=data, schedule=schedule))
    run = description(result.model)
    assert run["step"] == 3 * -(-run["record_tokens"] // 64)  # best fit fills every pack here
    assert result.tokens == 3 * run["record_tokens"]


def test_the_description_of_a_run(corpus: Path) -> None:
    positions = Positions(kind="gaps", reach=64)
    result = train(tiny_config(corpus, "run", positions=positions, tensorboard=True))
    run = description(result.model)
    assert "positions.kind: gaps, in the paper plain" in run["ours"]
    assert run["seed"] == 0
    assert run["corpus"] is None  # a single file has no manifest
    assert run["device"].startswith("CPU" if not torch.cuda.is_available() else "1")
    assert len(run["revision"].rstrip("+")) == 40
    assert [row["loss"] for row in run["history"] if "loss" in row] == [
        loss for _, loss in result.loss
    ]
    assert list((corpus.parent / "run" / "tensorboard").glob("events*"))


def test_a_checkout_that_is_not_installed_trains(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    result = train(tiny_config(corpus, "run", steps=1))
    assert description(result.model)["versions"]["tmtail"] is None


def test_a_missing_gpu_and_a_gpu_that_is_too_small(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = Schedule(steps=1, precision="bf16")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=r"PyTorch finds no GPU.*schedule\.use_cpu: true"):
        train(tiny_config(corpus, "run", schedule=schedule))

    def fail(*args: object, **kwargs: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nmore")

    monkeypatch.setattr("training.trainer.Trainer.compute_loss", fail)
    with pytest.raises(RuntimeError, match=r"device_batch.*\(CUDA out of memory.*2 GiB\)$"):
        train(tiny_config(corpus, "run"))


def test_bf16_on_the_cpu_if_configured(corpus: Path) -> None:
    schedule = replace(tiny_config(corpus, "").schedule, steps=40, use_cpu=True)
    half = replace(schedule, precision="bf16")
    result = train(tiny_config(corpus, "half", schedule=half))
    losses = [loss for _, loss in result.loss]
    assert losses[-1] < 0.7 * losses[0]
    in_bf16 = weights(result.model)
    in_fp32 = weights(train(tiny_config(corpus, "single", schedule=schedule)).model)
    assert {tensor.dtype for tensor in in_bf16.values()} == {torch.float32}
    assert any((in_bf16[name] != in_fp32[name]).any() for name in in_bf16)
    assert description(result.model)["device"].startswith("CPU")
    recipe = tiny_config(corpus, "half", schedule=half)
    assert recipe_backend(recipe, result.model, name="half").description["dtype"] == "bfloat16"


def test_the_cpu_if_configured_despite_a_gpu(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    schedule = Schedule(steps=1, precision="bf16", use_cpu=True)
    config = tiny_config(corpus, "run", schedule=schedule)
    arguments = _arguments(config, list(chosen_records(config.data)))
    assert arguments.device.type == "cpu"
    assert arguments.bf16
    assert not arguments.gradient_checkpointing


def test_trained_weights_are_stored_in_fp32_and_frozen_ones_in_bf16(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def report_dtype(name: object, *arguments: object, **options: object) -> None:
        raise RuntimeError(f"made in {arguments[-1]}")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("training.train.set_seed", lambda seed: None)
    for maker in ("make_model", "load_model"):
        monkeypatch.setattr(f"training.train.{maker}", report_dtype)
    schedule = Schedule(steps=1, precision="bf16")
    cases: dict[str, dict[str, Any]] = {
        "float32": {},
        "bfloat16": {"model": Model(base="there"), "adapter": Adapter()},
    }
    for dtype, sections in cases.items():
        with pytest.raises(RuntimeError, match=f"made in torch.{dtype}$"):
            train(tiny_config(corpus, "run", schedule=schedule, **sections))


def test_activations_are_recomputed_if_the_memory_is_small(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_config(corpus, "run")
    records = list(chosen_records(config.data))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for memory, expected in ((80e9, False), (1e6, True)):
        monkeypatch.setitem(DEVICES, CPU, DEVICES[CPU]._replace(memory=memory))
        assert _recomputes_activations(config, records) is expected
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for memory, expected in ((80e9, False), (1e6, True)):
        monkeypatch.setattr(
            torch.cuda, "get_device_properties", lambda _, m=memory: SimpleNamespace(total_memory=m)
        )
        assert _recomputes_activations(config, records) is expected
    never = replace(config, schedule=replace(config.schedule, checkpoint_activations=False))
    assert not _recomputes_activations(never, records)


def test_a_folder_inside_the_corpus_is_refused(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path).parent
    config = replace(tiny_config(corpus / "x", "run"), data=Data(corpus=corpus, max_length=32))
    with pytest.raises(ValueError, match="`out` is inside the corpus"):
        train(config)


def test_the_description_has_the_greatest_length_in_training(tmp_path: Path) -> None:
    compared = [get("compare_numbers", ranges={"S": (2, 4), "M": (5, 6), "L": (7, 8)})]
    request = CorpusRequest(tasks=[*compared, get("lcs")], train=8, eval=2, probe=2)
    folder = build(request, out=tmp_path / "corpus", workers=1).folder
    trained = {}
    for name, data in {
        "all": Data(max_length=99, corpus=folder),
        "one": Data(max_length=99, corpus=folder, tasks=("compare_numbers",)),
        "file": Data(max_length=99, corpus=next(folder.glob("data/*/train-*.parquet"))),
    }.items():
        (tmp_path / name).mkdir()
        write_provenance(
            tmp_path / name, tiny_config(folder, "x", data=data), device=torch.device("cpu")
        )
        trained[name] = description(tmp_path / name)["trained_lengths"]
    assert trained == {
        "all": {"compare_numbers": 4, "lcs": 6},
        "one": {"compare_numbers": 4},
        "file": {},
    }


def test_a_damaged_or_unfinished_corpus_is_refused(tmp_path: Path) -> None:
    request = CorpusRequest(tasks=[get("compare_numbers")], train=8, eval=2, probe=2)
    folder = build(request, out=tmp_path / "corpus", workers=1).folder
    config = tiny_config(tmp_path / "x", "run", data=Data(corpus=folder, max_length=4096))
    (file,) = folder.glob("data/*/train-*.parquet")
    whole = file.read_bytes()
    file.write_bytes(whole[:99] + bytes([whole[99] ^ 1]) + whole[100:])
    with pytest.raises(ValueError, match="was changed since the corpus was built"):
        train(config)
    file.unlink()
    with pytest.raises(ValueError, match="the file is missing"):
        train(config)
    (folder / "manifest.json").unlink()
    with pytest.raises(ValueError, match="not a finished corpus"):
        train(config)


def test_long_records_are_left_out_if_configured(corpus: Path) -> None:
    lines = corpus.read_text()
    corpus.write_text(lines + lines.splitlines()[0].replace("answer", "answer" * 9) + "\n")
    with pytest.raises(ValueError, match="1 of 9 records are longer"):
        train(tiny_config(corpus, "refused"))
    data = Data(corpus=corpus, max_length=32, long_records="drop")
    run = description(train(tiny_config(corpus, "run", data=data)).model)
    assert run["records"] == 8


def test_a_seed_fits_every_library() -> None:
    for seed in (-1, 2**32):
        with pytest.raises(ValueError, match="`seed` must be at least 0 and less than 2"):
            tiny_config(Path("corpus.jsonl"), "run", seed=seed)
