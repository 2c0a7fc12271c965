"""Space-time pictures: the sampled configurations, and the files of ``run --picture``."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.colors import to_rgb

from tests.support.cli import call_here
from tm.engine import Stepper, run
from tm.formats import parse_busy_beaver
from tm.pipeline import check_text
from tm.table import Table
from tmtail.pictures import spacetime
from tmtail.pictures.spacetime import draw, sample

MARKS = """
tape x: '0'..'9'
tape y: 'a' | '"'
main {
    while x != _ { mark x  right x  left y  y := 'a' }
    left x
    unmark x
}
"""
BEAVER = parse_busy_beaver("1RB1LB_1LA0LC_1RZ1LD_1RD0RA")
RUNS: list[tuple[Table, dict[str, str]]] = [
    (BEAVER, {}),
    (check_text(MARKS).table, {"x": "9071"}),
    (check_text(MARKS).table, {"y": "aaa"}),
]


@pytest.mark.parametrize("rows", [600, 10])
@pytest.mark.parametrize("case", range(len(RUNS)))
def test_a_picture_shows_the_configurations(
    case: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spacetime, "MAX_ROWS", rows)
    table, inputs = RUNS[case]
    parts = sample(run(table, inputs, actions=True), inputs)
    stepper = Stepper(table, inputs)
    seen = 0
    while True:
        for part, contents, head in zip(parts, stepper.tapes, stepper.heads, strict=True):
            row, rest = divmod(stepper.transitions, part.time_step)
            if rest == 0:
                seen += 1
                cells = range(part.first, part.first + part.symbols.shape[1])
                assert part.symbols[row].tolist() == [contents[cell] for cell in cells]
                assert part.heads[row] == head
        if stepper.step() is not None:
            break
    assert seen >= sum(len(part.heads) for part in parts) - len(parts)
    assert all(len(part.heads) <= rows for part in parts)


def test_of_a_long_tape_one_cell_of_each_few_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spacetime, "MAX_COLUMNS", 4)
    monkeypatch.setattr(spacetime, "MAX_ROWS", 1)
    table = check_text("tape x: '0'..'9'\nstart s\nrule s [*] -> accept\n").table
    text = "".join(str(cell // 3) for cell in range(12))
    (part,) = sample(run(table, {"x": text}, actions=True), {"x": text})
    assert part.cell_step == 3
    shown = [table.tapes[0].show(symbol) for symbol in part.symbols[0].tolist()]
    assert shown == ["0", "1", "2", "3"]


def test_the_legend_names_the_symbols_and_a_mark_is_darker() -> None:
    table, inputs = RUNS[1]
    figure = draw(run(table, inputs, actions=True), inputs)
    legend = figure.axes[0].get_legend()
    assert legend is not None
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["head", "'0'", "'1'", "'7'", "'9'", "^'0'", "^'1'", "^'7'", "^'9'"]
    faces = [to_rgb(patch.get_facecolor()) for patch in legend.get_patches()]
    colours = dict(zip(names[1:], faces, strict=True))
    assert len({*colours.values()}) == len(colours)
    assert sum(colours["^'0'"]) < sum(colours["'0'"])


@pytest.mark.parametrize(("name", "beginning"), [("r.png", b"\x89PNG"), ("r.svg", b"<?xml")])
def test_a_picture_of_a_run_is_written_and_is_the_same_each_time(
    tmp_path: Path, name: str, beginning: bytes
) -> None:
    file, again = tmp_path / name, tmp_path / f"again_{name}"
    for target in (file, again):
        answer = call_here("run", "1RB1LB_1LA1RZ", "--picture", target)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.startswith("accept after 6 transitions\n")
    assert file.read_bytes().startswith(beginning)
    assert file.read_bytes() == again.read_bytes()


def test_a_picture_of_a_run_that_makes_no_transition(tmp_path: Path) -> None:
    answer = call_here("run", "1RB1LB_1LA1RZ", "--steps", 0, "--picture", tmp_path / "r.png")
    assert answer.code == 5
    assert (tmp_path / "r.png").exists()


@pytest.mark.parametrize("name", ["r.jpg", "r"])
def test_another_suffix_is_an_error_before_the_run(tmp_path: Path, name: str) -> None:
    answer = call_here("run", "1RB1LB_1LA1RZ", "--picture", tmp_path / name)
    assert (answer.code, answer.out) == (2, "")
    assert "must end in .png or .svg" in answer.err


def test_a_picture_shows_one_machine(tmp_path: Path) -> None:
    (tmp_path / "two.bb").write_text("1RB1LB_1LA1RZ\n1RB1LB_1LA1RZ\n")
    answer = call_here("run", tmp_path / "two.bb", "--picture", tmp_path / "r.png")
    assert answer.code == 1
    assert "2 machines, of which this command takes one" in answer.err
