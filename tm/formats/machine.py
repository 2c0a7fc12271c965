"""A machine as a file describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tm.table import Table


class Machine(NamedTuple):
    """The table of a machine, and the input that its file gives it, by tape."""

    table: Table
    inputs: Mapping[str, str] = {}
