"""Find files of other projects that hide one of tmtail's packages.

tmtail installs six top-level packages, and five of them have common names. A file ``tasks.py`` or a
folder ``training`` in the working folder comes before them on Python's path, and the failure that
follows names neither.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("tm", "compiler", "tasks", "evaluation", "training")
"""The top-level packages besides ``tmtail``, in one folder with it."""

_ROOT = Path(__file__).resolve().parent.parent


def check_packages() -> None:
    """Check that Python finds tmtail's own packages by their names; import none of them.

    Raises
    ------
    ImportError
        When another file or folder hides a package, or a package is missing.
    """
    for name in PACKAGES:
        path = _location(name)
        if path is None:
            raise ImportError(
                f"tmtail: its package `{name}` is missing from {_ROOT}; install tmtail again",
                name=name,
            )
        if Path(path).parent != _ROOT and Path(path).resolve().parent != _ROOT:
            raise ImportError(
                f"tmtail: {path} hides the package `{name}` of tmtail ({_ROOT / name}); rename or "
                "remove it, or run from another folder; if another distribution installed it, give "
                "tmtail an environment of its own",
                name=name,
                path=path,
            )


def _location(name: str) -> str | None:
    """Return the folder of the package, or the file of the module, that an import would find."""
    module = sys.modules.get(name)
    spec = find_spec(name) if module is None else module.__spec__
    origin = spec.origin if spec else getattr(module, "__file__", None)
    if origin is None:
        return None
    folder, file = os.path.split(origin)
    return folder if file == "__init__.py" else origin
