"""Source text → syntax tree, with errors a person can act on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from tm.language.builder import Builder
from tm.language.diagnostics import Diagnostic, Reporter
from tm.language.source import LEXEMES, Source, name_of
from tm.language.syntax import File

MAX_NESTING = 50
"""How deep brackets may nest."""
MAX_ERRORS = 20
"""How many syntax errors one run reports."""

DECLARATIONS = ("import", "class", "enum", "tape", "proc", "main", "style", "start", "rule")
KEYWORDS = frozenset(
    (
        *DECLARATIONS, "word", "at", "left", "right", "let", "if", "elsif", "else", "while",
        "loop", "break", "return", "accept", "reject", "local", "like", "mark", "unmark", "marked",
        "keep", "assume", "step", "fetch", "solve", "answer", "none", "in", "not", "and", "or",
    )
)  # fmt: skip
"""Words that cannot be names."""

_CHUNK = re.compile(rf"^(?={'|'.join(DECLARATIONS)}\b)", re.MULTILINE)
"""Where a declaration begins in the first column: syntax errors do not spread over it."""


@cache
def parser() -> Lark:
    """The LALR parser. Lark's own cache is a pickle, so it stays off."""
    grammar = files("tm.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=True, propagate_positions=True)


def parse(source: Source) -> File:
    """Parse a source.

    Raises
    ------
    SourceError
        With every syntax error found, at most one a declaration.
    """
    report = Reporter()
    _check_characters(source, report)
    report.raise_errors()
    text = _check_brackets(source, report)
    tree = _parse_by_declaration(text, source, report)
    report.raise_errors()
    file = Builder(source, report, KEYWORDS).file(tree)
    report.raise_errors()
    return file


# ------------------------------------------------------------------ before the grammar


def _check_characters(source: Source, report: Reporter) -> None:
    """Name every character that cannot be seen, and all but ASCII outside comments and strings."""
    text = source.text
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return
    loose = [
        (m.start(), m.end()) for m in LEXEMES.finditer(text) if m.lastgroup in ("comment", "string")
    ]
    at = 0
    for offset, character in enumerate(text):
        if character in "\n\t" or " " <= character <= "~":
            continue
        while at < len(loose) and loose[at][1] <= offset:
            at += 1
        inside = at < len(loose) and loose[at][0] <= offset
        if inside and unicodedata.category(character)[0] in "LMNPS":
            continue
        help = ""
        if character in "‘’‚‛“”„":
            help = "use the straight quotes ' and \""
        elif unicodedata.category(character) in ("Cf", "Cc"):
            help = "delete it: it cannot be seen"
        report.error(
            "TM003",
            f"{name_of(character)} has no place here",
            source.span(offset, offset + 1),
            help,
        )
        if len(report.found) >= MAX_ERRORS:
            return


_CLOSES = {")": "(", "]": "[", "}": "{"}


def _check_brackets(source: Source, report: Reporter) -> str:
    """Report brackets without a partner, where they open; the text without those declarations."""
    text = source.text
    bounds = [*(m.start() for m in _CHUNK.finditer(text)), len(text)]
    for start, end in zip([0, *bounds], bounds, strict=False):
        before = len(report.found)
        _check_chunk(source, report, start, end)
        if len(report.found) > before:
            text = _blanked(text, start, end)
    return text


def _blanked(text: str, start: int, end: int) -> str:
    """The text with a stretch made blank, lines and offsets kept."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _check_chunk(source: Source, report: Reporter, start: int, end: int) -> None:
    stack: list[int] = []
    suspect: int | None = None
    text = source.text
    for match in LEXEMES.finditer(text, start, end):
        if match.lastgroup != "bracket":
            continue
        at, bracket = match.start(), match.group()
        if bracket in "([{":
            stack.append(at)
            if len(stack) > MAX_NESTING:
                help = "move the inner part into a proc"
                report.error(
                    "TM004", f"nested deeper than {MAX_NESTING}", source.span(at, at + 1), help
                )
                return
        elif not stack or text[stack[-1]] != _CLOSES[bracket]:
            notes = [(source.span(stack[-1], stack[-1] + 1), "this is still open")] if stack else []
            report.error(
                "TM005", f"`{bracket}` closes nothing", source.span(at, at + 1), notes=notes
            )
            return
        else:
            opener = stack.pop()
            # A closing brace that stands left of the line of its opener belongs to an outer one.
            if suspect is None and bracket == "}" and _indent(source, at) < _indent(source, opener):
                suspect = opener
    if stack:
        opener = suspect if suspect is not None else stack[-1]
        what = "block" if text[opener] == "{" else "bracket"
        report.error(
            "TM005",
            f"this {what} is never closed",
            source.span(opener, opener + 1),
            f"add the missing `{dict(zip('([{', ')]}', strict=True))[text[opener]]}`",
        )


def _indent(source: Source, offset: int) -> int:
    line = source.line(source.position(offset)[0])
    return len(line) - len(line.lstrip())


# ------------------------------------------------------------------ the grammar


def _parse_by_declaration(text: str, source: Source, report: Reporter) -> Tree[Token]:
    """Parse; after an error blank out its declaration and parse again, to find the next error."""
    bounds = [0, *(m.start() for m in _CHUNK.finditer(text)), len(text)]
    while True:
        try:
            return parser().parse(text)
        except UnexpectedInput as error:
            offset = min(error.pos_in_stream, len(text))  # type: ignore[call-overload]
            if isinstance(error, UnexpectedToken) and error.token.type == "$END":
                offset = len(text.rstrip())
            diagnostic = _explain(error, source, offset)
            report.add(diagnostic)
            # At the start of a declaration the error lies in the one before, which is incomplete.
            inside = offset - 1 if offset in bounds and offset and text[:offset].strip() else offset
            start = max(b for b in bounds if b <= inside)
            end = min((b for b in bounds if b > inside), default=len(text))
            if not text[start:end].strip() or len(report.found) >= MAX_ERRORS:
                return Tree("start", [])
            text = _blanked(text, start, end)


_STATEMENTS = frozenset(
    [
        "LEFT",
        "RIGHT",
        "LET",
        "IF",
        "WHILE",
        "LOOP",
        "BREAK",
        "RETURN",
        "ACCEPT",
        "REJECT",
        "LOCAL",
        "MARK",
        "UNMARK",
        "KEEP",
        "ASSUME",
        "STEP",
        "FETCH",
        "SOLVE",
        "ANSWER",
    ]
)
_OPERATORS = frozenset(["PLUS", "MINUS", "STAR", "SLASH", "PERCENT"])
_PLAIN = {
    "NAME": "a name", "NUMBER": "a number", "SYMBOL": "a symbol like 'a'", "STRING": "a string",
    "BLANK": "`_`", "HOLE": "a hole like {t}", "$END": "the end of the file", "WRITE": "`:=`",
    "COMPARE": "a comparison", "ARROW": "`->`", "DOTDOT": "`..`", "ASSIGN": "`=`", "COLON": "`:`",
    "COMMA": "`,`", "DOT": "`.`", "BAR": "`|`", "PLUS": "`+`", "MINUS": "`-`", "STAR": "`*`",
    "SLASH": "`/`", "PERCENT": "`%`", "LPAR": "`(`", "RPAR": "`)`", "LSQB": "`[`", "RSQB": "`]`",
    "LBRACE": "`{`", "RBRACE": "`}`",
}  # fmt: skip


def _human(terminals: set[str]) -> str:
    """Terminals by their names for people, sorted, groups of them as one."""

    def named() -> Iterator[str]:
        left = set(terminals)
        for group, name in ((_STATEMENTS, "a statement"), (_OPERATORS, "an operator")):
            if group <= left:
                left -= group
                yield name
        if frozenset(d.upper() for d in DECLARATIONS) <= left:
            left -= {d.upper() for d in DECLARATIONS}
            yield "a declaration"
        for terminal in left:
            yield _PLAIN.get(terminal, f"`{terminal.lower()}`")

    names = sorted(named())
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def _explain(error: UnexpectedInput, source: Source, offset: int) -> Diagnostic:
    if isinstance(error, UnexpectedCharacters):
        return _explain_character(source, offset)
    if not isinstance(error, UnexpectedToken):
        return Diagnostic("TM006", "this cannot be read", source.span(offset, offset + 1))
    token = error.token
    span = source.span(offset, offset + max(1, len(token)))
    expected = set(error.accepts)
    found = "the end of the file" if token.type == "$END" else f"`{token}`"
    help = ""
    if token.type in ("ASSIGN", "COMPARE") and "WRITE" in expected:
        help = "`t := …` writes a symbol, `r = …` sets a register"
    elif token.type == "ASSIGN" and "COMPARE" in expected:
        help = "`==` compares"
    elif token.type == "ELSE" or (token.type == "IF" and "LBRACE" in expected):
        help = "write `elsif` for `else if`"
    elif token.type in ("NUMBER", "STRING") and "SYMBOL" in expected:
        help = "a symbol stands in single quotes: '0', '0'..'9'"
    elif token.type == "ASSIGN" and "COLON" in expected:
        help = "a register has a domain: `let r: 0..9 = …`"
    elif str(token) in KEYWORDS and "NAME" in expected:
        help = f"`{token}` is a word of the language and cannot be a name"
    return Diagnostic("TM006", f"expected {_human(expected)}, found {found}", span, help)


def _explain_character(source: Source, offset: int) -> Diagnostic:
    text = source.text
    character = text[offset]
    span = source.span(offset, offset + 1)
    if character == '"':
        line_end = text.find("\n", offset)
        span = source.span(offset, line_end if line_end >= 0 else len(text))
        return Diagnostic(
            "TM007", "this string is not closed on its line", span, 'add a closing `"`'
        )
    if character == "'":
        return Diagnostic(
            "TM007",
            "a symbol is one character in single quotes",
            span,
            r"like 'a'; `_` is the blank, '\'' a quote, '\\' a backslash",
        )
    if character == "_":
        return Diagnostic("TM007", "a name begins with a letter", span, "`_` alone is the blank")
    help = "nothing stands between statements but a space" if character == ";" else ""
    return Diagnostic("TM006", f"`{character}` means nothing here", span, help)
