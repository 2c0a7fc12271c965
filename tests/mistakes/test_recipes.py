"""Mistakes in the YAML file of a training run, each with its fix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluation.schema import ConfigError, read_yaml
from training.config import Config

RECIPE = """\
out: run
data: {corpus: corpus, max_length: 512}
schedule: {steps: 10, batch_size: 2, learning_rate: 1e-3}
"""

RECIPES = [
    ("out: run", "otu: run", "did you mean `out`?"),
    ("out: run\n", "", "`out` is missing"),
    ("out: run", "out: 3", "`out` must be a text, not 3"),
    ("out: run", "out: run\nout: run2", "the key `out` is repeated"),
    ("out: run", "out: &a run\nx: *a", "aliases are not allowed"),
    ("out: run", "\tout: run", "indent with spaces"),
    ("out: run", "out run", "a line above has no colon"),
    ("512}", "512", "close the bracket"),
    ("max_length: 512", "max_lenght: 512", "did you mean `max_length`?"),
    ("max_length: 512", "max_length: many", "`data.max_length` must be a whole number"),
    ("max_length: 512", "max_length: '512'", "`data.max_length` must be a whole number, not '512'"),
    ("max_length: 512", "max_length: 0", "`max_length` must be at least 1, not 0"),
    ("max_length: 512", "max_length: 512, pack: 256", "`pack` must be at least `max_length`"),
    ("max_length: 512", "max_length: 512, ranges: S", "`data.ranges` must be a list, not 'S'"),
    ("max_length: 512", "max_length: 512, chat: maybe", "`data.chat` must be true or false"),
    ("corpus: corpus, ", "", "`data.corpus` is missing"),
    ("data: {corpus: corpus, max_length: 512}", "data: corpus", "`data` must be a mapping of keys"),
    ("steps: 10", "steps: -1", "`steps` must be at least 1, not -1"),
    ("steps: 10", "steps: ten", "`schedule.steps` must be a whole number, not 'ten'"),
    ("steps: 10", "epoch: 10", "did you mean `epochs`?"),
    ("learning_rate: 1e-3", "learning_rate: 10", "`learning_rate` must be between 0 and 1, not 10"),
    ("learning_rate: 1e-3", "lr: 1e-3", "unknown key `schedule.lr`; "),
    ("batch_size: 2", "batch_size: 2, precision: fp16", "`schedule.precision` must be one of"),
    ("batch_size: 2", "batch_size: 2, warmup: 3", "`warmup` must be at least 0 and less than 1"),
    ("out: run", "out: run\nadapter: {rank: 8}", "`adapter` needs `model.base`"),
    ("out: run", "out: run\nmodel: {head_width: 3}", "`head_width` must be even"),
    ("out: run", "out: run\npositions: {kind: skips}", "`positions.kind` must be one of plain"),
    ("out: run", "out: run\npositions: {share: 0}", "`share` must be above 0 and at most 1, not 0"),
    ("out: run", "out: run\npositions: {after: 1}", "`after` must be at least 0 and less than 1"),
    ("out: run", "out: run\nrole_weights: {slove: 3}", "did you mean `solve`?"),
    ("out: run", "out: run\nrole_weights: {solve: -1}", "`role_weights.solve` must be at least 0"),
    ("out: run", "out: run\nbase_share: 0.5", "`base_share` needs `model.base`"),
    ("out: run", "out: run\nbase_share: 1", "`base_share` must be at least 0 and below 1, not 1"),
    (
        "out: run",
        "out: run\nmodel: {base: b}\nadapter: {targets: []}",
        "`targets` must name at least one layer",
    ),
    ("out: run", "out: run\nprobe: {keep: best}", "`keep: best` needs probes of S"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "sentence"), RECIPES)
def test_a_mistake_in_a_recipe(tmp_path: Path, right: str, wrong: str, sentence: str) -> None:
    assert right in RECIPE
    file = tmp_path / "run.yaml"
    file.write_text(RECIPE.replace(right, wrong, 1))
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        read_yaml(file, Config)


def test_the_example_has_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "right.yaml"
    file.write_text(RECIPE)
    read_yaml(file, Config)
