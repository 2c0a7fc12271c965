"""Ctrl-C during compiled runs and batches."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tm.engine import Limits, run
from tm.formats import parse_busy_beaver

ROOT = Path(__file__).parents[3]

ENDLESS = """
import sys
from tm.engine import Limits, run, run_batch
from tm.formats import parse_busy_beaver
table = parse_busy_beaver("1RB1LB_1LA1RA")
limits = Limits(steps=10**12)
run(table, {}, limits=Limits(steps=10), engine="compiled")  # loads what would be interrupted
run_batch(table, [{}], limits=Limits(steps=10), workers=1)
print("ready", flush=True)
try:
    if sys.argv[1] == "run":
        run(table, {}, limits=limits)
    else:
        run_batch(table, [{}] * 8, limits=limits, workers=int(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted", run(table, {}, limits=Limits(steps=10)).text("tape"))
"""


@pytest.mark.parametrize("workers", ["run", "1", "2"])
def test_ctrl_c(workers: str) -> None:
    """An endless run ends within seconds of Ctrl-C, and the machine still works afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, workers], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=10)
    expected = run(parse_busy_beaver("1RB1LB_1LA1RA"), {}, limits=Limits(steps=10)).text("tape")
    assert output == f"interrupted {expected}\n"
    assert process.returncode == 0
