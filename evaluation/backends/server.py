"""Outputs from a server that speaks OpenAI's protocol: vLLM, SGLang, a closed model, any other."""

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

KEY = "OPENAI_API_KEY"
"""The environment variable that holds the server's key."""

RETRIES = 6
"""So often a request is repeated that the server refused for now, or that did not reach it."""
PATIENCE = 1_800.0
"""Seconds that a server may take for an output."""

ENDS = {"stop": End.STOP, "length": End.LENGTH, "content_filter": End.STOP}
"""Why an output ended, by the protocol's `finish_reason`; what a filter ended has no answer."""
TOO_LONG = ("context_length_exceeded", "maximum context length", "longer than the maximum")
"""What servers say of a request that does not fit the model's context."""


class Server:
    """A model behind a server.

    Parameters
    ----------
    model
        Its name on the server.
    url
        The base address, as ``http://localhost:8000/v1``; OpenAI's own if None.
    chat
        Whether a prompt is sent as a user's turn, for the server to put into the model's chat
        template; otherwise as it stands, to be continued.
    concurrency
        Requests that are under way at once.
    tokenizer
        The model's ``tokenizer.json``, or a folder with one. Without it a byte counts as a token:
        limits are too generous then, and never too strict.
    context
        Tokens of the model's context, where the server should not be asked to find out.
    retries, timeout
        See ``RETRIES`` and ``PATIENCE``.

    Raises
    ------
    ValueError
        When the server is not named and there is no key for OpenAI's own.
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
        retries: int = RETRIES,
        timeout: float = PATIENCE,
    ) -> None:
        from openai import OpenAI

        key = os.environ.get(KEY, "")
        if not key and not url:
            raise ValueError(f"OpenAI's own server needs a key, in the environment as {KEY}")
        self.model = model
        self.chat = chat
        self.sampling = sampling
        self.concurrency = concurrency
        self.context = context
        self._key = key
        self._vocabulary = None if tokenizer is None else Vocabulary(tokenizer)
        self.unit = "bytes" if tokenizer is None else "tokens"
        self._limit = "max_tokens" if url else "max_completion_tokens"
        # A server of one's own mostly wants no key, and the client always sends one.
        self._client = OpenAI(
            base_url=url, api_key=key or "none", max_retries=retries, timeout=timeout
        )

    @property
    def description(self) -> Description:
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
        if self._vocabulary is None:
            return [len(text.encode()) for text in texts]
        return [int(count) for count in self._vocabulary.count_tokens(texts)]

    count_prompts = count

    def generate(
        self, requests: Sequence[OutputRequest], limit: int
    ) -> Iterator[tuple[int, Output]]:
        """See ``Backend``.

        Raises
        ------
        ValueError
            When the server refuses a request for good, or cannot be reached.
        """
        with ThreadPoolExecutor(self.concurrency) as pool:
            asked = {
                pool.submit(self._ask, request, limit): place
                for place, request in enumerate(requests)
            }
            fault: BaseException | None = None
            try:
                for future in as_completed(asked):
                    if future.cancelled():
                        continue
                    if error := future.exception():
                        # What is under way, or here already, is not lost with it.
                        fault = fault or error
                        for other in asked:
                            other.cancel()
                    else:
                        yield asked[future], future.result()
            finally:
                pool.shutdown(cancel_futures=True)
            if fault:
                raise fault

    def _ask(self, request: OutputRequest, limit: int) -> Output:
        from openai import BadRequestError, OpenAIError

        prompt = request.item.prompt
        options: dict[str, Any] = {"model": self.model, "temperature": self.sampling.temperature}
        if self.context is not None:
            limit = min(limit, self.context - self.count_prompts([prompt])[0])
        if self.sampling.temperature:
            options |= {"top_p": self.sampling.top_p, "seed": self.sampling.seed + request.sample}
        try:
            if not self.chat:
                return _continued(
                    self._client.completions.create(prompt=prompt, max_tokens=limit, **options)
                )
            options["messages"] = [{"role": "user", "content": prompt}]
            options[self._limit] = limit
            return _answered(self._client.chat.completions.create(**options))
        except BadRequestError as error:
            if _too_long(error):
                return Output("", End.NO_FIT, 0)
            raise self._fault(request, error) from None
        except (OpenAIError, ValueError) as error:
            raise self._fault(request, error) from None

    def _fault(self, request: OutputRequest, error: Exception) -> ValueError:
        said = str(error).replace(self._key, "…") if self._key else str(error)
        return ValueError(f"the server, asked for {request.item.id}: {said}")


def _continued(answer: Any) -> Output:
    choice = _choice(answer)
    return Output(_text(choice.text), _end(choice), _tokens(answer))


def _answered(answer: Any) -> Output:
    choice = _choice(answer)
    told = choice.message
    # Two names for it are in use: DeepSeek's, and vLLM's newer one.
    reasoning = getattr(told, "reasoning_content", None) or getattr(told, "reasoning", None)
    return Output(_text(told.content), _end(choice), _tokens(answer), _text(reasoning))


def _text(said: str | None) -> str:
    """What a server said, if anything; half a surrogate pair, which no file can hold, as U+FFFD."""
    return (said or "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _choice(answer: Any) -> Any:
    if not getattr(answer, "choices", None):
        raise ValueError("it answered without a choice")
    return answer.choices[0]


def _end(choice: Any) -> End:
    if choice.finish_reason not in ENDS:
        raise ValueError(f"it ended an output for a reason of its own: {choice.finish_reason!r}")
    return ENDS[choice.finish_reason]


def _tokens(answer: Any) -> int:
    return int(answer.usage.completion_tokens) if answer.usage else 0


def _too_long(error: BadRequestError) -> bool:
    return error.code in TOO_LONG or any(said in str(error) for said in TOO_LONG)
