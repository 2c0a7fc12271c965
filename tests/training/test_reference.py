"""Every key of a recipe is documented, and the page says what the code does."""

from dataclasses import fields
from pathlib import Path

import pytest

from training.reference import SECTIONS, described, page


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_is_documented(name: str) -> None:
    section = SECTIONS[name]
    assert set(described(section)) == {field.name for field in fields(section)}


def test_the_page_is_as_the_code_has_it() -> None:
    file = Path(__file__).parents[2] / "docs" / "recipes.md"
    assert file.read_text(encoding="utf-8") == page()
