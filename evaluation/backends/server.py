"""Backend for a server with OpenAI's protocol: vLLM, SGLang, or a hosted model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from compiler.vocabulary import Vocabulary
from evaluation.backends.base import (
    GREEDY,
    Description,
    End,
    Output,
    OutputRequest,
    Sampling,
)
from evaluation.backends.config import DEFAULT_TIMEOUT_SECONDS
from evaluation.backends.protocol import (
    URL_VARIABLE,
    check_address,
    read_response,
    refuses_limit,
    tokens_left,
)
from evaluation.problems.replays import EvalProblem
from tm.support.files import sha256

KEY_VARIABLE = "OPENAI_API_KEY"
"""Environment variable with the server's key."""

DEFAULT_RETRIES = 6
"""Number of retries after a refusal for now or a failed connection."""
MIN_REDACTED_KEY = 8
"""Minimum length of a key that is removed from outputs; shorter ones occur in any text."""

Send = Callable[[int], Output | None]
"""Send a request with a limit of new tokens; None means that the server refuses the limit."""


class Server:
    """Model behind a server.

    Parameters
    ----------
    model
        Name of the model on the server.
    url
        Base address, such as ``http://localhost:8000/v1``. None means the environment variable
        ``OPENAI_BASE_URL``, or else OpenAI's own server.
    chat
        Whether a prompt is sent as a user's turn, for the server to put into the model's chat
        template; otherwise the model continues the plain prompt.
    concurrency
        Maximum number of requests at the same time.
    tokenizer
        The model's ``tokenizer.json``, or a folder with one. None means that a byte counts as a
        token, so that limits are too generous.
    context
        Maximum length of prompt and output together, in tokens. None means that the server decides.
    retries, timeout
        Number of retries, and seconds that the server may stay silent while it writes one output.

    Raises
    ------
    ValueError
        If neither an address nor a key for OpenAI's own server is given, or one of the two is
        malformed.
    """

    def __init__(
        self,
        model: str,
        *,
        url: str | None = None,
        chat: bool = True,
        sampling: Sampling = GREEDY,
        concurrency: int = 16,
        tokenizer: Path | None = None,
        context: int | None = None,
        retries: int = DEFAULT_RETRIES,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        from openai import OpenAI

        url = url or os.environ.get(URL_VARIABLE)
        key = os.environ.get(KEY_VARIABLE, "")
        if not key and not url:
            raise ValueError(
                f"OpenAI's own server requires a key: set the environment variable {KEY_VARIABLE}, "
                "or give another server's address"
            )
        if not (key.isascii() and key.isprintable()):
            raise ValueError(
                f"the environment variable {KEY_VARIABLE}: the key has characters that no key has, "
                "such as a line break; set it again"
            )
        if url:
            check_address(url)
        self.model = model
        self.chat = chat
        self.sampling = sampling
        self.concurrency = concurrency
        self.context = context
        self._key = key
        self._vocabulary = None if tokenizer is None else Vocabulary(tokenizer)
        self._tokenizer_digest = (
            None if tokenizer is None else sha256(Vocabulary.find_file(tokenizer))
        )
        self.unit = "bytes" if tokenizer is None else "tokens"
        self._limit_name = "max_tokens" if url else "max_completion_tokens"
        # The client always sends a key, and most local servers accept any.
        self._client = OpenAI(
            base_url=url, api_key=key or "none", max_retries=retries, timeout=timeout
        )

    @property
    def description(self) -> Description:
        """See ``Backend``."""
        address = urlsplit(str(self._client.base_url))
        return {
            "backend": "openai",
            "model": self.model,
            "server": f"{address.hostname}:{address.port}"
            if address.port
            else address.hostname or "",
            "chat": self.chat,
            **({} if self.context is None else {"context": self.context}),
            **({} if self._tokenizer_digest is None else {"tokenizer": self._tokenizer_digest}),
            **self.sampling.description,
            "openai": version("openai"),
        }

    def count(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        if self._vocabulary is None:
            return [len(text.encode()) for text in texts]
        return self._vocabulary.count_tokens(texts)

    def count_prompts(self, problems: Sequence[EvalProblem]) -> list[int]:
        """See ``Backend``."""
        return self.count([problem.text for problem in problems])

    def generate(
        self, requests: Sequence[OutputRequest], max_new_tokens: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``.

        Raises
        ------
        ValueError
            If the server cannot be reached, or refuses a request for good. Outputs of other
            requests that are under way are yielded first.
        """
        waiting: SimpleQueue[int] = SimpleQueue()
        finished: SimpleQueue[tuple[int, Output | Exception]] = SimpleQueue()
        for index in range(len(requests)):
            waiting.put(index)

        def work() -> None:
            while True:
                try:
                    index = waiting.get_nowait()
                except Empty:
                    return
                try:
                    finished.put((index, self._request(requests[index], max_new_tokens)))
                except Exception as error:
                    finished.put((index, error))

        # Daemons, so that Ctrl-C does not wait for a server that is silent.
        for _ in range(min(self.concurrency, len(requests))):
            Thread(target=work, daemon=True).start()
        unfinished = len(requests)
        first_error: Exception | None = None
        try:
            while unfinished:
                index, result = finished.get()
                unfinished -= 1
                if isinstance(result, Output):
                    yield index, result
                    continue
                first_error = first_error or result
                unfinished -= _discard(waiting)
        finally:
            _discard(waiting)
        if first_error:
            raise first_error

    def _request(self, request: OutputRequest, max_new_tokens: int) -> Output:
        """Send one request, with fewer new tokens if the server refuses, and return its output."""
        limit = max_new_tokens
        if self.context is not None:
            limit = min(limit, self.context - self.count_prompts([request.problem])[0])
        messages: list[str] = []

        def send(limit: int) -> Output | None:
            try:
                return self._send(request, limit)
            except _RefusedLimitError as refusal:
                messages.append(str(refusal))
                return None

        if output := send(limit):
            return output
        room = tokens_left(messages[0])
        if room is None or room >= limit:
            limit, output = _greatest_limit(send, limit)
        elif room < 1 or room < self._tokens_required(request):
            return _NO_FIT
        elif output := send(room):
            limit = room
        else:
            limit, output = _greatest_limit(send, room)
        if output is None:
            return _NO_FIT
        cut_short = output.end is End.LENGTH and limit < self._tokens_required(request)
        return _NO_FIT if cut_short else output

    def _tokens_required(self, request: OutputRequest) -> int:
        """Return the tokens of the reference and its end; 0 without a tokenizer to count them."""
        if self._vocabulary is None:
            return 0
        return self.count([request.problem.completion])[0] + 1

    def _send(self, request: OutputRequest, limit: int) -> Output:
        """Send one request, which may be repeated, and return the output."""
        from openai import APIStatusError, OpenAIError

        options: dict[str, Any] = {"model": self.model}
        if self.sampling.temperature is not None:
            options["temperature"] = self.sampling.temperature
        if self.sampling.temperature:
            options |= {"top_p": self.sampling.top_p, "seed": self.sampling.output_seed(request)}
        try:
            if self.chat:
                options["messages"] = request.problem.messages
                options[self._limit_name] = limit
                response = self._client.chat.completions.with_raw_response.create(**options)
            else:
                response = self._client.completions.with_raw_response.create(
                    prompt=request.problem.text, max_tokens=limit, **options
                )
            return self._without_key(read_response(response.content, chat=self.chat))
        except APIStatusError as error:
            if refuses_limit(error.status_code, error.code, str(error)):
                raise _RefusedLimitError(str(error)) from None
            raise self._error(request, error) from None
        except (OpenAIError, ValueError) as error:
            raise self._error(request, error) from None

    def _without_key(self, output: Output) -> Output:
        """Return an output without the key, which a server could send back."""
        if len(self._key) < MIN_REDACTED_KEY:
            return output
        text, reasoning = (t.replace(self._key, "…") for t in (output.text, output.reasoning))
        return output._replace(text=text, reasoning=reasoning)

    def _error(self, request: OutputRequest, error: Exception) -> ValueError:
        """Return the error of a request, with the key removed from the server's message."""
        message = f"{error}: {error.__cause__}" if error.__cause__ else str(error)
        if self._key:
            message = message.replace(self._key, "…")
        return ValueError(f"server: the request for {request.problem.id} failed: {message}")


class _RefusedLimitError(ValueError):
    """The server refuses a request because of its length or its limit of new tokens."""


_NO_FIT = Output("", End.NO_FIT, 0)


def _greatest_limit(send: Send, refused: int) -> tuple[int, Output | None]:
    """Return a limit that the server accepts, and its output; None if it refuses every limit.

    The output ended by itself, or the limit is the greatest below ``refused`` that is accepted.
    """
    accepted, output = 1, send(1) if refused > 1 else None
    while output and output.end is End.LENGTH and refused - accepted > 1:
        limit = (accepted + refused) // 2
        if longer := send(limit):
            accepted, output = limit, longer
        else:
            refused = limit
    return accepted, output


def _discard(waiting: SimpleQueue[int]) -> int:
    """Empty a queue, and return how many items it had."""
    count = 0
    while True:
        try:
            waiting.get_nowait()
        except Empty:
            return count
        count += 1
