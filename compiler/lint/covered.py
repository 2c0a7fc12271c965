"""Rule 6: a longer text holds no elementary result that the short ones never show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.subject import Finding, Severity
from compiler.steps import Step, turns

Elementary = tuple[tuple[str | None, ...], tuple[str | None, ...]]


def covered(evidence: Evidence) -> Iterator[Finding]:
    """Each elementary (step, operands → results) of a longer range also occurs in the first.

    An operand that is only copied stands for itself, whatever its value: its place counts, not what
    it is. Of steps that are listed as unseen this is no more than noted.
    """
    known: dict[str, set[Elementary]] = defaultdict(set)
    for sample in evidence.samples(evidence.subject.ranges[0]):
        for step, following in turns(sample.story, evidence.depth):
            known[step.name].add(elementary(step, following))
    for where, samples in evidence.longer():
        new: dict[str, dict[Elementary, tuple[Step, Sample]]] = defaultdict(dict)
        total: dict[str, set[Elementary]] = defaultdict(set)
        for sample in samples:
            for step, following in turns(sample.story, evidence.depth):
                one = elementary(step, following)
                total[step.name].add(one)
                if one not in known[step.name]:
                    new[step.name].setdefault(one, (step, sample))
        for name, ones in new.items():
            step, sample = next(iter(ones.values()))
            said = [e.key if e.value is None else f"{e.key} = {e.value}" for e in step.said]
            message = (
                f"{len(ones)} of {len(total[name])} elementary results in {where} never occur in "
                f"{evidence.subject.ranges[0]}, such as {' '.join(said)}; work them out by digits"
            )
            owned = name in evidence.subject.unseen
            severity = Severity.NOTE if owned else Severity.ERROR
            yield Finding("covered", severity, name, step.label, sample.case.name, message, where)


def elementary(step: Step, following: str) -> Elementary:
    """A step's operands and results, keys and labels aside, with copied values by their order.

    Letters that go into the label of the step that follows are copied, too, and so are results of
    letters that the step's own label holds.
    """
    operands = [e.value for e in step.fetched]
    results = [e.key if e.value is None else e.value for e in step.solved]
    label = following.partition(" ")[2]
    copied = [
        v for v in dict.fromkeys(operands) if v in results or (v and v.isalpha() and v in label)
    ]
    named = [w for w in step.label.split() if w.isalpha() and w in results and w not in operands]
    place: dict[str | None, str] = {value: f"copy {i}" for i, value in enumerate(copied)}
    place |= dict.fromkeys(named, "named")
    return (
        tuple(place.get(v, v) for v in operands),
        tuple(place.get(v, v) for v in results),
    )
