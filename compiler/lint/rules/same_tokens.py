"""Rule 7, *same_tokens*: an operand consists of the same tokens wherever it occurs."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity
from compiler.sources import fetches


class SameTokens(PerRunRule):
    """A fetched key and value have the same token ids as at their source.

    **Checks.** For every fetched pair, the ids of the tokens that cover its key and its value must
    equal those at the source, the latest earlier solve of the key (error). The rule needs a
    vocabulary; without one, a note says that it was not checked.

    **Why it matters.** A model copies tokens, not characters. If ``12`` is one token at the source
    and two where it is fetched, the copy becomes a translation that must be learned for each value.

    **Failing example.** The vocabulary has a token for ``+ ->``. A sign is the first part of it
    where it is read, and a token of its own where it is fetched::

        read the signs +: x a = + ->
        look a: x a = + ; ans a = + -> look b

    **Repair.** Surround every letter, group of digits and sign with spaces, in labels and pairs
    alike. If the vocabulary joins such pieces, write the value as a word.

    **Exemption.** None.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(sample) if sample.vocabulary else iter(())

    def findings(self) -> Iterator[Finding]:
        yield from self.collected
        if self.evidence.vocabulary is None:
            message = "no vocabulary was given: the rule is not checked"
            yield Finding("same_tokens", Severity.NOTE, "", "", "", message)


def _check_run(sample: Sample) -> Iterator[Finding]:
    for pair, source in fetches(sample.text, {}):
        for part, characters, origin in (
            ("key", pair.key, source.key),
            ("value", pair.value[:2], source.value),
        ):
            ids, source_ids = sample.tokens.within(*characters), sample.tokens.within(*origin)
            if ids != source_ids:
                word = sample.text.string[slice(*characters)]
                message = (
                    f"{part} {word!r} has {len(ids)} tokens {ids} here and {len(source_ids)} "
                    f"{source_ids} at its source; put a space before every letter, digit group "
                    "and sign"
                )
                location = (pair.value.step, pair.value.label, sample.case.name)
                yield Finding("same_tokens", Severity.ERROR, *location, message, part)
