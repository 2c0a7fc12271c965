"""Long commands print their size and time before they start, and ask on a terminal."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from tasks import get
from tasks.corpus import CorpusRequest, build
from tests.support.cli import Command
from tests.support.models.openai_server import completion, serving
from tests.support.models.tiny_models import save_model, tiny_model
from tests.support.models.training_runs import write_corpus
from tmtail.cli import confirmation
from tmtail.cli.confirmation import confirm, duration
from tmtail.cli.output import progress

pytestmark = pytest.mark.usefixtures("compiled")


class Terminal(io.StringIO):
    """Terminal on which a user types a text."""

    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Let stdin and stderr be a terminal on which the user answers."""
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)


def test_a_short_command_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on_terminal(monkeypatch, "n")
    confirm("100 records", 59, yes=False)
    assert capsys.readouterr().err == ""


def test_a_long_command_starts_without_a_question_if_there_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    confirm("1,800,000 records", 7_300, yes=False)
    assert capsys.readouterr().err == "tmtail: 1,800,000 records, about 2 hours\n"


@pytest.mark.parametrize("yes", [False, True])
def test_a_long_command_asks_on_a_terminal_without_the_option_yes(
    monkeypatch: pytest.MonkeyPatch, yes: bool
) -> None:
    on_terminal(monkeypatch, "y")
    confirm("1,800,000 records", 7_300, yes=yes)
    on_terminal(monkeypatch, "n")
    if yes:
        confirm("1,800,000 records", 7_300, yes=yes)
    else:
        with pytest.raises(typer.Abort):
            confirm("1,800,000 records", 7_300, yes=yes)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(60, "60 seconds"), (119, "119 seconds"), (600, "10 minutes"), (9_000, "2 hours"),
     (200_000, "2 days")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("options", "asked"), [((), True), (("--train", 10), False)])
def test_the_default_corpus_is_announced(
    tmtail: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[object, ...],
    asked: bool,
) -> None:
    built = SimpleNamespace(manifest={})
    monkeypatch.setattr("tasks.corpus.build", lambda *arguments, **options: built)
    answer = tmtail("corpus", "build", "--out", tmp_path, "--json", "--workers", 1, *options)
    assert answer.code == 0
    assert (f"tmtail: {2_144_100:,} records at most, about " in answer.err) == asked, answer.err


def test_the_verification_of_a_corpus_is_announced(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = CorpusRequest(tasks=[get("bubble_sort")], train=6, eval=2, probe=1, ranges=("S",))
    build(request, out=tmp_path / "c", workers=1)
    verify = ("corpus", "verify", tmp_path / "c", "--workers", 1)
    assert tmtail(*verify).err == ""
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    assert tmtail(*verify).err == "tmtail: 9 records to make again, about 0 seconds\n"


def test_a_study_is_announced_by_its_plan(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    monkeypatch.setattr("training.studies.running.run_cells", lambda *arguments, **options: [])
    answer = tmtail("study", "run", "main", "--tasks", "lcs", "--arms", "tail", "--out", tmp_path)
    assert answer.code == 0, answer.err
    assert "tmtail: 3 of 3 cells to run, " in answer.err
    assert " tokens of training, about " in answer.err


def test_a_training_run_is_announced_by_its_plan_and_can_be_declined(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    write_corpus(tmp_path)
    recipe = tmp_path / "run.yaml"
    recipe.write_text(
        f"out: {tmp_path / 'run'}\ndata: {{corpus: {tmp_path / 'corpus.jsonl'}, max_length: 32}}\n"
        "model: {layers: 1, width: 16, heads: 2, head_width: 8, feed_forward: 16, context: 64}\n"
        "schedule: {steps: 3, batch_size: 2, use_cpu: true}\n"
    )

    def decline(size: str, seconds: float, *, yes: bool) -> None:
        assert seconds > 0
        raise typer.Abort

    with monkeypatch.context() as terminal:
        terminal.setattr("tmtail.cli.commands.models.confirm", decline)
        assert tmtail("train", recipe).code != 0
    assert not (tmp_path / "run" / "model").exists()
    trained = tmtail("train", recipe)
    assert trained.code == 0, trained.err
    assert re.search(r"tmtail: 3 steps of \d+ tokens, about \d+ seconds\n", trained.err)


def test_an_evaluation_is_announced_by_its_plan_and_can_be_declined(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    model = save_model(tmp_path / "model", tiny_model(2048))
    out = tmp_path / "out"
    command = ("eval", "--model", model, "--tasks", "bubble_sort", "--ranges", "S", "--n", 2,
               "--max-new-tokens", 3, "--out", out)  # fmt: skip

    def decline(size: str, seconds: float, *, yes: bool) -> None:
        assert not yes
        raise typer.Abort

    with monkeypatch.context() as terminal:
        terminal.setattr("tmtail.cli.commands.evaluation.scores.confirm", decline)
        assert tmtail(*command).code != 0
    assert not out.exists()
    assert not (tmp_path / "state").exists()
    scored = tmtail(*command)
    announced = r"tmtail: 2 problems, at most 6 tokens to decode, about \d+ seconds\nlogged in"
    assert re.match(announced, scored.err), scored.err
    (out / "results.json").unlink()
    assert "to decode" not in tmtail(*command).err  # the run resumes


def test_a_server_is_announced_without_a_time(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with serving(lambda body: completion("answer: 1")) as server:
        answer = tmtail("eval", "--backend", "openai", "--url", server.url, "--model", "m",
                        "--tasks", "bubble_sort", "--ranges", "S", "--n", 2,
                        "--max-new-tokens", 5)  # fmt: skip
    assert answer.code == 0
    assert answer.err.startswith("tmtail: 2 problems, at most 10 tokens to decode\n")


def test_a_question_is_not_overwritten_by_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("tmtail.cli.output.PROGRESS_DELAY", 0.0)
    with progress("outputs", asks=True) as report:
        time.sleep(0.1)
        assert terminal.getvalue() == ""
        report(1, 2)
        time.sleep(0.1)
    assert "outputs" in terminal.getvalue()
