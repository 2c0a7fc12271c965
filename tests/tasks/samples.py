"""Random instances of tasks, and how far a share among them may stray."""

import tasks

COUNT = 8_000
SPREAD = 5 * COUNT**-0.5
"""Five standard deviations of a share, at the most."""


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
