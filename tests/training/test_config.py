"""The YAML file of a run: it is read strictly, and the error lists every fault."""

from pathlib import Path

import pytest

from evaluation.schema import ConfigError, from_mapping, read_yaml
from training.config import Config

GOOD = """
out: out/run
data: {corpus: out/corpus, max_length: 512, ranges: [S]}
schedule: {steps: 10, learning_rate: 1e-3}
model: {layers: 2, width: 64, heads: 2}
"""


def read(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "run.yaml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(file, Config)


def test_a_valid_file(tmp_path: Path) -> None:
    config = read(tmp_path, GOOD)
    assert config.data.corpus == Path("out/corpus")
    assert config.data.ranges == ("S",)
    assert config.schedule.learning_rate == 0.001
    assert config.model.layers == 2
    assert config.adapter is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("steps: 10", "step: 10", "unknown key `schedule.step`; did you mean `steps`?"),
        ("steps: 10, ", "", "give either `steps` or `epochs`"),
        ("steps: 10", "steps: 10, epochs: 2", "give either `steps` or `epochs`"),
        (
            "steps: 10",
            "steps: 10, min_learning_rate: 1",
            "`min_learning_rate` must be between 0 and",
        ),
        ("out: out/run", "out: x\nprobe: {keep: best}", "`keep: best` needs probes of S"),
        (
            "out: out/run",
            "out: x\nprobe: {keep: best, every: 5}",
            "`schedule.save_every` equal to `probe.every`",
        ),
        (
            "max_length: 512",
            "max_length: 512, pack: 9",
            "`pack` must be at least `max_length` (512)",
        ),
        ("data: {corpus: out/corpus, ", "data: {", "`data.corpus` is missing"),
        ("steps: 10", "steps: ten", "`schedule.steps` must be a whole number, not 'ten'"),
        ("steps: 10", "steps: 1:30", "`schedule.steps` must be a whole number, not '1:30'"),
        ("steps: 10", "steps: 010", "`schedule.steps` must be a whole number, not '010'"),
        ("steps: 10", "steps: 1_0", "`schedule.steps` must be a whole number, not '1_0'"),
        ("steps: 10", "steps: 0x10", "`schedule.steps` must be a whole number, not '0x10'"),
        ("steps: 10", "steps: 10, warmup: .nan", "must be a number, not '.nan'"),
        ("steps: 10", "steps: 10, warmup: 1:30.5", "must be a number, not '1:30.5'"),
        ("steps: 10", "steps: true", "`schedule.steps` must be a whole number, not True"),
        ("steps: 10", "steps: 0", "schedule: `steps` must be at least 1, not 0"),
        (
            "steps: 10",
            "steps: 10, precision: fp8",
            "`schedule.precision` must be one of fp32, bf16, auto",
        ),
        ("ranges: [S]", "ranges: S", "`data.ranges` must be a list, not 'S'"),
        ("ranges: [S]", "ranges: [1]", "`data.ranges[0]` must be a text, not 1"),
        ("model: {layers: 2, width: 64, heads: 2}", "model: small", "`model` must be a mapping"),
        ("heads: 2", "head_width: 5", "`head_width` must be even and at least 2, not 5"),
        ("out: out/run", "", "`out` is missing"),
        ("out: out/run", "out: a\nout: b", "the key `out` is repeated"),
        ("out: out/run", "out: &a x\nseed: *a", "aliases are not allowed"),
        ("out: out/run", "adapter: {rank: 4}\nout: x", "`adapter` needs `model.base`"),
        ("out: out/run", "out: [", "expected ',' or ']'"),
        ("out: out/run", "out: !!python/object/apply:os.system [ls]", "could not determine a cons"),
    ],
)
def test_faults(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as error:
        read(tmp_path, GOOD.replace(old, new))
    assert message in str(error.value)
    assert "run.yaml" in str(error.value)


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        read(tmp_path, GOOD.replace("steps: 10", "step: 10").replace("layers: 2", "layers: two"))
    assert len(error.value.faults) == 2  # the unknown key, and the value `two`


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"none\.yaml: cannot be read: No such file or directory$"
    ):
        read_yaml(tmp_path / "none.yaml", Config)


def test_an_empty_document() -> None:
    with pytest.raises(ConfigError, match="must be a mapping of keys, not nothing"):
        from_mapping(None, Config)


def test_deep_nesting_is_an_error_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        read(tmp_path, "[" * 10_000)
