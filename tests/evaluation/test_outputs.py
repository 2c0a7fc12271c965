"""Outputs on disk: joined by id, refused with their line, kept when a run is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tasks
from evaluation.backends.base import End, Output, Reference
from evaluation.backends.recorded import Journal, Recorded, digest, journal, read_outputs
from evaluation.problems.selection import problems
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import Verdict
from tasks.corpus import FolderInUseError

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4)})
ITEMS = list(problems([TASK], ("S",), 6))


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def told(**fields: object) -> list[dict[str, object]]:
    return [{"id": item.id, "output": item.completion, **fields} for item in ITEMS]


def test_outputs_are_joined_by_id_never_by_position(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    rows = told(model="mine", extra={"kept": True})
    rows[0]["output"] = "answer: no\u2028 "
    rows[1] |= {"end": "length", "tokens": 7}
    file.write_bytes(lines(*reversed(rows)))
    (row,), scores = evaluate(ITEMS, Recorded(file, ITEMS))
    assert row.verdicts == {Verdict.RIGHT: 4, Verdict.WRONG: 1, Verdict.TRUNCATED: 1}
    assert [score.item.id for score in scores] == [item.id for item in ITEMS]
    assert scores[1].output == Output(ITEMS[1].completion, End.LENGTH, 7)
    assert scores[0].output.tokens == len(scores[0].output.text.encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"id": "a", "output": "x"}\n{"id": "b", "outp',
            r"line 2: it is not JSON: .*truncated here",
        ),
        (b'{"id": "a", "output": "x", "tokens": 1e3}\n', "`tokens` is no whole number"),
        (b'{"id": "a", "output": "x", "tokens": -1}\n', "`tokens` is no whole number"),
        (b'{"id": "a", "output": "x", "sample": true}\n', "`sample` is no whole number"),
        (b'{"id": "a", "output": ["x"]}\n', "`output` is no text"),
        (b'{"id": "a"}\n', "it has no `output`"),
        (b'{"output": "x"}\n', "it has no `id`"),
        (b'{"id": "a", "output": "x", "end": "eos"}\n', "`end` is 'eos', not one of stop"),
        (b'{"id": "a", "output": "x"}\n' * 2, "line 2: line 1 has the same id, 'a', and sample, 0"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "outputs.jsonl"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_outputs(file)


def test_ids_must_be_those_that_were_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    file.write_bytes(lines(*told()[2:]))
    with pytest.raises(ValueError, match=f"has no output for {ITEMS[0].id}, {ITEMS[1].id}"):
        Recorded(file, ITEMS)
    file.write_bytes(lines(*told(), {"id": "another", "output": ""}))
    with pytest.raises(ValueError, match="nobody asked for: another"):
        Recorded(file, ITEMS)
    file.write_bytes(lines(*told(), *told(sample=1)))
    with pytest.raises(ValueError, match=r"nobody asked for: .* \(sample 1\).* and 3 more"):
        Recorded(file, ITEMS)
    Recorded(file, ITEMS, samples=2)


def test_ten_megabytes_in_a_line_are_read(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    rows = told()
    rows[0]["output"] = "x" * 10_000_000
    file.write_bytes(lines(*rows))
    (row,), _ = evaluate(ITEMS, Recorded(file, ITEMS))
    assert row.verdicts[Verdict.NO_ANSWER] == 1


def test_what_a_killed_run_wrote_is_kept_but_for_half_a_line(tmp_path: Path) -> None:
    folder, asked = tmp_path / "run", {"seed": 1}
    first = Output("a\u2028\n\x00", End.LENGTH, 3, "thoughts")
    with journal(folder, asked) as kept:
        kept["a", 0] = first
        kept["b", 1] = Output("b", End.STOP, 2)
    with (folder / "outputs.jsonl").open("ab") as file:
        file.write(b'{"id": "c", "outp')
    with journal(folder, asked) as kept:
        assert kept == {("a", 0): first, ("b", 1): Output("b", End.STOP, 2)}
        kept["c", 0] = Output("c", End.STOP, 1)
    assert list(read_outputs(folder / "outputs.jsonl")) == [("a", 0), ("b", 1), ("c", 0)]
    with pytest.raises(ValueError, match="holds another evaluation"), journal(folder, {"seed": 2}):
        pass


def test_files_of_something_else_are_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "outputs.jsonl"
    theirs.write_bytes(b"no line break")
    with pytest.raises(ValueError, match="files of something else"), journal(tmp_path, {}):
        pass
    assert theirs.read_bytes() == b"no line break"


def test_two_runs_cannot_write_into_one_folder(tmp_path: Path) -> None:
    with journal(tmp_path, {}), pytest.raises(FolderInUseError), journal(tmp_path, {}):
        pass


def test_an_output_is_on_disk_before_the_next_is_made(tmp_path: Path) -> None:
    kept = Journal(tmp_path / "outputs.jsonl")
    sizes = []

    class Watched(Reference):
        def generate(self, requests, limit):  # type: ignore[no-untyped-def]
            for found in super().generate(requests, limit):
                sizes.append((tmp_path / "outputs.jsonl").read_bytes().count(b"\n"))
                yield found

    evaluate(ITEMS, Watched(), kept=kept)
    assert sizes == list(range(6))


KILLED = """
import sys, time
from pathlib import Path
from evaluation.backends.base import Reference
from evaluation.backends.recorded import digest, journal
from evaluation.runs.evaluate import evaluate
from tests.evaluation.test_outputs import ITEMS

class Slow(Reference):
    def generate(self, requests, limit):
        for found in super().generate(requests, limit):
            yield found
            time.sleep(0.2)

with journal(Path(sys.argv[1]), {"items": digest(ITEMS)}) as kept:
    evaluate(ITEMS, Slow(), kept=kept)
"""


def test_a_run_that_is_killed_goes_on_to_the_same_scores(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(folder)], cwd=Path.cwd(),
                               env={**os.environ, "PYTHONPATH": "."})  # fmt: skip
    deadline = time.monotonic() + 60
    file = folder / "outputs.jsonl"
    while not (file.is_file() and file.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with journal(folder, {"items": digest(ITEMS)}) as kept:
        assert 0 < len(kept) < 6
        resumed = evaluate(ITEMS, Reference(), kept=kept)
    whole = evaluate(ITEMS, Reference())
    assert resumed == whole
