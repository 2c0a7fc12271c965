"""`eval` from end to end: backends, corpora, forms, and runs interrupted, pooled, side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from evaluation.backends.config import OptionError, RunConfig
from evaluation.problems.selection import draw_problems
from tasks import get
from tasks.corpus import Corpus, CorpusRequest, Form, RecordOptions, build
from tests.support.cli import Command
from tests.support.models.openai_server import ScriptedServer, completion, prompt_of, serving
from tests.support.models.tiny_models import save_model, tiny_model

SORT = ("--tasks", "bubble_sort", "--ranges", "S", "--n", 4)


def write_outputs(file: Path) -> None:
    """Write the outputs of `SORT`, of which the first is wrong."""
    problems = draw_problems([get("bubble_sort")], ("S",), 4)
    rows = [{"id": problem.id, "output": problem.completion} for problem in problems]
    rows[0]["output"] += "!"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_outputs_of_a_file_are_scored(
    tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    write_outputs(tmp_path / "mine.jsonl")
    answer = tmtail("eval", "--backend", "file", "--outputs", tmp_path / "mine.jsonl", *SORT,
                    "--out", tmp_path / "scores", "--json")  # fmt: skip
    (row,) = json.loads(answer.out)["rows"]
    assert row["verdicts"]["right"] == 3
    assert row["exact_chains"]["value"] == 0.75
    assert "evaluations.jsonl" in answer.err
    again = tmtail("eval", "--backend", "file", "--outputs", tmp_path / "scores" / "outputs.jsonl",
                   *SORT, "--json")  # fmt: skip
    assert json.loads(again.out)["rows"] == [row]
    assert "scored 1 times before" in again.err


@pytest.mark.parametrize(("form", "compared"), [("tail", True), ("answer", False)])
def test_only_chains_have_a_table_of_divergences(
    tmtail: Command, form: str, compared: bool
) -> None:
    table = tmtail("eval", "--backend", "reference", *SORT, "--format", form)
    assert table.code == 0
    assert ("first wrong character" in table.out) == compared


def test_a_range_without_fitting_texts_is_reported(tmtail: Command) -> None:
    answer = tmtail("eval", "--backend", "reference", "--tasks", "permutation_combination",
                    "--ranges", "L", "--n", 2, "--json")  # fmt: skip
    assert answer.code == 0
    (row,) = json.loads(answer.out)["rows"]
    assert row["fit"].startswith("does not fit (over ")
    table = tmtail("eval", "--backend", "reference", "--tasks", "permutation_combination",
                   "--ranges", "L", "--n", 2)  # fmt: skip
    assert "does not fit" in " ".join(table.out.split())


def test_a_corpus_is_scored_in_its_own_form(tmtail: Command, tmp_path: Path) -> None:
    options = RecordOptions(form=Form(without=("fetch",)))
    tasks = [get("bubble_sort"), get("lcs")]
    request = CorpusRequest(tasks=tasks, train=2, eval=3, probe=2, ranges=("S",), options=options)
    build(request, out=tmp_path / "c", workers=1)
    corpus = ("--backend", "reference", "--corpus", tmp_path / "c", "--ranges", "S", "--json")
    scored = json.loads(tmtail("eval", *corpus).out)
    assert scored["style"] == "minimal without fetch"
    assert [row["task"] for row in scored["rows"]] == ["bubble_sort", "lcs"]
    assert [row["exact_chains"]["value"] for row in scored["rows"]] == [1, 1]
    (row,) = json.loads(tmtail("eval", *corpus, "--tasks", "lcs", "--split", "probe").out)["rows"]
    assert (row["task"], row["items"]) == ("lcs", 2)
    plain = json.loads(tmtail("eval", *corpus, "--tasks", "lcs", "--style", "plain").out)
    assert plain["style"] == "plain"


@pytest.mark.parametrize(
    "form",
    [("--style", "styled"), ("--depth", 2), ("--without", "fetch,linear"),
     ("--format", "transitions"), ("--format", "any", "--max-new-tokens", 9)],
    ids=str,
)  # fmt: skip
def test_every_form_can_be_scored(tmtail: Command, form: tuple[object, ...]) -> None:
    answer = tmtail("eval", "--backend", "reference", *SORT, *form, "--json")
    (row,) = json.loads(answer.out)["rows"]
    assert row["verdicts"]["right"] == 4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("model"), tiny_model(2048))


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving(lambda body: completion("answer: 1")) as scripted:
        yield scripted


def test_a_model_is_scored_and_an_interrupted_run_resumes(
    tmtail: Command, folder: Path, tmp_path: Path
) -> None:
    limit = ("--max-new-tokens", 12)
    complete = tmtail("eval", "--model", folder, *SORT, *limit, "--out", tmp_path / "a", "--json")
    assert complete.code == 0, complete.err
    (tmp_path / "b").mkdir()
    for name in (
        "run.json",
        "outputs.jsonl",
    ):  # as a run leaves them that is killed before its third output
        lines = (tmp_path / "a" / name).read_text().splitlines(keepends=True)
        kept = lines[:2] if name == "outputs.jsonl" else lines
        (tmp_path / "b" / name).write_text("".join(kept))
    other = tmtail("eval", "--model", folder, *SORT, "--max-new-tokens", 13, "--out",
                   tmp_path / "b")  # fmt: skip
    assert other.code == 1
    assert "another evaluation" in other.err
    resumed = tmtail("eval", "--model", folder, *SORT, *limit, "--batch-size", 1, "--out",
                tmp_path / "b", "--json")  # fmt: skip
    assert json.loads(resumed.out)["rows"] == json.loads(complete.out)["rows"]
    files = [(tmp_path / run / "items.jsonl").read_bytes() for run in "ab"]
    assert files[0] == files[1]


def test_another_model_in_the_same_folder_does_not_resume(tmtail: Command, tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model", tiny_model(2048))
    command = ("eval", "--model", folder, *SORT, "--max-new-tokens", 3, "--out", tmp_path / "a")
    assert tmtail(*command).code == 0
    (tmp_path / "a" / "results.json").unlink()
    assert tmtail(*command).code == 0
    (tmp_path / "a" / "results.json").unlink()
    model = tiny_model(2048)
    with torch.no_grad():
        model.lm_head.weight[0, 0] += 1e-6
    save_model(folder, model)
    refused = tmtail(*command)
    assert refused.code == 1
    assert "another evaluation" in refused.err


def test_samples_and_pass_at_k(tmtail: Command, folder: Path) -> None:
    answer = tmtail("eval", "--model", folder, *SORT, "--max-new-tokens", 5, "--samples", 3,
                    "--temperature", 1, "--pass", "1,3", "--json")  # fmt: skip
    shown = json.loads(answer.out)
    (row,) = shown["rows"]
    assert (row["samples"], sum(row["verdicts"].values())) == (3, 12)
    assert set(row["pass_at"]) == {"1", "3"}
    assert (shown["decoding"], shown["temperature"]) == ("sampled", 1)


def test_prompts_are_turns_of_a_chat_or_plain_text(
    tmtail: Command,
    folder: Path,
    server: ScriptedServer,
) -> None:
    scored = ("eval", "--model", folder, *SORT, "--max-new-tokens", 2)
    assert json.loads(tmtail(*scored, "--continue", "--json").out)["chat"] is False
    assert "no chat template" in tmtail(*scored, "--chat").err
    for option, path in (("--chat", "/v1/chat/completions"), ("--continue", "/v1/completions")):
        server.requests.clear()
        tmtail("eval", "--backend", "openai", "--model", "m", "--url", server.url, option, *SORT)
        assert {body["path"] for body in server.requests} == {path}


def test_the_number_type_of_the_weights(tmtail: Command, folder: Path) -> None:
    answer = tmtail("eval", "--model", folder, *SORT, "--max-new-tokens", 2, "--dtype", "bfloat16",
                    "--json")  # fmt: skip
    assert json.loads(answer.out)["dtype"] == str(torch.bfloat16).removeprefix("torch.")


def test_far_tokens_are_seen_at_other_distances(tmtail: Command, folder: Path) -> None:
    command = ("eval", "--model", folder, *SORT, "--max-new-tokens", 2, "--json")
    shown = json.loads(tmtail(*command, "--far", "group:64:4").out)
    assert shown["far"] == {"kind": "group", "window": 64, "group": 4}
    assert "far" not in json.loads(tmtail(*command).out)


def test_every_state_is_measured(tmtail: Command, folder: Path) -> None:
    command = ("eval", "--model", folder, *SORT, "--max-new-tokens", 2, "--states")
    (figures,) = json.loads(tmtail(*command, "--json").out)["states"]
    assert figures["problems"] == 4
    assert figures["accuracy"]["total"] == figures["states"]
    assert "every state, after the right prefix" in tmtail(*command).out


def test_a_server_is_scored(tmtail: Command, server: ScriptedServer) -> None:
    problems = draw_problems([get("bubble_sort")], ("S",), 4)
    golds = {problem.prompt: problem.gold for problem in problems}
    server.reply = lambda body: completion(f"So:\nanswer: {golds[prompt_of(body)]}")
    answer = tmtail("eval", "--backend", "openai", "--model", "r1", "--url", server.url, *SORT,
                    "--format", "any", "--max-new-tokens", 100, "--json")  # fmt: skip
    shown = json.loads(answer.out)
    (row,) = shown["rows"]
    assert (shown["style"], row["verdicts"]["right"], row["exact_chains"]) == ("any", 4, None)


def test_runs_are_pooled(tmtail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        tmtail("eval", "--backend", "reference", *SORT, "--out", tmp_path / name)
    answer = tmtail("eval", "pool", tmp_path / "a", tmp_path / "b")
    assert answer.out.splitlines()[1].split()[:4] == ["bubble_sort", "S", "2", "4"]
    assert "100.0 [100.0–100.0]" in answer.out
    (row,) = json.loads(tmtail("eval", "pool", tmp_path / "a", "--json").out)
    assert row["accuracy"] == {"rate": 1, "low": 1, "high": 1}
    assert answer.err == ""
    monkeypatch.setattr("tmtail.cli.confirmation.MIN_SECONDS", 0.0)
    announced = tmtail("eval", "pool", tmp_path / "a", tmp_path / "b")
    assert announced.err == "tmtail: 0 MB of outputs to read, about 0 seconds\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--backend", "file"), 2, "--outputs: is required with backend `file`"),
        (("--backend", "reference", "--outputs", "x"), 2, "requires backend `file`"),
        (("--model", ""), 2, "--model: is required with backend `hf`"),
        (("--model", "x", "--url", "y"), 2, "--url: requires backend `openai`, not `hf`"),
        (("--model", "x", "--far", "clamp"), 2, "--far: must be clamp:WINDOW or group:WINDOW:SIZE"),
        (("--backend", "reference", "--far", "clamp:9"), 2, "--far: requires backend `hf`"),
        (("--backend", "file", "--outputs", "nope.jsonl", *SORT), 1, "nope.jsonl"),
        (("--backend", "reference", "--ranges", ","), 1, "no problems to score"),
        (("--backend", "reference", *SORT, "--samples", 2), 1, "set a temperature"),
        (("--backend", "reference", *SORT, "--pass", "2"), 1, "pass@2 requires 1 <= k <= samples"),
        (("--backend", "reference", *SORT, "--pass", "x"), 2, "--pass"),
        (("--backend", "reference", *SORT, "--format", "any"), 1, "max_new_tokens is required"),
        (("--backend", "reference", *SORT, "--format", "rot13"), 1, "is not a format"),
        (("--backend", "reference", "--corpus", "nope"), 1, "not a finished corpus"),
        (("--backend", "reference", *SORT, "--split", "probe"), 2, "requires --corpus"),
        (("--backend", "reference", *SORT, "--states"), 1, "only hf and vllm return"),
        (("--backend", "reference", *SORT, "--decode", "plain"), 2, "cannot verify a draft"),
        (("--backend", "openai", "--model", "m", *SORT), 1, "OPENAI_API_KEY"),
        (("pool", "nope"), 1, "the folder has no results.json"),
    ],
)
def test_mistakes(
    tmtail: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[object, ...],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    answer = tmtail("eval", *arguments)
    assert answer.code == code
    assert message in answer.err
    assert "Traceback" not in answer.err


def test_a_mistake_claims_no_folder_and_is_not_logged(tmtail: Command, tmp_path: Path) -> None:
    write_outputs(tmp_path / "mine.jsonl")
    command = ("eval", "--backend", "file", "--outputs", tmp_path / "mine.jsonl", *SORT,
             "--out", tmp_path / "scores")  # fmt: skip
    for mistake in (("--format", "any"), ("--pass", "2")):
        answer = tmtail(*command, *mistake)
        assert answer.code == 1
        assert "logged in" not in answer.err
    assert tmtail(*command).code == 0


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    request = CorpusRequest(tasks=[get("compare_numbers")], train=5, eval=8, probe=5)
    return build(request, out=tmp_path / "corpus", workers=1)


def test_runs_side_by_side(tmtail: Command, corpus: Corpus, tmp_path: Path) -> None:
    lines = [
        {"id": r["id"], "output": f"answer: {r['answer']}"}
        for where in ("S", "M", "L")
        for r in corpus.read("eval", range_name=where).to_pylist()[:6]
    ]
    lines[0]["output"] = "I do not know"
    (tmp_path / "outputs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    runs: dict[str, tuple[object, ...]] = {
        "machine": ("--backend", "reference"),
        "prose": ("--backend", "reference", "--style", "styled"),
        "answers": ("--backend", "file", "--outputs", tmp_path / "outputs.jsonl", "--format", "any",
                    "--max-new-tokens", 9),
    }  # fmt: skip
    for name, options in runs.items():
        scored = tmtail("eval", *options, "--corpus", corpus.folder, "--n", 6, "--out",
                        tmp_path / name)  # fmt: skip
        assert scored.code == 0, scored.err
    folders = [tmp_path / name for name in runs]
    shown = tmtail("study", "show", *folders)
    assert shown.code == 0, shown.err
    assert "Written" not in shown.out
    lines_shown = [line.split() for line in shown.out.splitlines()]
    assert lines_shown[0][:4] == ["task", "range", "arm", "style"]
    perfect = ["100.0", "[61–100]"]
    assert [line[1:] for line in lines_shown[1:4]] == [
        ["S", "(5–10)", "machine", "minimal", "1", "1", "6", *perfect, *perfect, "66.7", "–"],
        ["S", "(5–10)", "prose", "styled", "1", "1", "6", *perfect, *perfect, "66.7", "–"],
        ["S", "(5–10)", "answers", "any", "–", "1", "6", "83.3", "[44–97]", "–", "66.7", "–"],
    ]
    rows = json.loads(tmtail("study", "show", *folders, "--out", tmp_path / "r", "--json").out)
    assert [row["right"] for row in rows] == [6, 6, 6, 6, 6, 6, 5, 6, 6]
    assert "<h1>Study eval</h1>" in (tmp_path / "r" / "report.html").read_text()
    fewer = tmtail("eval", "--backend", "reference", "--corpus", corpus.folder, "--n", 5,
                   "--out", tmp_path / "fewer")  # fmt: skip
    assert fewer.code == 0
    refused = tmtail("study", "show", *folders, tmp_path / "fewer")
    assert refused.code == 1
    assert "the problems of compare_numbers S are not those of the folders before" in refused.err


def test_the_token_limit_is_that_of_the_scored_form(tmtail: Command, corpus: Corpus) -> None:
    limits = {
        (n, style): [
            row["token_limit"]
            for row in json.loads(
                tmtail("eval", "--backend", "reference", "--corpus", corpus.folder, "--n", n,
                       *(("--style", style) if style else ()), "--json").out
            )["rows"]
        ]
        for n in (2, 8) for style in ("", "styled")
    }  # fmt: skip
    assert limits[8, "styled"] == limits[2, "styled"]
    assert limits[8, ""] == limits[2, ""] != limits[2, "styled"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "x", "gpus": 2}, "run 'a': `gpus` requires backend `vllm`, not `hf`"),
        (
            {"backend": "reference", "chat": True},
            "run 'a': `chat` requires backend `hf`, `vllm`, `openai`",
        ),
        ({"backend": "vllm", "model": "x", "gpus": 0}, "`gpus` must be at least 1, not 0"),
        ({"model": "x", "max_new_tokens": -1}, "`max_new_tokens` must be at least 1, not -1"),
        ({"model": "x", "format": "any"}, "`max_new_tokens` is required with format `any`"),
    ],
)
def test_faults_of_a_configuration(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=re.escape(message)):
        RunConfig(name="a", **options)
