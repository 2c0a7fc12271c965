"""Rule 6: a longer text holds no elementary result that the short ones never show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import Rule
from compiler.lint.subject import TINY, Finding, Severity
from compiler.steps import Emission, Step, steps_with_next

Elementary = tuple[str, tuple[str | None, ...], tuple[str | None, ...]]


class Covered(Rule):
    """Each elementary (step, operands → results) of a longer range also occurs in the first.

    An operand that is only copied stands for itself, whatever its value: its place counts, not what
    it is. What the sampled runs of the first range do not show is sought in many more.
    Of steps that are listed as unseen this is no more than noted.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.known: set[Elementary] = set()
        self.total: dict[tuple[str, str], set[Elementary]] = defaultdict(set)
        self.new: dict[tuple[str, str], dict[Elementary, tuple[Step, str]]] = defaultdict(dict)

    def observe(self, sample: Sample) -> None:
        where = sample.where
        if where == self.evidence.subject.ranges[0]:
            self.known.update(one for one, _ in _shown(sample))
        elif where != TINY:
            for one, step in _shown(sample):
                self.total[where, step.name].add(one)
                if one not in self.known:
                    self.new[where, step.name].setdefault(one, (step, sample.case.name))

    def findings(self) -> Iterator[Finding]:
        first, unseen = self.evidence.subject.ranges[0], self.evidence.subject.unseen
        rare = {one for ones in self.new.values() for one in ones if one[0] not in unseen}
        for sample in self.evidence.many_short() if rare else ():
            rare.difference_update(one for one, _ in _shown(sample))
        for (where, name), ones in self.new.items():
            never = [place for one, place in ones.items() if name in unseen or one in rare]
            if not never:
                continue
            step, instance = never[0]
            said = [e.key if e.value is None else f"{e.key} = {e.value}" for e in step.emissions]
            message = (
                f"{len(never)} of {len(self.total[where, name])} elementary results in {where} "
                f"never occur in {first}, such as {' '.join(said)}; work them out by digits"
            )
            severity = Severity.NOTE if name in unseen else Severity.ERROR
            yield Finding("covered", severity, name, step.label, instance, message, where)


def _shown(sample: Sample) -> Iterator[tuple[Elementary, Step]]:
    for step, following in steps_with_next(sample.decoded, sample.depth):
        yield elementary(step, following), step


def elementary(step: Step, following: str) -> Elementary:
    """A step's name, operands and results; keys and labels aside, copied values by their order.

    Operands are copied to a result, to one that lists several, or, if they are letters, into the
    label of the step that follows; so are results of letters that the step's own label holds.
    """
    operands = [e.value for e in step.fetched]
    results = [e.key if e.value is None else e.value for e in step.solved]
    listed = {part for e in step.solved for part in (e.value or "").split()}
    label = following.partition(" ")[2]
    copied = [
        v
        for v in dict.fromkeys(operands)
        if v in results or v in listed or (v and v.isalpha() and v in label)
    ]
    named = [w for w in step.label.split() if w.isalpha() and w in results and w not in operands]
    place: dict[str | None, str] = {value: f"copy {i}" for i, value in enumerate(copied)}
    place |= dict.fromkeys(named, "named")
    return (
        step.name,
        tuple(place.get(v, v) for v in operands),
        tuple(_abstracted(said, place) for said in step.solved),
    )


def _abstracted(said: Emission, place: Mapping[str | None, str]) -> str:
    result = said.key if said.value is None else said.value
    if result in place or said.value is None:
        return place.get(result, result)
    return " ".join(place.get(part, part) for part in result.split(" "))
