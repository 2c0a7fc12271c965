"""`eval` from end to end: backends, corpora, forms, interrupted runs, pooled runs, controls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from evaluation.problems.selection import draw_problems
from tasks import get
from tasks.corpus import CorpusRequest, Form, RecordOptions, build
from tests.support.cli import Command
from tests.support.models.openai_server import ScriptedServer, completion, prompt_of, serving
from tests.support.models.tiny_models import save_model, tiny_model
from tmtail.cli import confirmation

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


def test_another_model_in_the_same_folder_does_not_resume(
    tmtail: Command, tmp_path: Path, side_by_side: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_model(tmp_path / "model", tiny_model(2048))
    command = ("eval", "--model", folder, *SORT, "--max-new-tokens", 3, "--out", tmp_path / "a")
    assert tmtail(*command).code == 0
    (tmp_path / "a" / "results.json").unlink()
    assert tmtail(*command).code == 0
    (tmp_path / "a" / "results.json").unlink()
    config = side_by_side.with_name("models.yaml")
    config.write_text(
        f"corpus: {tmp_path / 'corpus'}\nitems: 2\nranges: [S]\nruns:\n"
        f"  - {{name: m, model: {folder}, max_new_tokens: 3}}\n"
        f"  - {{name: f, backend: file, outputs: {tmp_path / 'two.jsonl'}, format: any, "
        "max_new_tokens: 9}\n"
    )
    lines = (tmp_path / "outputs.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "two.jsonl").write_text("".join(lines[:2]))
    table = ("eval", "table", config, "--out", tmp_path / "table")
    monkeypatch.setattr(confirmation, "MIN_SECONDS", 0.0)
    scored = tmtail(*table)
    assert scored.code == 0, scored.err
    assert "tmtail: m: 2 problems, at most 6 tokens to decode, about " in scored.err
    model = tiny_model(2048)
    with torch.no_grad():
        model.lm_head.weight[0, 0] += 1e-6
    save_model(folder, model)
    refused = tmtail(*command)
    assert refused.code == 1
    assert "another evaluation" in refused.err
    refused = tmtail(*table)
    assert refused.code == 1
    assert "m: the folder holds results of a model or of outputs that were replaced" in refused.err
    save_model(folder, tiny_model(2048))
    assert tmtail(*table).code == 0
    (tmp_path / "two.jsonl").write_text("".join(reversed(lines[:2])))
    assert "f: the folder holds results of a model or of outputs that were" in tmtail(*table).err


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


def test_runs_are_pooled(tmtail: Command, tmp_path: Path) -> None:
    for name in "ab":
        tmtail("eval", "--backend", "reference", *SORT, "--out", tmp_path / name)
    answer = tmtail("eval", "pool", tmp_path / "a", tmp_path / "b")
    assert answer.out.splitlines()[1].split()[:4] == ["bubble_sort", "S", "2", "4"]
    assert "100.0 [100.0–100.0]" in answer.out
    (row,) = json.loads(tmtail("eval", "pool", tmp_path / "a", "--json").out)
    assert row["accuracy"] == {"rate": 1, "low": 1, "high": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--backend", "file"), 2, "--outputs: is required with backend `file`"),
        (("--backend", "reference", "--outputs", "x"), 2, "requires backend `file`"),
        (("--model", ""), 2, "--model: is required with backend `hf`"),
        (("--model", "x", "--url", "y"), 2, "--url: requires backend `openai`, not `hf`"),
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
def side_by_side(tmp_path: Path) -> Path:
    """A configuration of three runs: the machine in two forms, and answers from a file."""
    task = get("compare_numbers")
    request = CorpusRequest(tasks=[task], train=5, eval=8, probe=5)
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    lines = [
        {"id": r["id"], "output": f"answer: {r['answer']}"}
        for where in task.ranges
        for r in corpus.read("eval", range_name=where).to_pylist()[:6]
    ]
    lines[0]["output"] = "I do not know"
    (tmp_path / "outputs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    config = tmp_path / "table.yaml"
    config.write_text(
        f"""
corpus: {corpus.folder}
items: 6
runs:
  - {{name: machine, backend: reference}}
  - {{name: prose, backend: reference, style: styled}}
  - {{name: answers, backend: file, outputs: {tmp_path / "outputs.jsonl"}, format: any,
     max_new_tokens: 9}}
"""
    )
    return config


def test_runs_side_by_side(tmtail: Command, side_by_side: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = tmtail("eval", "table", side_by_side, "--out", out)
    assert answer.code == 0, answer.err
    labels, chains = answer.out.split("compare_numbers: exact chains, in percent")
    assert labels.startswith("compare_numbers: answer accuracy, in percent [95 % interval]")
    rows = [line.split() for line in labels.splitlines() if line[:3] in ("S (", "M (", "L (")]
    assert [row[:3] for row in rows] == [
        ["S", "(5–10)", "6"],
        ["M", "(11–20)", "6"],
        ["L", "(21–50)", "6"],
    ]
    perfect = ["100.0", "[61–100]"]
    assert rows[0][3:9] == [*perfect, *perfect, "83.3", "[44–97]"]
    assert rows[2][3:9] == [*perfect, *perfect, *perfect]
    assert [row[-1] for row in rows] == ["98.0", "94.2", "90.0"]
    assert "TAIL, paper's" in labels
    first_row = next(line.split()[3:] for line in chains.splitlines() if line.startswith("S ("))
    assert first_row == [*perfect, *perfect, "–"]
    prompts = {
        name: [
            json.loads(line)["prompt"]
            for line in (out / name / "items.jsonl").read_text().splitlines()
        ]
        for name in ("machine", "prose", "answers")
    }
    assert prompts["machine"] == prompts["prose"] == prompts["answers"]


def test_a_server_beside_the_machine(
    tmtail: Command,
    side_by_side: Path,
    server: ScriptedServer,
    tmp_path: Path,
) -> None:
    problems = draw_problems([get("compare_numbers")], ("S", "M", "L"), 8)
    golds = {problem.prompt: problem.gold for problem in problems}
    server.reply = lambda body: completion(f"answer: {golds[prompt_of(body)]}")
    text = side_by_side.read_text()
    run = f"{{name: R1, backend: openai, model: r1, url: {server.url}, format: any, chat: false, "
    side_by_side.write_text(f"{text}  - {run}max_new_tokens: 70}}\n")
    answer = tmtail("eval", "table", side_by_side, "--out", tmp_path / "out", "--json")
    assert answer.code == 0, answer.err
    results = json.loads(answer.out)
    assert [row["verdicts"]["right"] for row in results[3]["rows"]] == [6, 6, 6]
    assert {body["path"] for body in server.requests} == {"/v1/completions"}
    assert {body["model"] for body in server.requests} == {"r1"}


def test_an_interrupted_table_resumes(tmtail: Command, side_by_side: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    complete = tmtail("eval", "table", side_by_side, "--out", out, "--json")
    log = tmp_path / "corpus" / "evaluations.jsonl"
    assert log.read_text().count("\n") == 1  # the machine cannot be tuned, so it is not logged
    (out / "prose" / "results.json").unlink()
    kept = (out / "machine" / "results.json").stat()
    assert tmtail("eval", "table", side_by_side, "--out", out, "--json").out == complete.out
    assert (out / "machine" / "results.json").stat() == kept
    assert log.read_text().count("\n") == 1
    text = side_by_side.read_text()
    side_by_side.write_text(text + "  - {name: again, backend: reference}\nbatch_size: 3\n")
    more = json.loads(tmtail("eval", "table", side_by_side, "--out", out, "--json").out)
    assert more[:3] == json.loads(complete.out)
    assert (out / "machine" / "results.json").stat() == kept
    for old, new, message in (
        ("items: 6", "items: 5", "holds another evaluation, table.json (items: 6 there, 5 here)"),
        (
            "style: styled",
            "style: plain",
            'with this name (style: "styled" there, "plain" here)',
        ),
    ):
        side_by_side.write_text(text.replace(old, new))
        assert message in tmtail("eval", "table", side_by_side, "--out", out).err


def test_a_mistake_in_a_table_claims_no_folder(
    tmtail: Command, side_by_side: Path, tmp_path: Path
) -> None:
    text = side_by_side.read_text()
    side_by_side.write_text(text + "ranges: [S, Q]\n")
    answer = tmtail("eval", "table", side_by_side, "--out", tmp_path / "out")
    assert "the corpus has no records of eval Q" in answer.err
    side_by_side.write_text(text)
    assert tmtail("eval", "table", side_by_side, "--out", tmp_path / "out").code == 0


def test_the_token_limit_is_that_of_the_scored_form(tmtail: Command, side_by_side: Path) -> None:
    corpus = side_by_side.with_name("corpus")
    limits = {
        (n, style): [
            row["token_limit"]
            for row in json.loads(
                tmtail("eval", "--backend", "reference", "--corpus", corpus, "--n", n,
                       *(("--style", style) if style else ()), "--json").out
            )["rows"]
        ]
        for n in (2, 8) for style in ("", "styled")
    }  # fmt: skip
    assert limits[8, "styled"] == limits[2, "styled"]
    assert limits[8, ""] == limits[2, ""] != limits[2, "styled"]


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("{name: a}", "run 'a': `model` is required with backend `hf`"),
        ("{name: a, model: x, url: y}", "run 'a': `url` requires backend `openai`, not `hf`"),
        ("{name: a, model: x, gpus: 2}", "run 'a': `gpus` requires backend `vllm`, not `hf`"),
        (
            "{name: a, backend: reference, chat: true}",
            "run 'a': `chat` requires backend `hf`, `vllm`, `openai`",
        ),
        (
            "{name: a, backend: vllm, model: x, gpus: 0}",
            "run 'a': `gpus` must be at least 1, not 0",
        ),
        ("{name: a, model: x, max_new_tokens: -1}", "`max_new_tokens` must be at least 1, not -1"),
        (
            "{name: a, backend: vllm, model: x, format: any}",
            "`max_new_tokens` is required with format `any`",
        ),
        ("{name: a, backend: file}", "run 'a': `outputs` is required with backend `file`"),
        ("{name: a b/c, backend: reference}", "`name` must consist of letters, digits"),
        ("{name: a, model: x, format: any}", "`max_new_tokens` is required with format `any`"),
        ("{name: a, modle: x}", "did you mean `model`"),
        (
            "{name: a, backend: reference}, {name: a, backend: reference}",
            "two runs are called 'a'; rename one",
        ),
        ("{name: a, backend: reference}]\nitems: 0 #", "`items` must be at least 1, not 0"),
    ],
)
def test_faults_of_a_configuration(tmtail: Command, tmp_path: Path, run: str, message: str) -> None:
    (tmp_path / "table.yaml").write_text(f"corpus: nowhere\nruns: [{run}]\n")
    answer = tmtail("eval", "table", tmp_path / "table.yaml", "--out", tmp_path / "out")
    assert answer.code == 1
    assert message in answer.err
