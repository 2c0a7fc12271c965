"""The GPU benchmark's rehearsal: every case runs, with a tiny model, wherever the tests do."""

import json
from pathlib import Path

from benchmarks.gpu import main


def test_every_case_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    case = ["--packs", "4096", "--ranks", "4", "--steps", "1"]
    main(["--out", str(out), "--model", "toy", *case])
    result = json.loads(out.read_text())
    labels = [(c["attention"], c["again"], c.get("by")) for c in result["cases"]]
    ours = [
        (attention, again, None) for attention in ("documents", "sdpa") for again in (False, True)
    ]
    assert labels == [*ours, ("sdpa", True, "plain TRL")]
    for case in result["cases"]:
        assert case["tokens_per_second"] > 0
        assert 0 < case["of_the_ceiling"] < 1
    (adapter,) = result["adapters"]
    assert adapter["logits_differ_loaded"] == 0
    assert adapter["logits_differ_merged"] < 1e-4 * adapter["greatest_logit"]
