"""Modules that are run with ``python -m``, in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

_PROGRAM = """\
import runpy, sys
module, missing = sys.argv[1:3]
if missing:
    sys.modules[missing] = None
sys.argv = [module, *sys.argv[3:]]
runpy.run_module(module, run_name="__main__")
"""


def error_of(folder: Path, module: str, *arguments: str, missing: str = "") -> str:
    """Run a module that fails in a folder, whose modules it can import; return its error message.

    Parameters
    ----------
    missing
        Name of a package that cannot be imported.
    """
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, module, missing, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr
