"""Faults of an evaluation: kills, damaged files, other sources, and clocks that jump."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from evaluation.backends.base import Reference
from evaluation.backends.config import RunConfig
from evaluation.backends.opening import model_description, open_backend
from evaluation.problems.suites import corpus_suite, drawn_suite
from evaluation.reports.results import check_no_results
from evaluation.runs.evaluate import evaluate
from evaluation.runs.journal import open_journal, problems_digest
from evaluation.runs.pooling import pool_results
from evaluation.runs.run import run_suite
from evaluation.studies.scores import rows_of_results
from tasks import get
from tasks.corpus import Corpus, CorpusRequest, build
from tests.support.faults.damage import REFUSED, SAME, damaged_folders, judge_all
from tests.support.faults.killing import KillReport, kill_repeatedly, preload, timed
from tests.support.faults.surroundings import make_clock_jump, read_only, small_disk
from tests.support.models.fixed_backends import outputs_of
from tests.support.models.openai_server import Body, Reply, completion, prompt_of, serving
from tests.support.models.tiny_models import save_model, tiny_model
from tests.support.tasks.reversal_task import reverse_bits

pytestmark = pytest.mark.slow

MODEL_FILES = ("config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
               "tokenizer_config.json")  # fmt: skip
FINAL_FILES = ("items.jsonl", "items.parquet", "report.html", "results.json")

preload(
    "tests.faults.test_eval", "evaluation.backends.huggingface", "evaluation.backends.server",
    "evaluation.models.identity", "evaluation.reports.page", "matplotlib.pyplot", "openai",
)  # fmt: skip


def suite_of(count: int = 16) -> Any:
    return drawn_suite([get("bubble_sort")], ("S",), count)


def score(out: Path, config: RunConfig) -> None:
    """Score a model into a folder, resuming; a folder with results is left as it is."""
    suite = suite_of()
    try:
        check_no_results(out)
    except ValueError:
        return
    run_suite(suite, open_backend(config, suite.problems), out=out,
              more=model_description(config), max_new_tokens=config.max_new_tokens)  # fmt: skip


def assert_nothing_is_half_written(out: Path) -> None:
    if (out / "results.json").exists():
        json.loads((out / "results.json").read_text())
        pool_results([out])
    if (out / "items.jsonl").exists():
        assert [json.loads(line) for line in (out / "items.jsonl").read_text().splitlines()]
    if (out / "report.html").exists():
        assert (out / "report.html").read_text().rstrip().endswith("</html>")


def assert_same_results(expected: Path, out: Path) -> None:
    for name in FINAL_FILES:
        assert (out / name).read_bytes() == (expected / name).read_bytes(), name
    lines = (out / "outputs.jsonl").read_text().splitlines()
    keys = [(row["id"], row["sample"]) for row in map(json.loads, lines)]
    assert len(keys) == len(set(keys)) == 16
    assert not list(out.glob(".*.part"))


def kill_and_compare(tmp_path: Path, config: RunConfig, kills: int) -> KillReport:
    score(tmp_path / "whole", config)
    timed(score, tmp_path / "first", config)  # the first job waits for the libraries
    seconds = timed(score, tmp_path / "timed", config)
    report = kill_repeatedly(
        score, tmp_path, (config,), kills=kills, seconds=seconds, chance=Random(kills),
        after_kill=assert_nothing_is_half_written,
        after_end=partial(assert_same_results, tmp_path / "whole"),
    )  # fmt: skip
    assert report.kills == kills
    return report


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_server_is_scored_through_kills(tmp_path: Path, concurrency: int) -> None:
    texts = {problem.prompt: problem.completion for problem in suite_of().problems}
    asked: Counter[str] = Counter()

    def reply(body: Body) -> Reply:
        asked[prompt_of(body)] += 1
        time.sleep(0.03)
        text = texts[prompt_of(body)]
        return completion(text[: -len(text) // (len(text) % 3 + 1)] + "\nanswer: 1")

    with serving(reply) as server:
        config = RunConfig(
            name="a", backend="openai", model="m", url=server.url, concurrency=concurrency
        )
        report = kill_and_compare(tmp_path, config, 20)
    # What was in flight at a kill is asked again, and nothing else.
    assert sum(asked.values()) <= 16 * (3 + report.rounds) + 20 * concurrency


def test_a_model_is_scored_through_kills(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model", tiny_model(2048))
    kill_and_compare(tmp_path, RunConfig(name="a", model=str(folder), max_new_tokens=40), 15)


def rows(folder: Path) -> Any:
    """Resume an evaluation by its journal alone, and return its rows and scores."""
    problems = suite_of(4).problems
    with open_journal(folder, {"problems": problems_digest(problems)}) as journal:
        scores, judged = evaluate(problems, Reference(), store=journal)
    return scores, [
        (score.problem.id, score.output, score.verdict, score.exact) for score in judged
    ]


@pytest.mark.parametrize("name", ["run.json", "outputs.jsonl"])
def test_a_damaged_run_is_refused_or_gives_the_same_scores(tmp_path: Path, name: str) -> None:
    expected = rows(tmp_path / "a")
    counts = judge_all(damaged_folders(tmp_path / "a", name, tmp_path / "b"), rows, expected)
    assert counts[REFUSED] >= 40


@pytest.mark.parametrize("name", ["results.json", "items.jsonl"])
@pytest.mark.parametrize("read", [pool_results, rows_of_results])
def test_damaged_results_are_neither_pooled_nor_shown(
    tmp_path: Path, name: str, read: Callable[[list[Path]], Any]
) -> None:
    score(tmp_path / "b", RunConfig(name="a", backend="reference"))
    expected = read([tmp_path / "b"])
    (tmp_path / "b").rename(tmp_path / "a")

    def attempt(folder: Path) -> Any:
        return read([folder])

    counts = judge_all(damaged_folders(tmp_path / "a", name, tmp_path / "b"), attempt, expected)
    assert counts[REFUSED] >= 55


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    request = CorpusRequest(tasks=[get("bubble_sort")], train=4, eval=4, probe=0, ranges=("S",))
    return build(request, out=tmp_path_factory.mktemp("corpus") / "c", workers=1)


@pytest.mark.parametrize(
    "name",
    [
        "manifest.json", "request.json", "eval", "train", "croissant.json",
        "machines/bubble_sort.json", "machines/bubble_sort.prompts.txt",
    ],
)  # fmt: skip
def test_a_damaged_corpus_is_refused_or_gives_the_same_problems(
    tmp_path: Path, corpus: Corpus, name: str
) -> None:
    if name in ("eval", "train"):
        (file,) = corpus.files(name)
        name = str(file.relative_to(corpus.folder))

    def attempt(folder: Path) -> Any:
        suite = corpus_suite(Corpus.open(folder), "eval", ("S",), 4)
        texts = [(problem.id, problem.prompt, problem.completion) for problem in suite.problems]
        return texts, suite.requested, suite.longest_bytes

    expected = attempt(corpus.folder)
    folders = damaged_folders(corpus.folder, name, tmp_path / "b")
    counts = judge_all(folders, attempt, expected)
    assert counts.total() == 60
    assert counts[REFUSED] == 60 or not name.startswith("data/bubble_sort/eval")
    print(f"corpus of eval, {name}: {dict(counts)}")


@pytest.mark.parametrize("name", MODEL_FILES)
def test_a_damaged_model_does_not_resume_and_never_crashes(tmp_path: Path, name: str) -> None:
    save_model(tmp_path / "a", tiny_model(2048))
    problems = suite_of(1).problems
    original = model_description(RunConfig(name="a", model=str(tmp_path / "a")))["weights"]

    def attempt(folder: Path) -> str:
        """Answer with the model: it is loaded or refused, and is another model to a resumed run."""
        config = RunConfig(name="a", model=str(folder))
        assert model_description(config)["weights"] != original
        outputs_of(open_backend(config, problems), problems, 2)
        return "answered"

    counts = judge_all(damaged_folders(tmp_path / "a", name, tmp_path / "b"), attempt, "answered")
    assert counts.total() == 60


def test_a_damaged_file_of_outputs_is_refused_or_gives_the_same_scores(tmp_path: Path) -> None:
    rows(tmp_path / "a")
    problems = suite_of(4).problems

    def attempt(folder: Path) -> Any:
        config = RunConfig(name="a", backend="file", outputs=folder / "outputs.jsonl")
        return evaluate(problems, open_backend(config, problems))

    expected = attempt(tmp_path / "a")
    folders = damaged_folders(tmp_path / "a", "outputs.jsonl", tmp_path / "b")
    counts = judge_all(folders, attempt, expected)
    assert counts[REFUSED] >= 50


def test_a_machine_that_is_edited_between_start_and_resume_is_refused(tmp_path: Path) -> None:
    def resume(folder: Path) -> Any:
        suite = drawn_suite([reverse_bits(folder)], ("S",), 4)
        return run_suite(suite, Reference(), out=tmp_path / "out")

    for name in "ab":
        (tmp_path / name).mkdir()
        reverse_bits(tmp_path / name)
    resume(tmp_path / "a")
    (tmp_path / "out" / "results.json").unlink()
    resume(tmp_path / "b")  # the same machine elsewhere
    (tmp_path / "out" / "results.json").unlink()
    (tmp_path / "c").mkdir()
    reverse_bits(tmp_path / "c")
    machine = tmp_path / "c" / "reverse_bits.tm"
    machine.write_text(machine.read_text().replace('solve "out', 'solve "bit'))
    with pytest.raises(ValueError, match="another evaluation"):
        resume(tmp_path / "c")
    outputs = (tmp_path / "out" / "outputs.jsonl").read_text()
    assert outputs.count("\n") == 4


def test_the_clock_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = rows(tmp_path / "a")
    make_clock_jump(monkeypatch)
    assert rows(tmp_path / "b") == expected
    assert rows(tmp_path / "a") == expected


def test_a_full_disk_keeps_what_was_written(tmp_path: Path) -> None:
    suite = suite_of(64)
    with small_disk(tmp_path / "disk", 65_536) as disk:
        with pytest.raises(OSError, match="No space left"):
            run_suite(suite, Reference(), out=disk / "run")
        assert_nothing_is_half_written(disk / "run")
        assert not (disk / "run" / "results.json").exists()


def test_a_read_only_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with read_only(tmp_path / "out"), pytest.raises(OSError, match="Read-only"):
        run_suite(suite_of(2), Reference(), out=tmp_path / "out")


def test_damage_of_the_log_stops_no_evaluation(
    tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluation.runs.log import LOG_FILE, log_evaluation

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    problems = corpus_suite(corpus, "eval", ("S",), 4).problems
    log_evaluation(corpus, problems, {"model": "a"})

    def attempt(folder: Path) -> str:
        entry = log_evaluation(Corpus(folder, corpus.manifest), problems, {"model": "b"})
        assert entry.path == folder / LOG_FILE
        assert json.loads(entry.path.read_bytes().splitlines()[-1])["model"] == "b"
        return "logged"

    folders = damaged_folders(corpus.folder, LOG_FILE, tmp_path / "b")
    assert judge_all(folders, attempt, "logged") == {SAME: 60}
