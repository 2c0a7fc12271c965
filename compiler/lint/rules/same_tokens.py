"""Rule 7: an operand is cut into the same tokens wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.lint.evidence import Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Finding, Severity
from compiler.sources import fetches, find_facts
from compiler.vocabulary import Vocabulary


class SameTokens(PerRunRule):
    """A key and its value have the same token ids where they are fetched as at their source.

    The source is the latest earlier solve, else the fact ``KEY = VALUE`` in the prompt.
    """

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        return _check_run(sample.vocabulary, sample) if sample.vocabulary else iter(())

    def findings(self) -> Iterator[Finding]:
        yield from self.found
        if self.evidence.vocabulary is None:
            message = "no vocabulary was given: the rule is unchecked"
            yield Finding("same_tokens", Severity.NOTE, "", "", "", message)


def _check_run(vocabulary: Vocabulary, sample: Sample) -> Iterator[Finding]:
    prompt = sample.case.prompt or ""
    asked, facts = vocabulary.tokenize(prompt), find_facts(prompt, sample.case.facts)
    if prompt:
        for key, value in sample.case.facts.items():
            if key not in facts:
                message = f"no fact `{key} = {value}` stands in the prompt"
                at = ("", "", sample.case.name)
                yield Finding("same_tokens", Severity.ERROR, *at, message, "fact")
    for pair, source in fetches(sample.text, facts):
        told = asked if source.in_prompt else sample.tokens
        for what, stretch, origin in (
            ("key", pair.key, source.key),
            ("value", pair.value[:2], source.value),
        ):
            ids, there = sample.tokens.within(*stretch), told.within(*origin)
            if ids != there:
                said = sample.text.string[slice(*stretch)]
                message = (
                    f"{what} {said!r} is {len(ids)} tokens {ids} here and {len(there)} {there} "
                    "at its source: put a space before every letter, digit group and sign"
                )
                at = (pair.value.step, pair.value.label, sample.case.name)
                yield Finding("same_tokens", Severity.ERROR, *at, message, what)
