"""The docs site builds without warnings, and its reference is complete."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tasks
import tm
import tmtail
import tmtail.evaluation
import tmtail.testing
import tmtail.training
from compiler.lint import RULES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    build = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "docs", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stderr
    return folder


def page(site: Path, name: str) -> str:
    """Return the HTML of a page."""
    return (site / f"{name}.html").read_text(encoding="utf-8")


def test_every_public_name_is_documented(site: Path) -> None:
    text = page(site, "reference/api")
    names = {f"tmtail.{name}" for name in tmtail.__all__}
    for module in (tmtail.evaluation, tmtail.training, tmtail.testing):
        names |= {f"{module.__name__}.{name}" for name in {*module.__all__} - {*tmtail.__all__}}
    assert [name for name in sorted(names) if f'id="{name}"' not in text] == []


def test_every_rule_has_a_section(site: Path) -> None:
    text = page(site, "reference/rules")
    assert [name for name in RULES if f"<h2>{name}<" not in text] == []


def test_every_proc_of_the_library_has_its_signature(site: Path) -> None:
    text = page(site, "reference/library")
    libraries = sorted((Path(tm.__file__).parent / "std").glob("*.tm"))
    procs = [
        line.split()[1].partition("(")[0]
        for library in libraries
        for line in library.read_text(encoding="utf-8").splitlines()
        if line.startswith("proc ")
    ]
    assert len(procs) > 30
    assert [name for name in procs if f'<span class="nf">{name}</span>' not in text] == []


def test_every_task_is_in_the_gallery(site: Path) -> None:
    text = page(site, "reference/gallery")
    assert [name for name in tasks.names() if f"tasks/{name}.html" not in text] == []


@pytest.mark.parametrize(
    "document",
    [file for file in sorted(DOCS.rglob("*.md")) if "{eval-rst}" in file.read_text("utf-8")],
    ids=lambda document: document.stem,
)
def test_a_generated_page_names_its_command(document: Path) -> None:
    """A reader of the repository does not see what the directives write."""
    assert "`make docs` fills" in document.read_text("utf-8")


def test_the_page_of_the_library_leads_to_every_library() -> None:
    text = (DOCS / "reference" / "library.md").read_text("utf-8")
    libraries = sorted((Path(tm.__file__).parent / "std").glob("*.tm"))
    assert [file for file in libraries if f"(../../tm/std/{file.name})" not in text] == []


@pytest.mark.parametrize("name", tasks.names())
def test_the_page_of_a_task_names_its_machine(name: str) -> None:
    text = (ROOT / "docs" / "tasks" / f"{name}.md").read_text(encoding="utf-8")
    source = tasks.get(name).source.relative_to(ROOT).as_posix()
    section = f"The machine is `{source}`; `tmtail show {name} --part machine` prints it.\n"
    command = f"python -m tasks.tools.pages docs --only {name}"
    assert text.endswith(section), f"the page is old; run {command}"
