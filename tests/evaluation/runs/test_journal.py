"""Outputs of a run in its folder: nothing is lost if the run is killed, and it resumes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest

from evaluation.backends.base import End, Output, OutputRequest, Reference, Verification
from evaluation.backends.recorded import read_outputs
from evaluation.runs.evaluate import evaluate
from evaluation.runs.journal import Journal, open_journal, problems_digest
from tasks.corpus import FolderInUseError
from tests.support.models.eval_problems import replayed

PROBLEMS = replayed("S", 6)


def test_the_outputs_of_a_killed_run_are_kept_except_for_half_a_line(tmp_path: Path) -> None:
    folder, request = tmp_path / "run", {"seed": 1}
    first = Output("a\u2028\n\x00", End.LENGTH, 3, "thoughts", Verification(2, 0.25, None))
    with open_journal(folder, request) as journal:
        journal["a", 0] = first
        journal["b", 1] = Output("b", End.STOP, 2)
    with (folder / "outputs.jsonl").open("ab") as file:
        file.write(b'{"id": "c", "outp')
    with open_journal(folder, request) as journal:
        assert journal == {("a", 0): first, ("b", 1): Output("b", End.STOP, 2)}
        journal["c", 0] = Output("c", End.STOP, 1)
    assert list(read_outputs(folder / "outputs.jsonl")) == [("a", 0), ("b", 1), ("c", 0)]
    with (
        pytest.raises(ValueError, match=r"another evaluation, run\.json \(seed: 1 there, 2 here\)"),
        open_journal(folder, {"seed": 2}),
    ):
        pass


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "outputs.jsonl"
    other.write_bytes(b"no line break")
    with (
        pytest.raises(ValueError, match="holds other files; give another folder"),
        open_journal(tmp_path, {}),
    ):
        pass
    assert other.read_bytes() == b"no line break"


def test_two_runs_cannot_write_into_one_folder(tmp_path: Path) -> None:
    with open_journal(tmp_path, {}), pytest.raises(FolderInUseError), open_journal(tmp_path, {}):
        pass


def test_an_output_is_on_disk_before_the_next_is_generated(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    journal = Journal(file)
    lines_before = []

    class Watched(Reference):
        def generate(
            self, requests: Sequence[OutputRequest], max_new_tokens: int
        ) -> Iterator[tuple[int, Output]]:
            for output in super().generate(requests, max_new_tokens):
                lines_before.append(file.read_bytes().count(b"\n"))
                yield output

    evaluate(PROBLEMS, Watched(), store=journal)
    assert lines_before == list(range(6))


SLOW_RUN = """
import sys, time
from pathlib import Path
from evaluation.backends.base import Reference
from evaluation.runs.evaluate import evaluate
from evaluation.runs.journal import open_journal, problems_digest
from tests.support.models.eval_problems import replayed

class Slow(Reference):
    def generate(self, requests, max_new_tokens):
        for output in super().generate(requests, max_new_tokens):
            yield output
            time.sleep(0.2)

problems = replayed("S", 6)
with open_journal(Path(sys.argv[1]), {"problems": problems_digest(problems)}) as journal:
    evaluate(problems, Slow(), store=journal)
"""


def test_a_killed_run_resumes_with_the_same_scores(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", SLOW_RUN, str(folder)], cwd=Path.cwd(),
                               env={**os.environ, "PYTHONPATH": "."})  # fmt: skip
    deadline = time.monotonic() + 60
    file = folder / "outputs.jsonl"
    while not (file.is_file() and file.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open_journal(folder, {"problems": problems_digest(PROBLEMS)}) as journal:
        assert 0 < len(journal) < 6
        resumed = evaluate(PROBLEMS, Reference(), store=journal)
    assert resumed == evaluate(PROBLEMS, Reference())


def test_no_damage_of_stored_outputs_is_accepted(tmp_path: Path) -> None:
    """A flipped bit, or a file cut anywhere, is an error or costs outputs, never changes one."""
    random = Random(2)
    with open_journal(tmp_path / "whole", {}) as journal:
        evaluate(PROBLEMS, Reference(), store=journal)
    stored = (tmp_path / "whole" / "outputs.jsonl").read_bytes()
    refused = 0
    for trial in range(400):
        damaged = bytearray(stored)
        if trial % 4:
            damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
        else:
            del damaged[random.randrange(len(damaged)) :]
        file = tmp_path / "outputs.jsonl"
        file.write_bytes(damaged)
        try:
            kept = Journal(file)
        except ValueError:
            refused += 1
        else:
            assert kept.items() <= journal.items()
    assert refused > 200


def test_outputs_are_not_written_through_a_link(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("no line break")
    with open_journal(tmp_path / "run", {}):
        pass
    (tmp_path / "run" / "outputs.jsonl").unlink()
    (tmp_path / "run" / "outputs.jsonl").symlink_to(victim)
    with pytest.raises(OSError, match="is a link"), open_journal(tmp_path / "run", {}):
        pass
    assert victim.read_text() == "no line break"


def test_a_refused_folder_keeps_every_file(tmp_path: Path) -> None:
    names = {"notes.txt", ".draft.txt.7.part", ".hidden.part"}
    for name in names:
        (tmp_path / name).write_text("mine")
    with pytest.raises(ValueError, match="holds other files"), open_journal(tmp_path, {}):
        pass
    assert {path.name for path in tmp_path.iterdir()} == names | {".lock"}
