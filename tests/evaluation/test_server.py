"""The client against a real server on this machine, which answers as it is told to."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import tasks
from evaluation.backends.base import End, Output, OutputRequest, Sampling
from evaluation.backends.recorded import Journal, journal
from evaluation.backends.server import Server
from evaluation.problems.selection import problems
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import Verdict

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4)})
ITEMS = list(problems([TASK], ("S",), 8))
BY_PROMPT = {item.prompt: item for item in ITEMS}
SECRET = "sk-this-must-never-be-shown"

Reply = tuple[int, dict[str, Any]]


class Talk(ThreadingHTTPServer):
    """A server: what it was asked, and what it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()
        self.reply: Callable[[dict[str, Any]], Reply] = right

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Talk

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body["path"] = self.path
        with self.server.lock:
            self.server.asked.append(body)
            self.server.keys.add(self.headers["Authorization"])
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        status, answer = self.server.reply(body)
        with self.server.lock:
            self.server.at_once -= 1
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


def prompt_of(body: dict[str, Any]) -> str:
    return str(body["messages"][0]["content"] if "messages" in body else body["prompt"])


def choice(text: str | None, *, end: str = "stop", **message: Any) -> Reply:
    said = {"role": "assistant", "content": text, **message}
    return 200, {
        "id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": end, "message": said, "text": text}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 7, "total_tokens": 8},
    }  # fmt: skip


def right(body: dict[str, Any]) -> Reply:
    return choice(BY_PROMPT[prompt_of(body)].completion)


@pytest.fixture
def talk() -> Iterator[Talk]:
    server = Talk()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def one(backend: Server) -> Output:
    ((_, output),) = backend.generate([OutputRequest(ITEMS[0])], 50)
    return output


