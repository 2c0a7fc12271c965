"""A file or package of the user's that hides one of tmtail's packages is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tmtail import guard

ROOT = Path(__file__).parent.parent


def import_in(folder: Path, code: str = "import tmtail") -> str:
    """Import tmtail in a process that finds modules in ``folder`` first; return its last line."""
    setup = f"import sys; sys.path[:0] = [{str(folder)!r}, {str(ROOT)!r}]\n"
    command = [sys.executable, "-I", "-c", setup + code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize("kind", ["file", "folder"])
@pytest.mark.parametrize("name", guard.PACKAGES)
def test_what_hides_a_package_is_named(tmp_path: Path, name: str, kind: str) -> None:
    path = tmp_path / (f"{name}.py" if kind == "file" else name)
    if kind == "folder":
        path.mkdir()
    (path if kind == "file" else path / "__init__.py").write_text("raise SystemExit('imported')\n")
    assert import_in(tmp_path).startswith(
        f"ImportError: tmtail: {path} hides the package `{name}` of tmtail ({ROOT / name}); rename "
    )


def test_a_module_that_is_loaded_already_hides_it_too(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("")
    message = import_in(tmp_path, "import tasks; sys.path.pop(0); import tmtail")
    assert message.startswith(f"ImportError: tmtail: {tmp_path / 'tasks.py'} hides the package")


def test_a_folder_that_is_no_package_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "notes.txt").write_text("")
    assert import_in(tmp_path) == ""


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PACKAGES", ("tm", "no_such_package"))
    with pytest.raises(ImportError, match=r"`no_such_package` is missing from .*; install tmtail"):
        guard.check_packages()


def test_our_own_packages_pass() -> None:
    guard.check_packages()
