"""The client of a server with OpenAI's protocol, against a real server on this machine."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.backends.base import End, Output, OutputRequest, Sampling
from evaluation.backends.server import Server
from evaluation.problems.selection import draw_problems
from evaluation.runs.evaluate import evaluate
from evaluation.runs.journal import Journal, open_journal
from evaluation.scoring.scores import Verdict
from tests.support.models.eval_problems import COMPARE, replayed
from tests.support.models.openai_server import (
    Body,
    Reply,
    ScriptedServer,
    completion,
    failure,
    prompt_of,
    serving,
)

PROBLEMS = replayed("S", 8)
PROBLEM_BY_PROMPT = {problem.prompt: problem for problem in PROBLEMS}
SECRET = "sk-this-must-never-be-shown"


def right(body: Body) -> Reply:
    return completion(PROBLEM_BY_PROMPT[prompt_of(body)].completion)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving(right) as scripted:
        yield scripted


def first_output(backend: Server) -> Output:
    ((_, output),) = backend.generate([OutputRequest(PROBLEMS[0])], 50)
    return output


@pytest.mark.parametrize("chat", [True, False])
def test_prompts_are_sent_and_outputs_are_scored(
    server: ScriptedServer, chat: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    (row,), scores = evaluate(PROBLEMS, Server("mine", url=server.url, chat=chat))
    assert row.exact == 8
    assert [score.output.tokens for score in scores] == [7] * 8
    assert {body["path"] for body in server.requests} == {
        "/v1/chat/completions" if chat else "/v1/completions"
    }
    assert sorted(map(prompt_of, server.requests)) == sorted(PROBLEM_BY_PROMPT)
    longest = max(len(problem.completion) for problem in PROBLEMS)
    assert {body["max_tokens"] for body in server.requests} == {-(-11 * longest // 10) + 32}
    assert {body["temperature"] for body in server.requests} == {0}
    assert {body["model"] for body in server.requests} == {"mine"}
    assert server.keys == {f"Bearer {SECRET}"}


def test_only_openais_own_server_requires_a_key(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert first_output(Server("m", url=server.url)).text == PROBLEMS[0].completion
    with pytest.raises(ValueError, match="set the environment variable OPENAI_API_KEY"):
        Server("m")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    assert first_output(Server("m")).text == PROBLEMS[0].completion


def test_no_description_and_no_message_holds_the_key(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    server.reply = lambda body: failure(401, f"no such key: {SECRET}")
    backend = Server("m", url=server.url.replace("//", "//user:pass@"))
    assert SECRET not in json.dumps(backend.description)
    assert "pass" not in json.dumps(backend.description)
    with pytest.raises(ValueError, match=f"for {PROBLEMS[0].id} failed.*no such key") as error:
        first_output(backend)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_separate_from_the_scored_text(server: ScriptedServer, name: str) -> None:
    text, reasoning = f"\n\nanswer: {PROBLEMS[0].gold}", "Let me see\nanswer: wrong"
    server.reply = lambda body: completion(text, **{name: reasoning})
    assert first_output(Server("m", url=server.url)) == Output(text, End.STOP, 7, reasoning)
    server.reply = lambda body: completion(None, end="length", **{name: "Let me see"})
    assert first_output(Server("m", url=server.url)) == Output("", End.LENGTH, 7, "Let me see")


def test_a_lone_surrogate_becomes_a_character_that_a_file_can_hold(
    server: ScriptedServer, tmp_path: Path
) -> None:
    server.reply = lambda body: completion("a\ud800b\U0001f600", reasoning="\udc00")
    with open_journal(tmp_path, {}) as journal:
        evaluate(PROBLEMS, Server("m", url=server.url), store=journal)
    with open_journal(tmp_path, {}) as reopened:
        assert reopened == journal
    assert reopened[PROBLEMS[0].id, 0].text == "a\ufffdb\U0001f600"


def test_an_answer_inside_the_reasoning_does_not_count(server: ScriptedServer) -> None:
    free = list(draw_problems([COMPARE], ("S",), 3, free=True))
    texts = {
        free[0].prompt: f"<think>answer: no</think>\nanswer: {free[0].gold}",
        free[1].prompt: f"<think>\nanswer: {free[1].gold}\n</think>",
        free[2].prompt: f"<think>\nanswer: {free[2].gold}",
    }
    server.reply = lambda body: completion(
        texts[prompt_of(body)], end="length" if prompt_of(body) == free[2].prompt else "stop"
    )
    (row,), scores = evaluate(free, Server("m", url=server.url), max_new_tokens=100)
    assert [s.verdict for s in scores] == [Verdict.RIGHT, Verdict.NO_ANSWER, Verdict.TRUNCATED]
    assert {body["max_tokens"] for body in server.requests} == {100}
    assert not row.chain


def test_a_request_to_a_busy_server_is_repeated(server: ScriptedServer) -> None:
    requests = Counter[str]()

    def busy_once(body: Body) -> Reply:
        requests[prompt_of(body)] += 1
        return failure(503, "busy") if requests[prompt_of(body)] == 1 else right(body)

    server.reply = busy_once
    (row,), _ = evaluate(PROBLEMS[:3], Server("m", url=server.url))
    assert row.exact == 3
    assert set(requests.values()) == {2}


def test_a_server_that_fails_stops_the_run_and_earlier_outputs_are_kept(
    server: ScriptedServer, tmp_path: Path
) -> None:
    def fail_once(body: Body) -> Reply:
        return failure(500, "broken") if prompt_of(body) == PROBLEMS[5].prompt else right(body)

    server.reply = fail_once
    journal = Journal(tmp_path / "outputs.jsonl")
    with pytest.raises(ValueError, match=f"the request for {PROBLEMS[5].id} failed: .*broken"):
        evaluate(PROBLEMS, Server("m", url=server.url, concurrency=1, retries=0), store=journal)
    assert 5 <= len(journal) < 8
    server.reply, server.requests = right, []
    reopened = Journal(tmp_path / "outputs.jsonl")
    (row,), _ = evaluate(PROBLEMS, Server("m", url=server.url), store=reopened)
    assert row.exact == 8
    assert len(server.requests) == 8 - len(journal)


def test_a_server_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(ValueError, match="Connection error"):
        first_output(Server("m", url="http://127.0.0.1:9/v1", retries=0))


def test_several_requests_are_sent_at_the_same_time(server: ScriptedServer) -> None:
    def slow(body: Body) -> Reply:
        time.sleep(0.1)
        return right(body)

    server.reply = slow
    evaluate(PROBLEMS, Server("m", url=server.url, concurrency=4))
    assert 2 <= server.max_concurrent <= 4


@pytest.mark.parametrize(
    "refusal",
    [
        failure(400, "too long", code="context_length_exceeded"),
        failure(400, "This model's maximum context length is 16 tokens."),
    ],
    ids=["by code", "by message"],
)
def test_a_problem_beyond_the_servers_context_does_not_fit(
    server: ScriptedServer, refusal: Reply
) -> None:
    server.reply = lambda body: refusal if prompt_of(body) == PROBLEMS[0].prompt else right(body)
    (row,), _ = evaluate(PROBLEMS, Server("m", url=server.url))
    assert row.fit == "fits 7 of 8"
    assert row.accuracy.rate == 1
    server.reply = lambda body: failure(400, "no such model")
    with pytest.raises(ValueError, match="no such model"):
        evaluate(PROBLEMS, Server("m", url=server.url))


def test_a_given_context_is_not_exceeded(server: ScriptedServer) -> None:
    problem = PROBLEMS[0]
    size = len(problem.prompt) + len(problem.completion) + 1
    evaluate([problem], Server("m", url=server.url, context=size))
    assert server.requests[0]["max_tokens"] == len(problem.completion) + 1
    (row,), _ = evaluate([problem], Server("m", url=server.url, context=size - 1))
    assert row.fit == f"does not fit ({size} bytes)"
    assert len(server.requests) == 1


def test_each_sample_has_a_seed_of_its_own(server: ScriptedServer) -> None:
    sampling = Sampling(samples=3, temperature=0.7, top_p=0.9, seed=10)
    evaluate(PROBLEMS[:2], Server("m", url=server.url, sampling=sampling), samples=3)
    seeds = {body["seed"] for body in server.requests}
    assert len(seeds) == 6
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert {(body["temperature"], body["top_p"]) for body in server.requests} == {(0.7, 0.9)}


def test_neighbouring_seeds_share_no_output() -> None:
    requests = [OutputRequest(problem, sample) for problem in PROBLEMS for sample in range(50)]
    seeds = [
        Sampling(temperature=1, seed=seed).output_seed(request)
        for seed in range(20)
        for request in requests
    ]
    assert len(set(seeds)) > 0.9999 * len(seeds)


def test_a_temperature_can_be_left_out(server: ScriptedServer) -> None:
    sampling = Sampling(samples=2, temperature=None)
    backend = Server("o3", url=server.url, sampling=sampling)
    evaluate(PROBLEMS[:2], backend, samples=2)
    for body in server.requests:
        assert not {"temperature", "top_p", "seed"} & body.keys()
    assert backend.description["decoding"] == "the server's default"


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (completion("x", end="tool_calls"), "finish reason is unknown: 'tool_calls'"),
        ((200, {"id": "1", "object": "chat.completion", "choices": []}), "has no choice"),
        ((200, {}), "has no choice"),
    ],
)
def test_unexpected_responses_are_errors(
    server: ScriptedServer, reply: Reply, message: str
) -> None:
    server.reply = lambda body: reply
    with pytest.raises(ValueError, match=message):
        first_output(Server("m", url=server.url))


def test_a_filtered_output_has_no_answer(server: ScriptedServer) -> None:
    server.reply = lambda body: completion("", end="content_filter")
    assert first_output(Server("m", url=server.url)) == Output("", End.STOP, 7)
