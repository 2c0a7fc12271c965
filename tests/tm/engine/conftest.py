"""Both engines, for tests that hold for each."""

from __future__ import annotations

import pytest

from tests.support.machines.tables import Engine


@pytest.fixture(params=["reference", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    name: Engine = request.param
    return name
