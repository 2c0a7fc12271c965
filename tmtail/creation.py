"""Write the files of a new task from templates: a working task whose problem is to be replaced."""

from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path

from tasks import names
from tm.support.files import write_text
from tmtail.guard import PACKAGES

TEMPLATE = "new_task"
"""The name of the task in the templates."""

DEFAULT_PARADIGM = "iteration"
"""The paradigm of the task in the templates."""

FILES = ("new_task.tm", "new_task.py", "new_task.prompts.txt", "test_new_task.py")

_WORD = re.compile("[a-z][a-z0-9_]{0,63}")


def create_task(name: str, folder: Path, *, paradigm: str = DEFAULT_PARADIGM) -> list[Path]:
    """Write the files of a new task and return their paths.

    They are the machine ``NAME.tm``, the Python file ``NAME.py``, the wordings
    ``NAME.prompts.txt`` and the tests ``test_NAME.py``. The task adds up bits modulo 2.

    Parameters
    ----------
    folder
        The folder of the files; it is created if it does not exist.
    paradigm
        The family of algorithms that the task belongs to.

    Raises
    ------
    ValueError
        When the name or the paradigm cannot be used, or one of the files exists. Nothing is
        written then.
    """
    _check_name(name)
    if not _WORD.fullmatch(paradigm):
        raise ValueError(f"paradigm {paradigm[:64]!r}: use lower-case letters, digits and _")
    texts = {
        folder / file.replace(TEMPLATE, name): _filled(_template(file), name, paradigm)
        for file in FILES
    }
    if existing := [path for path in texts if path.exists()]:
        raise ValueError(f"{existing[0]} exists; choose another name or another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)


def _check_name(name: str) -> None:
    if not _WORD.fullmatch(name):
        raise ValueError(
            f"{name[:64]!r} is not a task name; use lower-case letters, digits and _ (at most 64)"
        )
    if iskeyword(name):
        raise ValueError(f"`{name}` is a keyword of Python; choose another name")
    if name in names():
        raise ValueError(f"there is a task called `{name}` already; choose another name")
    known = {*PACKAGES, "tmtail", *sys.stdlib_module_names, *packages_distributions()}
    if name in known or name == "test":  # which Python's own list leaves out
        raise ValueError(f"{name}.py would hide the Python package `{name}`; choose another name")
    if name == "conftest":
        raise ValueError(f"pytest would read {name}.py as its configuration; choose another name")
    if name != TEMPLATE and _class_name(name) in re.findall(r"\w+", _template(FILES[1])):
        raise ValueError(
            f"the class `{_class_name(name)}` would hide another one of its file; choose another "
            "name"
        )


def _template(file: str) -> str:
    return files("tmtail").joinpath("templates", file).read_text(encoding="utf-8")


def _class_name(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _filled(text: str, name: str, paradigm: str) -> str:
    text = text.replace(TEMPLATE, name).replace("NewTask", _class_name(name))
    return text.replace(f'paradigm = "{DEFAULT_PARADIGM}"', f'paradigm = "{paradigm}"')
