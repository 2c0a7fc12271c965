"""A server on this machine with OpenAI's protocol, which replies as a test scripts it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Reply = tuple[int, Body | bytes]
"""Status and body of a response, as plain data or as the bytes that are sent."""


class Cut(bytes):
    """A body of which the server sends only the first half before it closes the connection."""


class DroppedError(Exception):
    """Raised by a reply: the server closes the connection without a response."""


class ScriptedServer(ThreadingHTTPServer):
    """A server that records requests and replies by a function.

    Attributes
    ----------
    requests
        Body of each request, with the path of its address as `path`.
    keys
        Every value of the header `Authorization`.
    max_concurrent
        Maximum number of requests that were answered at the same time.
    reply
        Function from the body of a request to the reply.
    """

    daemon_threads = True

    def __init__(self, reply: Callable[[Body], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Body] = []
        self.keys: set[str] = set()
        self.concurrent = self.max_concurrent = 0
        self.lock = threading.Lock()
        self.reply = reply

    @property
    def url(self) -> str:
        """Base address of the server."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body["path"] = self.path
        with self.server.lock:
            self.server.requests.append(body)
            self.server.keys.add(self.headers["Authorization"])
            self.server.concurrent += 1
            self.server.max_concurrent = max(self.server.max_concurrent, self.server.concurrent)
        try:
            status, answer = self.server.reply(body)
        except DroppedError:
            self.close_connection = True
            return
        finally:
            with self.server.lock:
                self.server.concurrent -= 1
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if isinstance(answer, Cut):
            data = data[: len(data) // 2]
            self.close_connection = True
        with suppress(ConnectionError):  # the client did not wait
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def serving(reply: Callable[[Body], Reply]) -> Iterator[ScriptedServer]:
    """Yield a server that runs in a thread."""
    server = ScriptedServer(reply)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def prompt_of(body: Body) -> str:
    """Return the prompt of a request."""
    return str(body["messages"][0]["content"] if "messages" in body else body["prompt"])


def completion(text: str | None, *, end: str = "stop", **message: Any) -> Reply:
    """Return a reply with one text of 7 tokens."""
    content = {"role": "assistant", "content": text, **message}
    return 200, {
        "id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": end, "message": content, "text": text}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 7, "total_tokens": 8},
    }  # fmt: skip


def failure(status: int, message: str, **more: str) -> Reply:
    """Return a reply with an error."""
    return status, {"error": {"message": message, **more}}
