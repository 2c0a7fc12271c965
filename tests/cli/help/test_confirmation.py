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
from tasks.corpus.export import plan_export
from tests.support.cli import Command
from tests.support.models.openai_server import completion, serving
from tests.support.models.tiny_models import save_model, tiny_model
from tests.support.models.training_runs import write_corpus
from tmtail.cli import confirmation
from tmtail.cli.confirmation import confirm, duration
from tmtail.cli.output import progress

pytestmark = pytest.mark.usefixtures("compiled")


SMALL_CORPUS = CorpusRequest(tasks=[get("bubble_sort")], train=6, eval=2, probe=1, ranges=("S",))


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
    build(SMALL_CORPUS, out=tmp_path / "c", workers=1)
    verify = ("corpus", "verify", tmp_path / "c", "--workers", 1)
    assert tmtail(*verify).err == ""
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    assert tmtail(*verify).err == "tmtail: 9 records to make again, about 0 seconds\n"


@pytest.mark.parametrize(
    ("command", "size"),
    [
        (("lint", "bubble_sort", "--n", 1), "62 runs to check"),
        (("corpus", "export", "CORPUS", "--out", "OUT"), "9 records, about 0 MB to write"),
        (("export", "lm-eval", "CORPUS", "--ranges", "S", "--out", "OUT"),
         "2 problems to write again"),
        (("eval", "--backend", "reference", "--tasks", "bubble_sort", "--n", 1),
         "3 problems to write"),
        (("study", "plan", "main", "--tasks", "lcs", "--arms", "tail", "--out", "OUT"),
         "3 cells to estimate"),
        (("demo", "--out", "OUT"), "a model of 1 million parameters to train and score"),
    ],
)  # fmt: skip
def test_other_long_commands_are_announced(
    tmtail: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[object, ...],
    size: str,
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("training.demo.demo", lambda *arguments, **options: None)
    if "CORPUS" in command:
        build(SMALL_CORPUS, out=tmp_path / "CORPUS", workers=1)
    arguments = [tmp_path / a if a in ("CORPUS", "OUT") else a for a in command]
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    answer = tmtail(*arguments)
    assert re.match(rf"tmtail: {size}, about \d+ (seconds|minutes)\n", answer.err), answer.err


def test_the_lint_of_all_tasks_and_the_export_of_a_large_corpus_are_announced(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compiler.lint.lint", lambda *arguments, **options: [])
    monkeypatch.setattr("tasks.tools.problem_checks.check_problems", lambda *arguments: [])
    assert tmtail("lint", "bubble_sort").err == ""
    assert re.match(
        r"tmtail: 1\d\d,\d{3} runs to check, about \d minutes", tmtail("lint", "all").err
    )
    corpus = build(SMALL_CORPUS, out=tmp_path / "c", workers=1)
    for part in corpus.manifest["parts"]:
        part["records"] *= 10**5
    assert plan_export(corpus, "messages").seconds < 60
    plan = plan_export(corpus, "next-state")
    assert plan.bytes > 10 * plan_export(corpus, "messages").bytes
    assert plan.seconds > 60


def test_a_study_is_announced_by_its_plan(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    monkeypatch.setattr("training.studies.running.run_cells", lambda *arguments, **options: [])
    answer = tmtail("study", "run", "main", "--tasks", "lcs", "--arms", "tail", "--out", tmp_path)
    assert answer.code == 0, answer.err
    assert answer.err.startswith("tmtail: 3 cells to estimate, about 2 seconds\n")
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
        if not yes:
            raise typer.Abort

    with monkeypatch.context() as terminal:
        terminal.setattr("tmtail.cli.commands.evaluation.scores.confirm", decline)
        assert tmtail(*command).code != 0
    assert not out.exists()
    assert not (tmp_path / "state").exists()
    scored = tmtail(*command)
    announced = r"tmtail: 2 problems to write, about 0 seconds\n"
    announced += r"tmtail: 2 problems, at most 6 tokens to decode, about \d+ seconds\nlogged in"
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