@pytest.mark.parametrize("chat", [True, False])
def test_prompts_are_asked_and_answers_are_scored(talk: Talk, chat: bool, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    (row,), scores = evaluate(ITEMS, Server("mine", url=talk.url, chat=chat))
    assert row.exact == 8
    assert [score.output.tokens for score in scores] == [7] * 8
    assert {body["path"] for body in talk.asked} == {
        "/v1/chat/completions" if chat else "/v1/completions"
    }
    assert sorted(map(prompt_of, talk.asked)) == sorted(BY_PROMPT)
    longest = max(len(item.completion) for item in ITEMS)
    assert {body["max_tokens"] for body in talk.asked} == {-(-11 * longest // 10) + 32}
    assert {body["temperature"] for body in talk.asked} == {0}
    assert {body["model"] for body in talk.asked} == {"mine"}
    assert talk.keys == {f"Bearer {SECRET}"}


def test_a_server_of_ones_own_needs_no_key_and_openais_does(talk: Talk, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert one(Server("m", url=talk.url)).text == ITEMS[0].completion
    with pytest.raises(ValueError, match="in the environment as OPENAI_API_KEY"):
        Server("m")


def test_nothing_that_is_kept_or_said_holds_the_key(talk: Talk, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    talk.reply = lambda body: (401, {"error": {"message": f"no such key: {SECRET}"}})
    backend = Server("m", url=talk.url.replace("//", "//user:pass@"))
    assert SECRET not in json.dumps(backend.description)
    assert "pass" not in json.dumps(backend.description)
    with pytest.raises(ValueError, match=f"asked for {ITEMS[0].id}.*no such key") as error:
        one(backend)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_reasoning_is_kept_apart_from_what_is_scored(talk: Talk, name: str) -> None:
    said = f"\n\nanswer: {ITEMS[0].gold}"
    talk.reply = lambda body: choice(said, **{name: "Let me see\nanswer: wrong"})
    assert one(Server("m", url=talk.url)) == Output(said, End.STOP, 7, "Let me see\nanswer: wrong")
    talk.reply = lambda body: choice(None, end="length", **{name: "Let me see"})
    assert one(Server("m", url=talk.url)) == Output("", End.LENGTH, 7, "Let me see")


def test_half_a_surrogate_pair_is_kept_as_what_a_file_can_hold(talk: Talk, tmp_path: Path) -> None:
    talk.reply = lambda body: choice("a\ud800b\U0001f600", reasoning="\udc00")
    with journal(tmp_path, {}) as kept:
        evaluate(ITEMS, Server("m", url=talk.url), kept=kept)
    with journal(tmp_path, {}) as again:
        assert again == kept
    assert again[ITEMS[0].id, 0].text == "a\ufffdb\U0001f600"


def test_reasoning_inside_the_text_is_no_answer(talk: Talk) -> None:
    free = list(problems([TASK], ("S",), 3, free=True))
    replies = {
        free[0].prompt: f"<think>answer: no</think>\nanswer: {free[0].gold}",
        free[1].prompt: f"<think>\nanswer: {free[1].gold}\n</think>",
        free[2].prompt: f"<think>\nanswer: {free[2].gold}",
    }
    talk.reply = lambda body: choice(
        replies[prompt_of(body)], end="length" if prompt_of(body) == free[2].prompt else "stop"
    )
    (row,), scores = evaluate(free, Server("m", url=talk.url), limit=100)
    assert [s.verdict for s in scores] == [Verdict.RIGHT, Verdict.NO_ANSWER, Verdict.TRUNCATED]
    assert {body["max_tokens"] for body in talk.asked} == {100}
    assert not row.chain


def test_a_server_that_is_busy_is_asked_again(talk: Talk) -> None:
    refused = Counter[str]()

    def busy(body: dict[str, Any]) -> Reply:
        refused[prompt_of(body)] += 1
        if refused[prompt_of(body)] == 1:
            return 503, {"error": {"message": "busy"}}
        return right(body)

    talk.reply = busy
    (row,), _ = evaluate(ITEMS[:3], Server("m", url=talk.url))
    assert row.exact == 3
    assert set(refused.values()) == {2}


def test_a_server_that_fails_stops_the_run_and_what_came_is_kept(
    talk: Talk, tmp_path: Path
) -> None:
    def failing(body: dict[str, Any]) -> Reply:
        if prompt_of(body) == ITEMS[5].prompt:
            return 500, {"error": {"message": "broken"}}
        return right(body)

    talk.reply = failing
    kept = Journal(tmp_path / "outputs.jsonl")
    with pytest.raises(ValueError, match=f"asked for {ITEMS[5].id}: .*broken"):
        evaluate(ITEMS, Server("m", url=talk.url, concurrency=1, retries=0), kept=kept)
    assert 5 <= len(kept) < 8
    talk.reply, talk.asked = right, []
    resumed = Journal(tmp_path / "outputs.jsonl")
    (row,), _ = evaluate(ITEMS, Server("m", url=talk.url), kept=resumed)
    assert row.exact == 8
    assert len(talk.asked) == 8 - len(kept)


def test_nobody_there_is_an_error(talk: Talk) -> None:
    with pytest.raises(ValueError, match="Connection error"):
        one(Server("m", url="http://127.0.0.1:9/v1", retries=0))


def test_requests_are_under_way_at_once(talk: Talk) -> None:
    def slow(body: dict[str, Any]) -> Reply:
        time.sleep(0.1)
        return right(body)

    talk.reply = slow
    evaluate(ITEMS, Server("m", url=talk.url, concurrency=4))
    assert 2 <= talk.most_at_once <= 4


@pytest.mark.parametrize(
    "error",
    [
        {"message": "too long", "code": "context_length_exceeded"},
        {"message": "This model's maximum context length is 16 tokens."},
    ],
)
def test_what_is_longer_than_the_context_does_not_fit(talk: Talk, error: dict[str, str]) -> None:
    def narrow(body: dict[str, Any]) -> Reply:
        return (400, {"error": error}) if prompt_of(body) == ITEMS[0].prompt else right(body)

    talk.reply = narrow
    (row,), _ = evaluate(ITEMS, Server("m", url=talk.url))
    assert row.fit == "fits 7 of 8"
    assert row.accuracy.rate == 1
    talk.reply = lambda body: (400, {"error": {"message": "no such model"}})
    with pytest.raises(ValueError, match="no such model"):
        evaluate(ITEMS, Server("m", url=talk.url))


def test_a_context_that_is_named_is_kept_to(talk: Talk) -> None:
    size = len(ITEMS[0].prompt) + len(ITEMS[0].completion) + 1
    evaluate(ITEMS[:1], Server("m", url=talk.url, context=size))
    assert talk.asked[0]["max_tokens"] == len(ITEMS[0].completion) + 1
    (row,), _ = evaluate(ITEMS[:1], Server("m", url=talk.url, context=size - 1))
    assert row.fit == f"does not fit ({size} bytes)"
    assert len(talk.asked) == 1


def test_samples_have_seeds_of_their_own(talk: Talk) -> None:
    sampling = Sampling(samples=3, temperature=0.7, top_p=0.9, seed=10)
    evaluate(ITEMS[:2], Server("m", url=talk.url, sampling=sampling), samples=3)
    assert Counter(body["seed"] for body in talk.asked) == {10: 2, 11: 2, 12: 2}
    assert {(body["temperature"], body["top_p"]) for body in talk.asked} == {(0.7, 0.9)}


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (choice("x", end="tool_calls"), "for a reason of its own: 'tool_calls'"),
        ((200, {"id": "1", "object": "chat.completion", "choices": []}), "without a choice"),
        ((200, {}), "without a choice"),
    ],
)
def test_answers_of_another_kind_are_errors(talk: Talk, reply: Reply, message: str) -> None:
    talk.reply = lambda body: reply
    with pytest.raises(ValueError, match=message):
        one(Server("m", url=talk.url))


def test_what_a_filter_ended_has_no_answer(talk: Talk) -> None:
    talk.reply = lambda body: choice("", end="content_filter")
    assert one(Server("m", url=talk.url)) == Output("", End.STOP, 7)
