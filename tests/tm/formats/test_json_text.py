"""JSON tables: equal after a round trip; malformed text raises `FormatError` only."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.machines.tables import table_of_everything
from tm.engine import Limits, run
from tm.formats import FormatError, from_json, to_json
from tm.table import Table
from tm.trees import Branch
from tmtail.testing import tables


def test_json_of_everything() -> None:
    table = table_of_everything()
    again = from_json(to_json(table))
    assert again == table
    assert again.name == "full"
    assert again.styles == table.styles
    assert isinstance(again.states[0].tree, Branch)
    assert to_json(table).isascii()
    assert "\n" not in to_json(table)


@given(tables())
def test_json_is_read_back_to_an_equal_table(table: Table) -> None:
    text = to_json(table)
    again = from_json(text)
    assert again == table
    assert hash(again) == hash(table)
    assert to_json(again) == text
    limits = Limits(steps=50)
    assert run(again, {}, limits=limits).text("t0") == run(table, {}, limits=limits).text("t0")


def changed(*path: str | int, to: object) -> str:
    """Return the JSON of ``table_of_everything`` with the value at ``path`` replaced."""
    content = json.loads(to_json(table_of_everything()))
    parent: Any = content
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = to
    return json.dumps(content)


def deep(levels: int) -> object:
    """Return a tree of ``levels`` branches within each other."""
    tree: object = 0
    for _ in range(levels):
        tree = [0, 0, tree]
    return tree


HOSTILE = {
    "": "character 1",
    "{": "character 2",
    "[]": "the text",
    "null": "the text",
    "{}": "the text",
    "[" * 100_000: "the text",
    '{"a":1,"a":2}': "the text",
    '{"name":NaN}': "the text",
    '{"name":' + "9" * 5_000 + "}": "the text",
    to_json(table_of_everything())[:-1]: "character",
    to_json(table_of_everything()) + "x": "character",
    changed("format", to="other"): "format",
    changed("version", to=1): "format",
    changed("version", to=True): "version",
    changed("name", to=3): "name",
    changed("extra", to=3): "the text",
    changed("states", to={}): "states",
    changed("states", 0, to=["s", [0, 1, 1]]): "states[0]",
    changed("states", 0, 1, to=[9, 1, 1]): "states[0]",
    changed("states", 0, 1, to=[-1, 1, 1]): "states[0]",
    changed("states", 0, 2, to=[0, 5, 0]): "states[0]",
    changed("states", 0, 2, to=[0, 0]): "states[0]",
    changed("states", 0, 2, to=[0.0, 0, 0]): "states[0]",
    changed("states", 0, 2, to=None): "states[0]",
    changed("states", 0, 2, to=deep(500)): "states[0]",
    changed("states", 0, 2, to=99): "the table",
    changed("actions", 0, 0, to="0"): "actions[0]",
    changed("actions", 0, 1, to=[0]): "actions[0]",
    changed("actions", 0, 1, to=[0, 10**30]): "the table",
    changed("actions", 0, 4, to=[1]): "actions[0]",
    changed("actions", 0, 4, to=[True]): "actions[0]",
    changed("checks", 0, 0, to="other"): "checks[0]",
    changed("checks", 0, 0, to=[]): "checks[0]",
    changed("checks", 0, 1, to=True): "checks[0]",
    changed("tapes", 0, 1, to="éé"): "the table",
    changed("tapes", 0, 3, to=1): "tapes[0]",
    changed("classes", 0, to=[[]]): "classes[0]",
    changed("utterances", to=[["eval", "", "", [], None]]): "utterances[0]",
    changed("utterances", to=[["open", "", "", [["t", "", "x", ""]], None]]): "utterances[0]",
    changed("styles", "styled", to=[]): "styles.styled",
    changed("styles", "styled", "next", to=[["a"]]): "styles.styled",
}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:30])
def test_malformed_json_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        from_json(text)
    assert caught.value.location.startswith(HOSTILE[text])
    assert len(str(caught.value)) < 1_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=8,
)


@given(st.data())
def test_damaged_json_raises_only_format_errors(data: st.DataObject) -> None:
    content = json.loads(to_json(table_of_everything()))
    node: Any = content
    parent: Any = None
    key: Any = None
    for _ in range(data.draw(st.integers(1, 5))):
        keys = range(len(node)) if isinstance(node, list) else sorted(node)
        if not keys:
            break
        key, parent = data.draw(st.sampled_from(keys)), node
        node = node[key]
        if not isinstance(node, list | dict):
            break
    if key is not None:
        parent[key] = data.draw(json_values)
    with suppress(FormatError):
        from_json(json.dumps(content))
