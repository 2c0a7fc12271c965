"""Strict JSON: every fault is named with its file and line."""

from pathlib import Path

import pytest

from tm.support.strict_json import json_lines, read_json

VALID = b'{"a": "x\xe2\x80\xa8y", "b": "\\ud83d\\ude00"}'


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(VALID + b"\r\n" + VALID)
    expected = {"a": "x\u2028y", "b": "\U0001f600"}
    assert list(json_lines(file)) == [(1, expected), (2, expected)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"a": "x", "b', r"it is not JSON: .* \(the file is truncated here\)"),
        (b"\n", "it is blank"),
        (b'{"a": 1, "a": 2}\n', "it has the key `a` twice"),
        (b'{"b": {"a": 1, "a": 2}}\n', "it has the key `a` twice"),
        (b'{"a": NaN}\n', "it contains NaN, which is not JSON"),
        (b'{"a": -Infinity}\n', "it contains -Infinity, which is not JSON"),
        (b'{"a": ["\\ud800"]}\n', "it contains a lone surrogate"),
        (b'{"\\uDC00": 1}\n', "it contains a lone surrogate"),
        (b'{"a": "\xff"}\n', "it is not UTF-8"),
        (b'["a"]\n', "it is not a JSON object"),
        (b"{'a': 1}\n", "it is not JSON"),
        (b"[" * 200_000 + b"\n", "it is nested too deeply|it is not JSON"),
        (b'{"a": ' + b"9" * 5_000 + b"}\n", "limit"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_faults_of_json_are_named_with_their_line(
    tmp_path: Path, line: bytes, message: str
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(VALID + b"\n" + line)
    with pytest.raises(ValueError, match=rf"a\.jsonl, line 2: .*({message})"):
        list(json_lines(file))
    (tmp_path / "a.json").write_bytes(line)
    with pytest.raises(ValueError, match=r"a\.json: "):
        read_json(tmp_path / "a.json")
