"""The notebooks run from their first to their last cell."""

from __future__ import annotations

from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "docs" / "notebooks"
MAX_SECONDS = 600
"""Seconds that a cell may take, and that the kernel may take to start or to send an output.

By default nbclient waits a minute for the start and four seconds for the outputs of a cell that has
ended, and then goes on without them; a busy machine takes longer.
"""


@pytest.mark.filterwarnings("ignore")  # of the client and of the kernel's other packages
@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "it is stored without outputs"
    runner = client.NotebookClient(
        notebook,
        timeout=MAX_SECONDS,
        startup_timeout=MAX_SECONDS,
        iopub_timeout=MAX_SECONDS,
        raise_on_iopub_timeout=True,
        resources={"metadata": {"path": str(tmp_path)}},
    )
    runner.execute()
    shown = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type in ("execute_result", "display_data")
    ]
    assert len(shown) >= 6
    assert "<img" in shown[-1].data["text/html"]
