"""The GPU benchmark, as a rehearsal with a tiny model that runs without a GPU."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.gpu import main

SIZES = ["--model", "toy", "--packs", "1024", "--steps", "1"]


def measured(out: Path, *options: str) -> dict[str, Any]:
    main(["--out", str(out), *SIZES, *options])
    results: dict[str, Any] = json.loads(out.read_text())
    return results


def test_every_case_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gpu.TOKENS_PER_STEP", 1024)
    results = measured(tmp_path / "gpu.json", "--ranks", "4,8")
    labels = [
        (case["pack"], case["rank"], case.get("attention"), case["checkpointing"])
        for case in results["cases"]
    ]
    assert labels == [
        (1024, 4, "documents", False),
        (1024, 4, "documents", True),
        (None, 4, "sdpa", True),
        (1024, 4, None, True),
        (1024, 4, "sdpa", False),
        (1024, 4, "sdpa", True),
        (1024, 8, "documents", False),
        (1024, 8, "documents", True),
    ]
    profiled = results["cases"].pop(3)
    assert sum(kernel["share"] for kernel in profiled["kernels"]) == pytest.approx(1, abs=0.3)
    for case in results["cases"]:
        assert case["tokens_per_second"] > 0
        assert 0 < case["of_the_ceiling"] < 1
        assert len(case["tokens_of_steps"]) == 3
    (adapter,) = results["adapters"]
    assert adapter["logits_differ_loaded"] == 0
    assert adapter["logits_differ_merged"] < 1e-4 * adapter["greatest_logit"]


@pytest.mark.parametrize(
    ("seconds", "message"), [("99", "OutOfMemoryError: CUDA out"), ("0", "no time is left")]
)
def test_a_case_that_fails_or_is_too_late_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: str, message: str
) -> None:
    def fail(*arguments: object, **settings: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("benchmarks.gpu.train", fail)
    results = measured(tmp_path / "gpu.json", "--ranks", "4", "--seconds", seconds)
    assert len(results["cases"]) == 6
    assert all(case["error"].startswith(message) for case in results["cases"])
