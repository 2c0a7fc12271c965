"""OpenAI's protocol: a server's address, the output in a response, and refusals of a request."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from evaluation.backends.base import MAX_TOKEN_COUNT, End, Output

URL_VARIABLE = "OPENAI_BASE_URL"
"""Environment variable with the server's address, used if no address is given."""

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


def check_address(url: str) -> None:
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


def refuses_limit(status: int, code: object, message: str) -> bool:
    """Return whether an error says that a request, or its limit of new tokens, is too long."""
    if status not in REFUSAL_STATUSES:
        return False
    return code in REFUSAL_CODES or REFUSAL_MESSAGE.search(message) is not None


def tokens_left(message: str) -> int | None:
    """Return the new tokens for which there is room by the numbers of a refusal, if it has them."""
    context, prompt = CONTEXT_TOKENS.search(message), PROMPT_TOKENS.search(message)
    return int(context[1]) - int(prompt[1]) if context and prompt else None
