"""Rule 8, *labels_in_range*: the first range contains all symbols of labels and keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity

Position = tuple[str, int]
"""A step (``add``) or a key (``add.x``), and the index of a symbol in its label or key."""

Occurrence = tuple[str, str]
"""Label of a step and name of the instance in which a symbol first occurs."""

Symbols = dict[Position, dict[str, Occurrence]]


SEARCHES_BETWEEN_CHECKS = 100
"""Further runs after which the rule looks whether a symbol is still lacking."""


class LabelsInRange(Rule):
    """Labels and keys of longer ranges contain only symbols that the first range contains too.

    **Checks.** A symbol is a whole number, or any other single character that is not a space.
    Every symbol in a label or key of a longer range must occur in the first range at the same
    position of the same label or key (one error for a label or key). If the sampled runs of the
    first range lack a symbol, 20,000 more instances are searched for it.

    **Why it matters.** A model does not produce a label that it never saw in training. A counter
    that grows with the length leaves the training range on the first longer problem.

    **Failing example.** The first range has at most 4 digits, so that its labels never exceed 4::

        add 4: x 4 = 7 ; s 4 = 3 -> add 5
        add 5: x 5 = 1 ; s 5 = 4 -> end

    **Repair.** Use letters as indices and draw the first one at random, so that short problems
    show all letters of the alphabet.

    **Exemption.** For steps that the task lists in ``unseen`` the finding is a note.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.symbols: dict[str, Symbols] = {
            range_name: defaultdict(dict) for range_name in evidence.subject.ranges
        }
        self.split: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self.searched = 0
        self.lacking = False

    def observe(self, sample: Sample) -> None:
        if sample.range_name == TINY:
            return
        symbols, split = self.symbols[sample.range_name], self.split[sample.range_name]
        for step in sample.decoded.walk(sample.depth):
            texts = [(step.name, "", step.label)]
            texts += [(step.name, e.name, e.key) for e in step.emissions if e.value is not None]
            for text in texts:
                if text in split:
                    continue
                split.add(text)
                owner = ".".join(filter(None, text[:2]))
                for index, symbol in enumerate(_split(text[2])):
                    symbols[owner, index].setdefault(symbol, (step.label, sample.case.name))

    def is_searching(self) -> bool:
        if self.searched % SEARCHES_BETWEEN_CHECKS == 0:
            unseen = self.evidence.subject.unseen
            self.lacking = any(
                _step(owner) not in unseen
                for name in self.evidence.subject.ranges[1:]
                for owner, *_ in self._new(name)
            )
        return self.lacking

    def search(self, sample: Sample) -> None:
        self.searched += 1
        self.observe(sample)

    def findings(self) -> Iterator[Finding]:
        first, *longer = self.evidence.subject.ranges
        unseen = self.evidence.subject.unseen
        reported: set[str] = set()
        for range_name in longer:
            for owner, new, occurrences in self._new(range_name):
                step = _step(owner)
                exempt = step in unseen
                subject = step if exempt else owner
                if subject in reported:
                    continue
                reported.add(subject)
                message = (
                    f"{', '.join(new[:5])}{' …' * (len(new) > 5)} in `{owner}` of {range_name} "
                    f"never occurs there in {first}; let indices begin at a random letter"
                )
                location = (step, *occurrences[new[0]])
                severity = Severity.NOTE if exempt else Severity.ERROR
                yield Finding("labels_in_range", severity, *location, message, range_name)

    def _new(self, range_name: str) -> Iterator[tuple[str, list[str], dict[str, Occurrence]]]:
        """Yield each label or key with symbols that the first range lacks at that position.

        The tuple is its name, the symbols that are new, and the occurrences of all its symbols.
        """
        known = self.symbols[self.evidence.subject.ranges[0]]
        for (owner, index), occurrences in self.symbols[range_name].items():
            new = sorted(occurrences.keys() - known[owner, index].keys())
            if new:
                yield owner, new, occurrences


def _step(owner: str) -> str:
    return owner.partition(".")[0]


def _split(text: str) -> list[str]:
    """Return the symbols of a label or key: whole numbers, and other characters but spaces."""
    return re.findall(r"[0-9]+|[^0-9\s]", text)
