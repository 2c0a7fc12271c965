"""Random instances of tasks, and how far a share among them may stray."""

import tasks

COUNT = 8_000
SPREAD = 5 * COUNT**-0.5
"""Five standard deviations of a share, at the most."""


HUGE = {
    ("permutation_combination", "M"): ("M", 50),
    ("permutation_combination", "L"): (7, 1),
    ("derangement", "S"): ("S", 50),
    ("derangement", "M"): (31, 2),
    ("derangement", "L"): (61, 1),
}
"""Lengths that stand for a range, and how many instances are run at the most: 10 elements take a
thousand million transitions to permute, 6 a text of 100,000 tokens, and 61 as long a one to
derange. All lengths are run once by a test of the task.
"""


def run_of(task, where, count, split="oracle"):
    """Instances to run the machine on: ``drawn``, or fewer and shorter ones of a huge range."""
    lengths, most = HUGE.get((task.name, where), (where, count))
    return drawn(task, lengths, min(count, most), split)


def drawn(task, where, count, split="oracle"):
    stream = tasks.Stream(task.name, where, split, 0)
    if where == "tiny":
        return [task.tiny(stream.at(i)) for i in range(count)]
    return [task.draw(stream.at(i), where) for i in range(count)]


def parts(number):
    """The digits before and after the point, without the sign."""
    whole, _, fraction = number.lstrip("-").partition(".")
    return whole, fraction


def digits(number):
    return len(number.strip("-").replace(".", ""))
