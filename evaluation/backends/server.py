"""Backend for a server with OpenAI's protocol: vLLM, SGLang, or a hosted model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from compiler.vocabulary import Vocabulary
from evaluation.backends.base import GREEDY, Description, End, Output, OutputRequest, Sampling

if TYPE_CHECKING:
    from openai import BadRequestError

KEY_VARIABLE = "OPENAI_API_KEY"
"""Environment variable with the server's key."""
URL_VARIABLE = "OPENAI_BASE_URL"
"""Environment variable with the server's address, used if no address is given."""

DEFAULT_RETRIES = 6
"""Number of retries after a refusal for now or a failed connection."""
DEFAULT_TIMEOUT_SECONDS = 1_800.0
"""Time that a server may take for one output."""

END_BY_FINISH_REASON = {"stop": End.STOP, "length": End.LENGTH, "content_filter": End.STOP}
"""Why an output ended, by the protocol's ``finish_reason``; a filtered output has no answer."""
CONTEXT_ERRORS = ("context_length_exceeded", "maximum context length", "longer than the maximum")
"""Error codes and phrases of servers for a request that exceeds the model's context."""


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
        Number of retries, and seconds for one output.

    Raises
    ------
    ValueError
        If neither an address nor a key for OpenAI's own server is given.
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
        self.model = model
        self.chat = chat
        self.sampling = sampling
        self.concurrency = concurrency
        self.context = context
        self._key = key
        self._vocabulary = None if tokenizer is None else Vocabulary(tokenizer)
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
            **self.sampling.description,
            "openai": version("openai"),
        }

    def count(self, texts: Sequence[str]) -> list[int]:
        """See ``Backend``."""
        if self._vocabulary is None:
            return [len(text.encode()) for text in texts]
        return self._vocabulary.count_tokens(texts)

    count_prompts = count

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
        with ThreadPoolExecutor(self.concurrency) as pool:
            futures = {
                pool.submit(self._request, request, max_new_tokens): index
                for index, request in enumerate(requests)
            }
            first_error: BaseException | None = None
            try:
                for future in as_completed(futures):
                    if future.cancelled():
                        continue
                    if error := future.exception():
                        first_error = first_error or error
                        for other in futures:
                            other.cancel()
                    else:
                        yield futures[future], future.result()
            finally:
                pool.shutdown(cancel_futures=True)
            if first_error:
                raise first_error

    def _request(self, request: OutputRequest, max_new_tokens: int) -> Output:
        """Send one request and return its output."""
        from openai import BadRequestError, OpenAIError

        prompt = request.problem.prompt
        options: dict[str, Any] = {"model": self.model, "temperature": self.sampling.temperature}
        limit = max_new_tokens
        if self.context is not None:
            limit = min(limit, self.context - self.count_prompts([prompt])[0])
        if self.sampling.temperature:
            options |= {"top_p": self.sampling.top_p, "seed": self.sampling.seed + request.sample}
        try:
            if not self.chat:
                return _completion_output(
                    self._client.completions.create(prompt=prompt, max_tokens=limit, **options)
                )
            options["messages"] = [{"role": "user", "content": prompt}]
            options[self._limit_name] = limit
            return _chat_output(self._client.chat.completions.create(**options))
        except BadRequestError as error:
            if _exceeds_context(error):
                return Output("", End.NO_FIT, 0)
            raise self._error(request, error) from None
        except (OpenAIError, ValueError) as error:
            raise self._error(request, error) from None

    def _error(self, request: OutputRequest, error: Exception) -> ValueError:
        """Return the error of a request, with the key removed from the server's message."""
        message = str(error).replace(self._key, "…") if self._key else str(error)
        return ValueError(f"server: the request for {request.problem.id} failed: {message}")


def _completion_output(response: Any) -> Output:
    choice = _first_choice(response)
    return Output(_clean_text(choice.text), _end(choice), _token_count(response))


def _chat_output(response: Any) -> Output:
    choice = _first_choice(response)
    message = choice.message
    # Servers use two names for it: DeepSeek's, and vLLM's newer one.
    reasoning = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
    return Output(
        _clean_text(message.content), _end(choice), _token_count(response), _clean_text(reasoning)
    )


def _clean_text(text: str | None) -> str:
    """Return a text that UTF-8 can encode: a lone surrogate becomes U+FFFD, None an empty text."""
    return (text or "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _first_choice(response: Any) -> Any:
    if not getattr(response, "choices", None):
        raise ValueError("its response has no choice")
    return response.choices[0]


def _end(choice: Any) -> End:
    if choice.finish_reason not in END_BY_FINISH_REASON:
        raise ValueError(f"its finish reason is unknown: {choice.finish_reason!r}")
    return END_BY_FINISH_REASON[choice.finish_reason]


def _token_count(response: Any) -> int:
    return int(response.usage.completion_tokens) if response.usage else 0


def _exceeds_context(error: BadRequestError) -> bool:
    return error.code in CONTEXT_ERRORS or any(phrase in str(error) for phrase in CONTEXT_ERRORS)
