"""Every code is caused by each of its examples, and every code in use is listed."""

import re
from pathlib import Path

import pytest

import tm
from tm.language.codes import CODES, page
from tm.language.diagnostics import Diagnostic, SourceError

CASES = [(code, example) for code, entry in CODES.items() for example in entry.examples]


def diagnose(text: str) -> tuple[Diagnostic, ...]:
    try:
        return tm.check_text(text, strict=True).warnings
    except SourceError as error:
        return error.diagnostics


@pytest.mark.parametrize(
    ("code", "example"), CASES, ids=[f"{c}-{i}" for i, (c, _) in enumerate(CASES)]
)
def test_an_example_causes_its_code(code: str, example: str) -> None:
    by_code = {d.code: d for d in diagnose(example)}
    assert code in by_code
    assert by_code[code].warning == CODES[code].warning


@pytest.mark.parametrize(
    ("code", "example"), CASES, ids=[f"{c}-{i}" for i, (c, _) in enumerate(CASES)]
)
def test_every_message_shows_its_place_and_source_line(code: str, example: str) -> None:
    for diagnostic in diagnose(example):
        lines = str(diagnostic).splitlines()
        assert re.match(r"machine\.tm:[0-9]+:[0-9]+: (error|warning)\[TM0[0-9]{2}\]: ", lines[0])
        assert "^" in lines[2]
        assert len(max(lines[1:], key=len)) < 200
        as_json = diagnostic.as_json()
        assert (as_json["line"], as_json["column"]) <= (as_json["end_line"], as_json["end_column"])


def test_every_code_in_the_source_is_listed() -> None:
    package = Path(tm.__file__).parent
    used = {
        code
        for path in package.rglob("*.py")
        if path.name != "codes.py"
        for code in re.findall(r"\"(TM0[0-9]{2})\"", path.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)


def test_the_errors_page_is_up_to_date() -> None:
    errors_page = Path(tm.__file__).parent.parent / "docs" / "errors.md"
    assert errors_page.read_text(encoding="utf-8") == page()
