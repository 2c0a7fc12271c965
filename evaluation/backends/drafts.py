"""Drafts of verified decoding: stretches of known text, and what a model accepts of them.

A draft is a stretch of the reference or, where an output does not rejoin it, of the output itself:
models that went wrong often repeat themselves. A model that has read a draft says at each place
which token it would write, and by what margin its logit leads over the second. Tokens are accepted
up to the first that differs; the model's own token follows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from math import inf

from evaluation.backends.base import Verification

MAX_DRAFT = 512
"""Tokens of the longest draft."""
GROWTH = 4
"""Ratio of the length of a draft to that of the accepted draft before it."""
REJOIN_TOKENS = 4
"""Tokens in a row that an output and its reference share where the output rejoins it."""
REPEATED_TOKENS = 6
"""Tokens in a row that an output has written before, where it may go on as it did then."""
REJOIN_DRAFT = 8
"""Tokens of the first draft after an output left its reference, or found another place."""
MAX_BACKOFF = 64
"""Tokens to decode plainly, at most, after drafts that were not accepted."""
TIE_TOLERANCE = {"float32": 1e-4, "float16": 2e-2, "bfloat16": 1.25e-1}
"""Margins of the largest logit below which a token is decided again, by number type."""

MARGIN_DIGITS = 3
"""Decimal places of the margins that are kept: in fp32, further ones depend on the batch."""


@dataclass(slots=True)
class Counters:
    """Counts of what verified decoding did.

    Attributes
    ----------
    outputs, broken
        Outputs, and those that left their reference.
    passes
        Forward passes, or rounds of requests to an engine.
    drafted, accepted
        Tokens of all drafts, and those that the model would have written.
    near_ties
        Tokens that were decided again by plain decoding.
    """

    outputs: int = 0
    broken: int = 0
    passes: int = 0
    drafted: int = 0
    accepted: int = 0
    near_ties: int = 0


@dataclass(slots=True, eq=False)
class DraftedOutput:
    """An output in progress.

    Attributes
    ----------
    pending
        Tokens that the model has not read yet: the prompt at first, then the last token written.
    limit
        Tokens that the output may have.
    pointer
        Where in ``source`` the next draft begins; None where nothing suggests a draft.
    repeats
        Whether drafts may be stretches of the output itself.
    source
        The text that drafts are stretches of: the reference, or ``written``.
    draft_length
        Tokens of the next draft.
    broken
        Whether the output left its reference.
    redecide
        Whether the next token is to be decided by plain decoding.
    rate
        The share of drafted tokens that were accepted, recent drafts weighing most.
    misses, wait
        Drafts in a row without an accepted token, and tokens to decode plainly before the next.
    near_ties
        Tokens that were decided again by plain decoding.
    least_margin, divergence_margin
        See ``Verification``.
    places, own_places, indexed
        Where the reference follows each ``REJOIN_TOKENS`` tokens, and where the first ``indexed``
        tokens of the output last followed each ``REPEATED_TOKENS``.
    """

    index: int
    pending: list[int]
    reference: Sequence[int]
    limit: int
    written: list[int] = field(default_factory=list)
    pointer: int | None = 0
    repeats: bool = False
    draft_length: int = 0
    broken: bool = False
    redecide: bool = False
    rate: float = 1.0
    misses: int = 0
    wait: int = 0
    near_ties: int = 0
    least_margin: float = inf
    divergence_margin: float | None = None
    source: Sequence[int] = field(init=False)
    places: dict[tuple[int, ...], list[int]] | None = None
    own_places: dict[tuple[int, ...], int] = field(default_factory=dict)
    indexed: int = REPEATED_TOKENS

    def __post_init__(self) -> None:
        self.source = self.reference

    @property
    def verification(self) -> Verification:
        """Margins and near ties of the output."""
        least = None if self.least_margin == inf else round(self.least_margin, MARGIN_DIGITS)
        divergence = self.divergence_margin
        if divergence is not None:
            divergence = round(divergence, MARGIN_DIGITS)
        return Verification(self.near_ties, least, divergence)

    def draft(self, longest: int) -> Sequence[int]:
        """Return the next draft: at most ``longest`` tokens, with room for the one after it."""
        if self.pointer is None or self.redecide:
            return ()
        room = self.limit - len(self.written) - 1
        length = max(0, min(self.draft_length, longest, room))
        if self.source is self.written:
            # Beyond its end, the output may go on repeating itself.
            return list(islice(cycle(self.written[self.pointer :]), length))
        return self.source[self.pointer : self.pointer + length]

    def accept(self, tokens: Sequence[int], drafted: int, margins: Sequence[float] = ()) -> None:
        """Write tokens, of which all but the last were drafted, and choose the next draft.

        Parameters
        ----------
        margins
            The margins by which the model chose the tokens; empty if they are not known.
        """
        if not self.broken:
            self.least_margin = min(self.least_margin, *margins[: len(tokens)], inf)
        self.written += tokens
        self.pending = [tokens[-1]]
        self.redecide = False
        accepted = len(tokens) - 1
        if drafted:
            self.rate = (self.rate + accepted / drafted) / 2
        if self.pointer is not None:
            here = self.pointer + accepted
            if here < len(self.source) and self.source[here] == tokens[-1]:
                self.pointer, self.misses = here + 1, 0
                if drafted:
                    self.draft_length = min(MAX_DRAFT, GROWTH * drafted)
                return
            if not self.broken:
                self.broken, self.rate = True, 0.5
                self.divergence_margin = margins[accepted] if margins else None
            self.draft_length = REJOIN_DRAFT
            if accepted or not self.misses:
                # One token differs: the source may go on as if it did not.
                self.pointer = here + 1
                self.misses = 0 if accepted else 1
                return
            self.misses += 1
            self.wait = min(MAX_BACKOFF, 1 << self.misses)
            self.pointer = None
        self.wait -= 1
        if self.wait <= 0:
            self._find_draft()

    def postpone(self, draft: Sequence[int], place: int, margins: Sequence[float]) -> None:
        """Write the first ``place`` tokens of a draft, and have the next one decided plainly."""
        if not self.broken:
            self.least_margin = min(self.least_margin, *margins[:place], inf)
        read = [*self.pending, *draft[:place]]
        self.written += draft[:place]
        self.pending, self.redecide = read[-1:], True
        if self.pointer is not None:
            self.pointer += place
        self.near_ties += 1

    def _find_draft(self) -> None:
        """Point to what followed the last tokens in the reference, or else in the output itself."""
        self.source, self.pointer = self.reference, self._find_rejoin()
        if self.pointer is None and self.repeats:
            self.source, self.pointer = self.written, self._find_repeat()

    def _find_repeat(self) -> int | None:
        """Return the latest place in the output that follows tokens as it now ends with."""
        for end in range(self.indexed, len(self.written)):
            self.own_places[tuple(self.written[end - REPEATED_TOKENS : end])] = end
        self.indexed = max(self.indexed, len(self.written))
        return self.own_places.get(tuple(self.written[-REPEATED_TOKENS:]))

    def _find_rejoin(self) -> int | None:
        """Return the nearest place in the reference that follows the last tokens written."""
        if self.places is None:
            self.places = {}
            for end in range(REJOIN_TOKENS, len(self.reference)):
                tokens = tuple(self.reference[end - REJOIN_TOKENS : end])
                self.places.setdefault(tokens, []).append(end)
        ends = self.places.get(tuple(self.written[-REJOIN_TOKENS:]), ())
        return min(ends, key=lambda end: abs(end - len(self.written)), default=None)


def agreement(draft: Sequence[int], tokens: Sequence[int], ends: Collection[int]) -> int:
    """Return how many tokens of a draft, from its first, the model would have written.

    Parameters
    ----------
    tokens
        Token that the model would write instead of each token of the draft, and after the last.
    ends
        Tokens that end an output; the first in the draft is not counted, nor is what follows it.
    """
    length = 0
    while length < len(draft) and draft[length] == tokens[length] and draft[length] not in ends:
        length += 1
    return length
