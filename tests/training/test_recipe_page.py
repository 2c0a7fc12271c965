"""The documentation page of recipes: every key is described, and the committed page is current."""

from dataclasses import fields
from pathlib import Path

import pytest

from training.recipe_page import SECTIONS, attribute_descriptions, page


@pytest.mark.parametrize("name", SECTIONS)
def test_every_key_is_described(name: str) -> None:
    section = SECTIONS[name]
    assert set(attribute_descriptions(section)) == {field.name for field in fields(section)}


def test_the_committed_page_is_current() -> None:
    file = Path(__file__).parents[2] / "docs" / "recipes.md"
    assert file.read_text(encoding="utf-8") == page()
