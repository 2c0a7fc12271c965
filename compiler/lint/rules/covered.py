"""Rule 6, *covered*: the first range contains every elementary result of the longer ranges."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity
from compiler.steps import Emission, Step
from tm.speech import READ

Elementary = tuple[str, tuple[str | None, ...], tuple[str | None, ...]]
"""Name of a step, its operands and its results, with copied values replaced by their order."""

Transition = tuple[str, tuple[str, ...], tuple[str, ...]]
"""Name of a step with the control words of its label, the names of its emissions, and the name of
the next step with its control words."""

MIN_CONTROL_LETTERS = 3
"""Letters of a word of a label, from which on it is a control word; names of places are shorter."""


class Covered(Rule):
    """Every elementary result and kind of transition of a longer range occurs in the first range.

    **Checks.** An elementary result is the name of a step, the values that it fetches and the
    values that it solves; of a quote of the answer only the last symbol counts. Each one in a
    longer range must occur in the first range (error). A value that is only copied counts by its
    position, whatever it is. A kind of transition is a step, what it emits by name, and the step
    that follows; words of three letters and more in labels, such as ``heavy``, tell kinds apart.
    Each kind must occur in the first range too (error). If the sampled runs of the first range lack
    one, 20,000 more instances are searched for it.

    **Why it matters.** A model learns elementary results such as ``4 + 9 = 3 carry 1`` one by one.
    It cannot know one that occurs in no training text.

    **Failing example.** The running sum is a number of several digits, which grows with the row::

        add k: t k = 47 x k = 8 ; t l = 55 -> add l

    **Repair.** Work digit by digit, so that the operands come from a small set that short instances
    exhaust.

    **Exemption.** For steps that the task lists in ``unseen`` the finding is a note.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.known: set[Elementary] = set()
        self.kinds: set[Transition] = set()
        self.new_kinds: dict[Transition, tuple[str, Step, str]] = {}
        self.total: dict[tuple[str, str], set[Elementary]] = defaultdict(set)
        self.rare: set[Elementary] | None = None
        self.new: dict[tuple[str, str], dict[Elementary, tuple[Step, str]]] = defaultdict(dict)

    def observe(self, sample: Sample) -> None:
        range_name = sample.range_name
        is_first = range_name == self.evidence.subject.ranges[0]
        for step, following in sample.steps if range_name != TINY else ():
            kind, result = transition(step, following), elementary(step, following)
            if is_first:
                self.kinds.add(kind)
                self.known.add(result)
                continue
            self.total[range_name, step.name].add(result)
            if kind not in self.kinds:
                self.new_kinds.setdefault(kind, (range_name, step, sample.case.name))
            if result not in self.known:
                self.new[range_name, step.name].setdefault(result, (step, sample.case.name))

    def is_searching(self) -> bool:
        return bool(self._rare() or self.new_kinds)

    def search(self, sample: Sample) -> None:
        rare = self._rare()
        names = {result[0] for result in rare}
        for step, following in sample.steps:
            if step.name in names:
                rare.discard(elementary(step, following))
            if self.new_kinds:
                self.new_kinds.pop(transition(step, following), None)

    def _rare(self) -> set[Elementary]:
        """Return the results that longer ranges have and no run of the first range has so far."""
        if self.rare is None:
            unseen = self.evidence.subject.unseen
            self.rare = {r for results in self.new.values() for r in results if r[0] not in unseen}
        return self.rare

    def findings(self) -> Iterator[Finding]:
        first, unseen = self.evidence.subject.ranges[0], self.evidence.subject.unseen
        rare = self._rare()
        for (range_name, name), results in self.new.items():
            missing = [place for r, place in results.items() if name in unseen or r in rare]
            if not missing:
                continue
            step, instance = missing[0]
            pairs = [e.key if e.value is None else f"{e.key} = {e.value}" for e in step.emissions]
            message = (
                f"{len(missing)} of {len(self.total[range_name, name])} elementary results in "
                f"{range_name} never occur in {first}, such as {' '.join(pairs)}; work them out "
                f"digit by digit, or let {first} have greater values or lengths"
            )
            severity = Severity.NOTE if name in unseen else Severity.ERROR
            yield Finding("covered", severity, name, step.label, instance, message, range_name)
        for (name, emitted, following), (range_name, step, instance) in self.new_kinds.items():
            message = (
                f"in {range_name} it is followed by {' '.join(following)} after "
                f"{', '.join(emitted) or 'nothing'}, which never happens in {first}; make short "
                "instances take this way, or one step serve both"
            )
            severity = Severity.NOTE if step.name in unseen else Severity.ERROR
            yield Finding("covered", severity, name, step.label, instance, message, "transition")


