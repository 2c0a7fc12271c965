"""Backend for a server with OpenAI's protocol: vLLM, SGLang, or a hosted model."""

from __future__ import annotations

import json
import os
import re
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
    MAX_TOKEN_COUNT,
    Description,
    End,
    Output,
    OutputRequest,
    Sampling,
)
from evaluation.backends.config import DEFAULT_TIMEOUT_SECONDS
from evaluation.problems.replays import EvalProblem
from tm.support.files import sha256

KEY_VARIABLE = "OPENAI_API_KEY"
"""Environment variable with the server's key."""
URL_VARIABLE = "OPENAI_BASE_URL"
"""Environment variable with the server's address, used if no address is given."""

DEFAULT_RETRIES = 6
"""Number of retries after a refusal for now or a failed connection."""
MIN_REDACTED_KEY = 8
"""Minimum length of a key that is removed from outputs; shorter ones occur in any text."""

END_BY_FINISH_REASON = {"stop": End.STOP, "length": End.LENGTH, "content_filter": End.STOP}
"""Why an output ended, by the protocol's ``finish_reason``; a filtered output has no answer."""
REFUSAL_STATUSES = (400, 413, 422)
"""Statuses with which servers refuse a request that is too long."""
REFUSAL_CODES = ("context_length_exceeded", "exceed_context_size_error")
"""Codes of errors for a request that exceeds the model's context."""
REFUSAL_MESSAGE = re.compile(
    r"context (length|size|window)|longer than the maximum|"
    r"max(_completion|_new)?_tokens\W.*(too large|too high|at most|must be <=)",
    re.IGNORECASE | re.DOTALL,
)
"""Messages of servers for a request that exceeds the context, or their limit of new tokens."""
CONTEXT_TOKENS = re.compile(r"maximum context length\D{1,9}(\d{1,9})", re.IGNORECASE)
PROMPT_TOKENS = re.compile(
    r"(\d{1,9}) (?:tokens )?(?:in the (?:messages|prompt)|input tokens|from the input)",
    re.IGNORECASE,
)
"""With ``CONTEXT_TOKENS``: what the messages of OpenAI, vLLM and SGLang say of a request."""

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
            _check_address(url)
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
        room = _room(messages[0])
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
            if _refuses_limit(error.status_code, error.code, str(error)):
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


def read_response(content: bytes, *, chat: bool) -> Output:
    """Return the output in the body of a server's response.

    Raises
    ------
    ValueError
        If the body is not a response of the protocol.
    """
    try:
        response = json.loads(content)
    except RecursionError:
        raise ValueError("its response is nested too deeply") from None
    except ValueError:
        raise ValueError("its response is not JSON") from None
    choices = response.get("choices") if isinstance(response, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ValueError("its response has no choice")
    choice = choices[0]
    reason = choice.get("finish_reason")
    if not isinstance(reason, str) or reason not in END_BY_FINISH_REASON:
        raise ValueError(f"its finish reason is unknown: {reason!r}")
    end = END_BY_FINISH_REASON[reason]
    tokens = _token_count(response.get("usage"))
    if not chat:
        return Output(_text(choice.get("text")), end, tokens)
    message = choice.get("message")
    if not isinstance(message, dict):
        raise ValueError("its response has no message")
    # Servers use two names for it: DeepSeek's, and vLLM's newer one; others put it into a part.
    reasoning = (
        message.get("reasoning_content")
        or message.get("reasoning")
        or [part for part in _parts(message.get("content")) if part.get("type") != "text"]
    )
    return Output(_text(message.get("content")), end, tokens, _text(reasoning, kind="thinking"))


def _text(content: object, *, kind: str = "text") -> str:
    """Return a text that UTF-8 can encode: a lone surrogate becomes U+FFFD, null an empty text.

    Of a list of parts, those of one kind are joined.
    """
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [part.get(kind) for part in _parts(content) if part.get("type") == kind]
        return "".join(map(_text, parts))
    if not isinstance(content, str):
        raise ValueError(f"its response has a text of a wrong type: {str(content)[:40]}")
    return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _parts(content: object) -> list[dict[str, Any]]:
    """Return the parts of a content that is a list of parts."""
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []


def _token_count(usage: object) -> int:
    """Return the number of tokens that a response states; 0 if it states none."""
    count = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return count if type(count) is int and 0 <= count <= MAX_TOKEN_COUNT else 0


def _refuses_limit(status: int, code: object, message: str) -> bool:
    """Return whether an error says that a request, or its limit of new tokens, is too long."""
    if status not in REFUSAL_STATUSES:
        return False
    return code in REFUSAL_CODES or REFUSAL_MESSAGE.search(message) is not None


def _room(message: str) -> int | None:
    """Return the new tokens for which there is room by the numbers of a refusal, if it has them."""
    context, prompt = CONTEXT_TOKENS.search(message), PROMPT_TOKENS.search(message)
    return int(context[1]) - int(prompt[1]) if context and prompt else None


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


def without_credentials(url: str) -> str:
    """Return an address without a user, a password and a query, which may hold a key."""
    address = urlsplit(url)
    return address._replace(netloc=address.netloc.rpartition("@")[2], query="").geturl()


def _check_address(url: str) -> None:
    """Raise ``ValueError`` if an address is not one of a server."""
    try:
        address = urlsplit(url)
        valid = address.scheme in ("http", "https") and address.hostname and address.port != 0
    except ValueError:  # a port that is not a number
        valid = False
    if not valid:
        raise ValueError(
            "the server's address must have the form http://HOST:PORT/v1 (or https); "
            f"check --url or {URL_VARIABLE}"
        )
