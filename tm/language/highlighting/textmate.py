"""The TextMate grammar of the language, for VS Code and other editors.

``python -m tm.language.highlighting.textmate > editors/vscode/syntaxes/tmtail.tmLanguage.json``
writes it.
"""

from __future__ import annotations

import json
from typing import Any

from tm.language.highlighting.terminals import (
    ESCAPE_IN_STRING,
    PLACEHOLDER_IN_STRING,
    TokenClass,
    highlight_rules,
)

SCOPE_NAME = "source.tmtail"

SCOPES = {
    TokenClass.COMMENT: "comment.line.number-sign.tmtail",
    TokenClass.STRING: "string.quoted.double.tmtail",
    TokenClass.PLACEHOLDER: "variable.other.placeholder.tmtail",
    TokenClass.SYMBOL: "string.quoted.single.tmtail",
    TokenClass.NUMBER: "constant.numeric.tmtail",
    TokenClass.NAME: "variable.other.tmtail",
    TokenClass.BLANK: "constant.language.blank.tmtail",
    TokenClass.DECLARATION: "storage.type.tmtail",
    TokenClass.KEYWORD: "keyword.control.tmtail",
    TokenClass.WORD_OPERATOR: "keyword.operator.word.tmtail",
    TokenClass.OPERATOR: "keyword.operator.tmtail",
    TokenClass.PUNCTUATION: "punctuation.separator.tmtail",
}
"""The scope of each class of token; spaces have none."""
FUNCTION_SCOPE = "entity.name.function.tmtail"
"""The scope of a name before an opening parenthesis."""
ESCAPE_SCOPE = "constant.character.escape.tmtail"


def textmate_grammar() -> dict[str, Any]:
    """Return the grammar as plain data."""
    patterns: list[dict[str, Any]] = []
    for rule in highlight_rules():
        scope = SCOPES.get(rule.token_class)
        pattern = rule.separator.join(f"({pattern})" for pattern, _ in rule.parts)
        if rule.token_class is TokenClass.STRING:
            inside = [
                {"name": ESCAPE_SCOPE, "match": ESCAPE_IN_STRING},
                {"name": SCOPES[TokenClass.PLACEHOLDER], "match": PLACEHOLDER_IN_STRING},
            ]
            patterns.append({"name": scope, "begin": '"', "end": '"|$', "patterns": inside})
        elif rule.separator:
            scopes = [SCOPES[token_class] for _, token_class in rule.parts]
            captures = {str(index): {"name": name} for index, name in enumerate(scopes, 1)}
            patterns.append({"match": pattern, "captures": captures})
        elif scope is not None:
            pattern = rule.parts[0][0]
            if rule.token_class is TokenClass.NAME:
                patterns.append({"name": FUNCTION_SCOPE, "match": rf"{pattern}(?=\()"})
            patterns.append({"name": scope, "match": pattern})
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
        "information_for_contributors": [
            "Generated from the grammar of the language; the command that writes this file is in",
            "tm/language/highlighting/textmate.py.",
        ],
        "name": "tmtail",
        "scopeName": SCOPE_NAME,
        "fileTypes": ["tm"],
        "patterns": patterns,
    }


def main() -> None:
    """Print the grammar as JSON."""
    print(json.dumps(textmate_grammar(), indent=2))


if __name__ == "__main__":
    main()
