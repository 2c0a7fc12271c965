"""Right answers from elsewhere: never by the algorithm of the machine.

``TASK.py`` has a function ``answer`` from an instance to the oracle's answer.
"""

from importlib import import_module

import tasks

ORACLES = {
    task.name: import_module(f"tests.tasks.oracles.{task.machine or task.name}").answer
    for task in tasks.all()
}