def transition(step: Step, following: str) -> Transition:
    """Return the kind of the transition from a step to the next one, given by name and label."""
    emitted = (_kind_of_emission(step.name, e) for e in step.emissions)
    name, _, label = following.partition(" ")
    return (
        " ".join((step.name, *_control_words(step.label))),
        tuple(emitted),
        (name, *_control_words(label)),
    )


def _kind_of_emission(step: str, emission: Emission) -> str:
    """Return kind and name of an emission, and of a verdict also the words and signs in it."""
    if emission.value is not None or emission.is_quote or step == READ:
        return f"{emission.kind} {emission.name}"
    words = (w for w in emission.key.split() if not w.isalnum() or [*_control_words(w)])
    return " ".join((emission.kind, emission.name, *words))


def _control_words(label: str) -> Iterator[str]:
    return (w for w in label.split() if w.isalpha() and len(w) >= MIN_CONTROL_LETTERS)


def elementary(step: Step, following: str) -> Elementary:
    """Return the name, operands and results of a step, without keys and labels.

    A value that is only copied is replaced by its order among the copied ones. An operand counts as
    copied if it is a result, if it is an item of a result that lists several, or if it is a name,
    such as ``b`` or ``b12``, and occurs in the label of the next step. A result counts as copied if
    it is a name and occurs in the step's own label.

    Parameters
    ----------
    step
        The step.
    following
        Name and label of the next step.
    """
    if step.name == READ:
        return _kind_of_read(step)
    operands = [e.value for e in step.fetched]
    solved = step.results
    results = [e.key if e.value is None else e.value for e in solved]
    items = {item for e in solved for item in (e.value or "").split()}
    next_label = following.partition(" ")[2]
    copied = [
        v
        for v in dict.fromkeys(operands)
        if v in results or v in items or (v and _is_name(v) and v in next_label)
    ]
    named = [w for w in step.label.split() if _is_name(w) and w in results and w not in operands]
    order: dict[str | None, str] = {value: f"copy {i}" for i, value in enumerate(copied)}
    order |= dict.fromkeys(named, "named")
    return (
        step.name,
        tuple(order.get(v, v) for v in operands),
        tuple(_without_copies(result, order) for result in solved),
    )


def _is_name(word: str) -> bool:
    """Return whether a word begins with a letter and consists of letters and digits."""
    return word.isalnum() and word[0].isalpha()


def _kind_of_read(step: Step) -> Elementary:
    """Return what a read step does; what it restates, fetches and reads is copied, whole or not."""
    parts = re.findall(r"\w+", step.solved[0].value or "") if step.solved else []
    copied = {*(e.value for e in step.fetched), *step.label.split(), *parts}
    derived = [e.key if e.value is None else e.value for e in step.solved[1:]]
    return step.name, (), tuple("copy" if value in copied else value for value in derived)


def _without_copies(solved: Emission, order: Mapping[str | None, str]) -> str:
    result = solved.key if solved.value is None else solved.value
    if result in order or solved.value is None:
        return order.get(result, result)
    return " ".join(order.get(item, item) for item in result.split(" "))
