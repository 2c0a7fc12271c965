"""Labels and keys that lack a name, since a tape has too few, are found in a trace."""

from __future__ import annotations

import pytest

from compiler.renderer.names import find_empty_name
from tm import loads, run_batch

SOURCE = """
tape x: '0'..'9'
tape key: 'a'..'z'
tape out: '0'..'9'
main {{
    each right x, key until x == _ {{
        step place at "{label}" {{
            fetch "{key}" = {{x.cell}}
            step inner at "{inner}" {{ solve "done" }}
        }}
    }}
    answer "{{x.all}}"
}}
"""


def fault(
    names: str, *, label: str = "{key.cell}", key: str = "x", inner: str = "i", depth: int = 1
) -> str:
    table = loads(SOURCE.format(label=label, key=key, inner=inner))
    batch = run_batch(table, [{"x": "12", "key": "ab"}, {"x": "34", "key": names}], trace=True)
    assert batch.trace is not None
    empty = find_empty_name(table, batch.trace, depth=depth)
    return "" if empty is None else f"{empty.run} {empty.step} {empty.placeholder} {empty.tape}"


@pytest.mark.parametrize("names", ["ab", "abc"])
def test_enough_names(names: str) -> None:
    assert fault(names, key="x {key.cell}") == ""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "1 place key.cell key"),
        ({"label": "p", "key": "x {key.cell}"}, "1 place key.cell key"),
        ({"label": "p", "key": "{x.cell}.{key.cell}"}, "1 place key.cell key"),
        ({"label": "{key.cell}{x.cell}"}, ""),  # as the digits of a number
        ({"label": "p{key.cell}"}, ""),
        ({"label": "{key.cell|none}"}, ""),
        ({"label": "p", "inner": "{key.cell}"}, ""),  # not in the text
        ({"label": "p", "inner": "{key.cell}", "depth": 2}, "1 inner key.cell key"),
    ],
)
def test_too_few_names(options: dict[str, object], expected: str) -> None:
    assert fault("a", **options) == expected  # type: ignore[arg-type]
