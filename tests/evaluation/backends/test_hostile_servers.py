"""Servers that fail in every way: no output is lost or doubled, and a key is written nowhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from compiler.vocabulary import qwen_folder
from evaluation.backends.base import End, Output, OutputRequest
from evaluation.backends.protocol import read_response
from evaluation.backends.recorded import read_outputs
from evaluation.backends.server import Server
from evaluation.runs.evaluate import evaluate
from evaluation.runs.journal import Journal
from tests.support.cli import Command, call_here
from tests.support.models.eval_problems import replayed
from tests.support.models.openai_server import (
    Body,
    Cut,
    DroppedError,
    Reply,
    completion,
    failure,
    prompt_of,
    serving,
)
from tests.support.models.vocabularies import qwen

PROBLEMS = replayed("S", 24)
PROBLEM_BY_PROMPT = {problem.prompt: problem for problem in PROBLEMS}
SECRET = "sk-this-must-never-be-written-0123456789"


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client repeat a request without waiting."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.001)


def right(body: Body) -> Reply:
    return completion(PROBLEM_BY_PROMPT[prompt_of(body)].completion)


def drop(body: Body) -> Reply:
    raise DroppedError


def be_slow(body: Body) -> Reply:
    time.sleep(1)
    return right(body)


def cut(body: Body) -> Reply:
    return 200, Cut(json.dumps(right(body)[1]).encode())


PASSING_FAULTS: dict[str, Callable[[Body], Reply]] = {
    "429": lambda body: failure(429, "slow down"),
    "500": lambda body: failure(500, "internal"),
    "502 of a proxy": lambda body: (502, b"<html>Bad gateway</html>"),
    "503": lambda body: failure(503, "busy"),
    "409": lambda body: failure(409, "conflict"),
    "a dropped connection": drop,
    "a cut response": cut,
    "a silent server": be_slow,
}


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("concurrency", [1, 4])
def test_passing_faults_lose_and_double_nothing(concurrency: int, tmp_path: Path) -> None:
    random, attempts, faults = Random(3), Counter[str](), Counter[str]()

    def reply(body: Body) -> Reply:
        prompt = prompt_of(body)
        attempts[prompt] += 1
        if attempts[prompt] > 3 or random.random() < 0.3:
            return right(body)
        name = random.choice(list(PASSING_FAULTS))
        faults[name] += 1
        return PASSING_FAULTS[name](body)

    with serving(reply) as server:
        backend = Server("m", url=server.url, concurrency=concurrency, timeout=0.3)
        journal = Journal(tmp_path / "outputs.jsonl")
        (row,), _ = evaluate(PROBLEMS, backend, store=journal)
    assert row.exact == len(PROBLEMS)
    assert len(faults) >= 6
    lines = (tmp_path / "outputs.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == sorted(p.id for p in PROBLEMS)


LASTING_FAULTS: dict[str, tuple[Callable[[Body], Reply], str]] = {
    "no JSON": (lambda body: (200, b"<html>hello</html>"), "response is not JSON"),
    "nothing": (lambda body: (200, b""), "response is not JSON"),
    "not UTF-8": (lambda body: (200, b'{"choices": "\xff"}'), "response is not JSON"),
    "deep": (lambda body: (200, b"[" * 200_000), "response is nested too deeply"),
    "a list": (lambda body: (200, b"[1]"), "no choice"),
    "null choices": (lambda body: (200, {"choices": None}), "no choice"),
    "empty choices": (lambda body: (200, {"choices": []}), "no choice"),
    "a null choice": (lambda body: (200, {"choices": [None]}), "no choice"),
    "choices as text": (lambda body: (200, {"choices": "abc"}), "no choice"),
    "no message": (
        lambda body: (200, {"choices": [{"finish_reason": "stop", "message": None}]}),
        "no message",
    ),
    "no reason": (
        lambda body: (200, {"choices": [{"message": {"content": "x"}}]}),
        "finish reason is unknown: None",
    ),
    "a list as reason": (
        lambda body: (200, {"choices": [{"finish_reason": [], "message": {"content": "x"}}]}),
        r"finish reason is unknown: \[\]",
    ),
    "a number as content": (
        lambda body: (200, {"choices": [{"finish_reason": "stop", "message": {"content": 5}}]}),
        "a text of a wrong type: 5",
    ),
    "404": (lambda body: failure(404, "no such model"), "no such model"),
    "401": (lambda body: failure(401, f"bad key {SECRET}"), "bad key …"),
    "an error that is no object": (lambda body: (400, b'"no"'), "400"),
    "an endless 500": (lambda body: failure(500, "broken"), "broken"),
    "always dropped": (drop, "Connection error"),
}


@pytest.mark.usefixtures("no_waiting")
@pytest.mark.parametrize("fault", LASTING_FAULTS)
def test_a_lasting_fault_is_an_error_and_keeps_other_outputs(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    broken, message = LASTING_FAULTS[fault]
    bad = PROBLEMS[7].prompt
    file = tmp_path / "outputs.jsonl"
    with serving(lambda body: broken(body) if prompt_of(body) == bad else right(body)) as server:
        backend = Server("m", url=server.url, concurrency=3, retries=1)
        with pytest.raises(ValueError, match=f"for {PROBLEMS[7].id} failed: .*{message}") as error:
            evaluate(PROBLEMS, backend, store=Journal(file))
        assert SECRET not in str(error.value)
        kept = read_outputs(file)
        assert 7 <= len(kept) < len(PROBLEMS)
        server.reply = right
        server.requests.clear()
        (row,), _ = evaluate(PROBLEMS, backend, store=Journal(file))
    assert row.exact == len(PROBLEMS)
    asked_again = {PROBLEM_BY_PROMPT[prompt_of(body)].id for body in server.requests}
    assert asked_again.isdisjoint(name for name, _ in kept)
    assert len(server.requests) == len(PROBLEMS) - len(kept)


def body_of(message: object) -> bytes:
    return json.dumps({"choices": [{"finish_reason": "stop", "message": message}]}).encode()


@pytest.mark.parametrize(
    ("message", "text", "reasoning"),
    [
        ({"content": None}, "", ""),
        ({}, "", ""),
        ({"content": None, "refusal": "I will not"}, "", ""),
        ({"content": "a", "reasoning_content": None}, "a", ""),
        ({"content": "a", "reasoning": "b"}, "a", "b"),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab", ""),
        (
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "b"}]},
                         {"type": "text", "text": "a"}]},
            "a", "b",
        ),
        ({"content": [{"type": "thinking", "thinking": "b"}, "c", 5, None]}, "", "b"),
    ],
)  # fmt: skip
def test_contents_that_are_null_or_lists(message: Body, text: str, reasoning: str) -> None:
    assert read_response(body_of(message), chat=True) == Output(text, End.STOP, 0, reasoning)


@pytest.mark.parametrize("count", [None, "7", -1, 1.5, True, 10**40, [7]])
def test_an_odd_number_of_tokens_counts_as_none(count: object) -> None:
    choice = {"finish_reason": "stop", "text": "x"}
    body = json.dumps({"choices": [choice], "usage": {"completion_tokens": count}})
    assert read_response(body.encode(), chat=False).tokens == 0


def test_any_damage_of_a_response_is_an_output_or_an_error() -> None:
    whole = json.dumps(completion("a\nanswer: 5", reasoning="because")[1]).encode()
    random = Random(1)
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(random.randint(1, 3)):
            damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
        try:
            output = read_response(bytes(damaged[: random.choice([None, random.randrange(400)])]),
                                   chat=True)  # fmt: skip
        except ValueError:
            continue
        json.dumps(output, ensure_ascii=False).encode()


def limited(
    context: int, message: str, *, unit: Callable[[str], int] = len
) -> Callable[[Body], Reply]:
    """Return the replies of a server that refuses what exceeds its context, with a message."""

    def reply(body: Body) -> Reply:
        prompt, limit = unit(prompt_of(body)), body["max_tokens"]
        if prompt + limit > context:
            return failure(400, message.format(context=context, prompt=prompt, limit=limit,
                                               total=prompt + limit))  # fmt: skip
        text = PROBLEM_BY_PROMPT[prompt_of(body)].completion
        return completion(text[:limit], end="stop" if len(text) < limit else "length")

    return reply


REFUSALS = {
    "OpenAI": "This model's maximum context length is {context} tokens. However, you requested "
    "{total} tokens ({prompt} in the messages, {limit} in the completion).",
    "vLLM": "'max_tokens' or 'max_completion_tokens' is too large: {limit}. This model's maximum "
    "context length is {context} tokens and your request has {prompt} input tokens "
    "({limit} > {context} - {prompt}).",
    "SGLang": "Requested token count exceeds the model's maximum context length of {context} "
    "tokens. You requested a total of {total} tokens: {prompt} tokens from the input messages and "
    "{limit} tokens for the completion.",
    "llama.cpp": "the request exceeds the available context size, try increasing it",
    "a limit alone": "max_tokens: must be <= 8",
    "wrong numbers": "maximum context length is 999999 tokens, your request has 1 input tokens",
}


@pytest.mark.parametrize("message", REFUSALS.values(), ids=list(REFUSALS))
def test_a_refused_limit_is_lowered_to_what_the_context_has_room_for(message: str) -> None:
    problem = max(PROBLEMS, key=lambda p: len(p.prompt) + len(p.completion))
    size = len(problem.prompt) + len(problem.completion) + 1
    with serving(limited(size, message)) as server:
        (row,), _ = evaluate([problem], Server("m", url=server.url), max_new_tokens=16_000)
        assert (row.exact, row.fit) == (1, "")
        # One token less: the output is what there is room for, cut at the end of the context.
        server.reply = limited(size - 1, message)
        _, (score,) = evaluate([problem], Server("m", url=server.url), max_new_tokens=16_000)
        assert score.output.text == problem.completion
        assert score.output.end is End.LENGTH
        server.reply = limited(len(problem.prompt), message)
        (row,), _ = evaluate([problem], Server("m", url=server.url), max_new_tokens=16_000)
        assert row.fit.startswith("does not fit")


@pytest.mark.parametrize("message", [REFUSALS["vLLM"], REFUSALS["llama.cpp"]])
def test_with_a_tokenizer_only_references_with_room_fit(message: str) -> None:
    vocabulary = qwen()

    def tokens(text: str) -> int:
        return vocabulary.count_tokens([text])[0]

    problem = PROBLEMS[0]
    size = tokens(problem.prompt) + tokens(problem.completion) + 1
    for context, fits in ((size, True), (size - 1, False)):

        def reply(body: Body, context: int = context) -> Reply:
            room = context - tokens(problem.prompt)
            if body["max_tokens"] > room:
                return limited(context, message, unit=tokens)(body)
            if body["max_tokens"] > tokens(problem.completion):
                return completion(problem.completion)
            return completion("x", end="length")

        with serving(reply) as server:
            backend = Server("m", url=server.url, tokenizer=qwen_folder())
            (row,), _ = evaluate([problem], backend, max_new_tokens=16_000)
        assert (row.fitting, row.exact) == ((1, 1) if fits else (0, 0))


@pytest.mark.parametrize("url", ["localhost:8000/v1", "http://", "ftp://host", "http://a:b/v1"])
def test_a_malformed_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="address must have the form"):
        Server("m", url=url)


def test_a_key_with_a_line_break_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{SECRET}\n")
    with pytest.raises(ValueError, match="such as a line break") as error:
        Server("m", url="http://127.0.0.1:9/v1")
    assert SECRET not in str(error.value)


def echo_key(body: Body) -> Reply:
    return completion(f"your key is {SECRET}", reasoning=SECRET)


@pytest.mark.parametrize("reply", [right, echo_key, LASTING_FAULTS["401"][0]])
def test_keys_and_passwords_are_written_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Callable[[Body], Reply]
) -> None:
    tmtail: Command = call_here
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def answer(body: Body) -> Reply:
        return completion("answer: 1") if reply is right else reply(body)

    task = ("--tasks", "bubble_sort", "--ranges", "S")
    assert tmtail("corpus", "build", *task[:2], "--train", 2, "--eval", 2, "--probe", 0,
                  "--workers", 1, "--out", tmp_path / "corpus").code == 0  # fmt: skip
    with serving(answer) as server:
        url = server.url.replace("//", f"//user:{SECRET}@") + f"?key={SECRET}"
        shown = tmtail("eval", "--backend", "openai", "--model", "m", "--url", url, *task, "--n", 2,
                       "--out", tmp_path / "scores")  # fmt: skip
    assert SECRET not in shown.out + shown.err
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > 5
    for file in files:
        assert SECRET.encode() not in file.read_bytes(), file


def test_ctrl_c_does_not_wait_for_a_silent_server(tmp_path: Path) -> None:
    def never(body: Body) -> Reply:
        time.sleep(60)
        return right(body)

    with serving(never) as server:
        command = ["eval", "--backend", "openai", "--model", "m", "--url", server.url, "--tasks",
                   "bubble_sort", "--ranges", "S", "--n", "3", "--out", str(tmp_path)]  # fmt: skip
        with subprocess.Popen(
            [sys.executable, "-m", "tmtail", *command],
            stderr=subprocess.PIPE, env={**os.environ, "OPENAI_API_KEY": SECRET},
        ) as running:  # fmt: skip
            deadline = time.monotonic() + 60
            while not server.requests and time.monotonic() < deadline:
                time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 130
            assert running.stderr is not None
            assert running.stderr.read().endswith(b"interrupted; no file was left half written\n")


@pytest.mark.usefixtures("no_waiting")
def test_an_output_of_a_problem_that_is_asked_twice_is_stored_once(tmp_path: Path) -> None:
    """A request that timed out may be answered twice by the server; one answer is stored."""
    attempts = Counter[str]()

    def reply(body: Body) -> Reply:
        attempts[prompt_of(body)] += 1
        if attempts[prompt_of(body)] == 1:
            time.sleep(0.5)
        return right(body)

    with serving(reply) as server:
        backend = Server("m", url=server.url, timeout=0.2)
        requests = [OutputRequest(problem) for problem in PROBLEMS[:5]]
        outputs = list(backend.generate(requests, 500))
    assert sorted(index for index, _ in outputs) == list(range(5))
