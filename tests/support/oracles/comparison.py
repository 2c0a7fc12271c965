"""The scorer against the second grader, on mutated outputs of all tasks.

python -m tests.support.oracles.comparison COUNT [SEED]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import tasks
from evaluation.backends.base import End, Output
from evaluation.problems.replays import EvalProblem, references
from evaluation.problems.selection import draw_problems
from evaluation.scoring.scores import Score, score_outputs
from tasks.corpus import Form
from tests.support.oracles.grader import Machine, grade
from tests.support.oracles.mutations import mutate

FORMS: dict[str, tuple[Form, bool]] = {
    "tail": (Form(), False),
    "styled": (Form(style="styled"), False),
    "without fetch": (Form(without=("fetch",)), False),
    "answer": (Form(format="answer"), False),
    "any": (Form(), True),
    "transitions": (Form(format="transitions"), False),
}
PROBLEMS_PER_PART = 8
"""Problems of each task, range and form."""
BATCH = 400
"""Outputs that are scored at once."""


class Difference(NamedTuple):
    """An output that the two graders judge differently."""

    problem: str
    form: str
    damage: str
    output: str
    scored: dict[str, Any]
    graded: dict[str, Any]


def machines(form: Form, free: bool, ranges: tuple[str, ...]) -> list[tuple[EvalProblem, Machine]]:
    """Return problems of all tasks, each with what the machine says of it."""
    pairs = []
    for task in tasks.all():
        drawn = draw_problems([task], ranges, PROBLEMS_PER_PART, seed=4, form=form, free=free)
        problems = [problem for problem in drawn if problem.fits and len(problem.completion) < 9000]
        for problem, reference in zip(problems, references(problems), strict=True):
            instance: Any = problem.instance
            pairs.append(
                (
                    problem,
                    Machine(
                        task.name,
                        problem.completion,
                        list(reference.spans) if form.format != "answer" and not free else (),
                        problem.gold,
                        form.format != "transitions" or free,
                        (instance.x, instance.y) if task.name == "lcs" else None,
                    ),
                )
            )
    return pairs


def judgement(score: Score) -> dict[str, Any]:
    """Return the fields of ``items.jsonl`` that judge an output."""
    return {
        "verdict": score.verdict,
        "answer": score.answer,
        "exact": score.exact,
        "first_divergence": score.divergence and score.divergence._asdict(),
    }


def differences(
    count: int, seed: int = 0, *, ranges: tuple[str, ...] = ("S", "M")
) -> Iterator[Difference | Counter[str]]:
    """Yield each difference on ``count`` outputs, and the verdicts of each batch without one."""
    random = Random(seed)
    shares = {name: 5 if name == "tail" else 1 for name in FORMS}
    for name, (form, free) in FORMS.items():
        pairs = machines(form, free, ranges)
        by_task: dict[str, list[EvalProblem]] = {}
        for problem, _ in pairs:
            by_task.setdefault(problem.task.name, []).append(problem)
        wanted = count * shares[name] // sum(shares.values())
        for first in range(0, wanted, BATCH):
            chosen = random.choices(pairs, k=min(BATCH, wanted - first))
            outputs, damages = [], []
            for problem, _ in chosen:
                other = random.choice(by_task[problem.task.name]).completion
                text, damage = mutate(problem.completion, other, random)
                outputs.append(Output(text, random.choice((End.STOP,) * 9 + (End.LENGTH,)), 1))
                damages.append(damage)
            scores = score_outputs([problem for problem, _ in chosen], outputs)
            verdicts: Counter[str] = Counter()
            for (problem, machine), output, damage, score in zip(
                chosen, outputs, damages, scores, strict=True
            ):
                scored = judgement(score)
                graded = grade(machine, output.text, cut=output.end is End.LENGTH)
                if scored != graded:
                    yield Difference(problem.id, name, damage, output.text, scored, graded)
                verdicts[score.verdict] += 1
                verdicts["exact"] += score.exact
            yield verdicts


def compare(count: int, seed: int = 0, **options: Any) -> tuple[Counter[str], list[Difference]]:
    """Return the number of outputs by verdict, and all differences."""
    verdicts: Counter[str] = Counter()
    different = []
    for each in differences(count, seed, **options):
        if isinstance(each, Counter):
            verdicts += each
        else:
            different.append(each)
    return verdicts, different


def main() -> None:
    """Compare as many outputs as the first argument says, and print every difference."""
    count = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    verdicts: Counter[str] = Counter()
    different = 0
    for each in differences(count, seed):
        if isinstance(each, Counter):
            verdicts += each
            print(sum(verdicts.values()) - verdicts["exact"], file=sys.stderr)
        else:
            different += 1
            print(ascii(each._replace(output=each.output[:2000])), flush=True)
    print(f"{different} differences; {dict(verdicts)}")


if __name__ == "__main__":
    main()
