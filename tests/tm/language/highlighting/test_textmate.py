"""The TextMate grammar in the folder of the VS Code extension is that of the language."""

import json
from pathlib import Path

import pytest

from tests.support.tokens import ROOT, SOURCES, parser_classes, textmate_scopes
from tm.language.highlighting.terminals import TokenClass
from tm.language.highlighting.textmate import (
    ESCAPE_SCOPE,
    FUNCTION_SCOPE,
    SCOPES,
    textmate_grammar,
)

FILE = ROOT / "editors" / "vscode" / "syntaxes" / "tmtail.tmLanguage.json"


def test_the_file_is_the_generated_one() -> None:
    command = "python -m tm.language.highlighting.textmate > editors/vscode/syntaxes/" + FILE.name
    assert json.loads(FILE.read_text(encoding="utf-8")) == textmate_grammar(), f"run {command}"


def scopes(token_class: TokenClass) -> set[str]:
    """Return the scopes that a character of a token of this class may have."""
    if token_class is TokenClass.SPACE:
        return {""}
    if token_class is TokenClass.STRING:
        return {SCOPES[token_class], SCOPES[TokenClass.PLACEHOLDER], ESCAPE_SCOPE}
    if token_class is TokenClass.NAME:
        return {SCOPES[token_class], FUNCTION_SCOPE}
    return {SCOPES[token_class]}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_token_has_the_scope_of_its_class(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    actual = textmate_scopes(textmate_grammar(), text)
    assert len(actual) == len(text)
    for index, (scope, token_class) in enumerate(zip(actual, parser_classes(text), strict=True)):
        line = text.count("\n", 0, index) + 1
        assert scope in scopes(token_class), (line, text[index : index + 9], scope, token_class)
