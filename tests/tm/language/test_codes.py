"""Every code of the table is brought about by each of its bad sources, and by nothing unlisted."""

import re
from pathlib import Path

import pytest

import tm
from tm.language.codes import CODES, page
from tm.language.diagnostics import Diagnostic, SourceError

CASES = [(code, bad) for code, entry in CODES.items() for bad in entry.bad]


def diagnose(text: str) -> tuple[Diagnostic, ...]:
    try:
        return tm.check_text(text, strict=True).warnings
    except SourceError as error:
        return error.diagnostics


@pytest.mark.parametrize(("code", "bad"), CASES, ids=[f"{c}-{i}" for i, (c, _) in enumerate(CASES)])
def test_a_bad_source_has_its_code(code: str, bad: str) -> None:
    found = {d.code: d for d in diagnose(bad)}
    assert code in found
    assert found[code].warning == CODES[code].warning


@pytest.mark.parametrize(("code", "bad"), CASES, ids=[f"{c}-{i}" for i, (c, _) in enumerate(CASES)])
def test_every_message_names_its_place_and_reads_whole(code: str, bad: str) -> None:
    for diagnostic in diagnose(bad):
        shown = str(diagnostic).splitlines()
        assert re.match(r"machine\.tm:[0-9]+:[0-9]+: (error|warning)\[TM0[0-9]{2}\]: ", shown[0])
        assert "^" in shown[2]
        assert len(max(shown[1:], key=len)) < 200
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


def test_the_page_of_errors_is_rendered_from_the_table() -> None:
    shown = Path(tm.__file__).parent.parent / "docs" / "errors.md"
    assert shown.read_text(encoding="utf-8") == page()
