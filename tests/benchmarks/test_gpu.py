"""The GPU benchmark's rehearsal: every case runs, with a tiny model, wherever the tests do."""

import json
from pathlib import Path

import pytest
import torch

from benchmarks.gpu import main


def test_every_case_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    case = ["--packs", "4096", "--ranks", "4,8", "--steps", "1"]
    main(["--out", str(out), "--model", "toy", *case])
    result = json.loads(out.read_text())
    labels = [
        (c["pack"], c["rank"], c.get("attention"), c["checkpointing"]) for c in result["cases"]
    ]
    assert labels == [
        (4096, 4, "documents", False),
        (4096, 4, "documents", True),
        (None, 4, "sdpa", True),
        (4096, 4, None, True),
        (4096, 4, "sdpa", False),
        (4096, 4, "sdpa", True),
        (4096, 8, "documents", False),
        (4096, 8, "documents", True),
    ]
    profiled = result["cases"].pop(3)
    assert sum(kernel["share"] for kernel in profiled["kernels"]) == pytest.approx(1, abs=0.3)
    for case in result["cases"]:
        assert case["tokens_per_second"] > 0
        assert 0 < case["of_the_ceiling"] < 1
        assert len(case["tokens_of_steps"]) == 3
    (adapter,) = result["adapters"]
    assert adapter["logits_differ_loaded"] == 0
    assert adapter["logits_differ_merged"] < 1e-4 * adapter["greatest_logit"]


def test_a_case_that_fails_or_has_no_time_leaves_the_others(tmp_path: Path, monkeypatch) -> None:
    def fail(*arguments: object, **how: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    out = tmp_path / "gpu.json"
    case = ["--out", str(out), "--model", "toy", "--packs", "4096", "--ranks", "4", "--steps", "1"]
    monkeypatch.setattr("benchmarks.gpu.train", fail)
    for seconds, message in (("99", "OutOfMemoryError: CUDA out"), ("0", "no time was left")):
        main([*case, "--seconds", seconds])
        assert all(case["error"].startswith(message) for case in read(out)["cases"])


def read(out: Path) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(out.read_text())
    return found
