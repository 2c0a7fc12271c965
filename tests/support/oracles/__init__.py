"""Right answers from elsewhere: never by the algorithm of the machine.

``TASK.py`` has a function ``answer`` from an instance to the answer that the machine shall give,
and, where others are right as well, a function ``right`` that says of any answer whether it is.
"""

from importlib import import_module

import tasks

_MODULES = {
    task.name: import_module(f"tests.support.oracles.{task.machine or task.name}")
    for task in tasks.all()
}
ORACLES = {name: module.answer for name, module in _MODULES.items()}


def right(name: str, instance: tasks.Instance, answer: str) -> bool:
    """Whether an answer to an instance of the task called ``name`` is right."""
    if hasattr(_MODULES[name], "right"):
        return _MODULES[name].right(instance, answer)
    return answer == ORACLES[name](instance)
