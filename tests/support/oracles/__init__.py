"""Correct answers from independent algorithms, never from the algorithm of the machine.

``PARADIGM/TASK.py`` has a function ``answer`` that returns the answer that the machine must give.
If other answers are correct as well, a function ``right`` returns whether an answer is correct.
"""

from importlib import import_module

import tasks

_MODULES = {
    task.name: import_module(f"tests.support.oracles.{task.paradigm}.{task.machine or task.name}")
    for task in tasks.all()
}
ORACLES = {name: module.answer for name, module in _MODULES.items()}


def right(name: str, instance: tasks.Instance, answer: str) -> bool:
    """Return whether an answer to an instance of the task called ``name`` is correct."""
    if hasattr(_MODULES[name], "right"):
        return _MODULES[name].right(instance, answer)
    return answer == ORACLES[name](instance)
