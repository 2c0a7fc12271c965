"""``tmtail attention``."""

import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from tasks import get
from tasks.corpus import Corpus, CorpusRequest, build
from tests.support.cli import Command
from tmtail.cli import confirmation
from training.config import Model
from training.models.random import make_model

SHAPE = Model(layers=1, width=32, heads=2, feed_forward=32, context=4096)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    request = CorpusRequest(tasks=[get("bubble_sort")], train=5, eval=2, probe=2)
    return build(request, out=tmp_path_factory.mktemp("attention") / "corpus", workers=1)


@pytest.fixture(scope="module")
def model(corpus: Corpus) -> Path:
    torch.manual_seed(0)
    folder = corpus.folder.parent / "model"
    for part in make_model(SHAPE, [], torch.float32):
        part.save_pretrained(folder)
    return folder


def test_attention_is_studied_and_written(
    tmtail: Command,
    corpus: Corpus,
    model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "study"
    options = ("--model", model, "--corpus", corpus.folder, "--ranges", "S,L", "--heads", 1)
    answer = tmtail("attention", *options, "--out", out)
    assert "attention to sources, %" in answer.out
    assert "lookup heads (layer.head, chosen by the first range): 0." in answer.out
    written = json.loads((out / "attention.json").read_text())
    counts = [(row["range"], row["problems"] + row["left_out"]) for row in written["rows"]]
    assert counts == [("S", 2), ("L", 2)]
    assert written["split"] == "probe"
    fetches = pq.read_table(out / "fetches.parquet").to_pylist()
    assert len(fetches) == sum(row["sources"]["fetches"] for row in written["rows"])
    assert not (corpus.folder / "evaluations.jsonl").exists()  # nothing is scored
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    announced = tmtail("attention", *options, "--json")
    assert re.match(r"tmtail: 4 problems to read, about \d+ seconds\n", announced.err)
    again = json.loads(announced.out)
    assert again["rows"] == written["rows"]


def test_mistakes(tmtail: Command, corpus: Corpus, model: Path, tmp_path: Path) -> None:
    options = ("--model", model, "--corpus", corpus.folder)
    assert "`nope`" in tmtail("attention", *options, "--tasks", "nope").err
    assert "XL" in tmtail("attention", *options, "--ranges", "XL").err
    (tmp_path / "attention.json").touch()
    assert "never overwritten" in tmtail("attention", *options, "--out", tmp_path).err
