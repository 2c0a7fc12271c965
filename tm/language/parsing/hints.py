"""Hints for syntax errors: misspelt keywords, and forms that other languages have."""

from __future__ import annotations

import re
from typing import NamedTuple

from tm.language.parsing.keywords import DECLARATIONS, STATEMENTS
from tm.support.suggestions import did_you_mean

_OPERATORS = {
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "!": "write `not`",
    "===": "write `==`",
    "!==": "write `!=`",
    "<>": "write `!=`",
    "/=": "write `!=` to compare; a register is set by `r = r / 2`",
    "=<": "write `<=`",
    "=>": "write `>=`",
    "<-": "`t := …` writes a symbol, `r = …` sets a register",
    "**": "there is no power: multiply in a loop",
    "^": "there is no power: multiply in a loop",
    "//": "a comment begins with `#`; `/` divides whole numbers",
    "/*": "a comment begins with `#` and ends with its line",
    "--": "a comment begins with `#`; a register is decreased by `r = r - 1`",
    "++": "a register is increased by `r = r + 1`, the symbol on a tape by `t := t + 1`",
    ";": "separate statements by spaces or line breaks",
}
"""Operators of other languages, each with what to write."""

_DECLARE_PROC = "declare a proc: `proc name(t) { … }`"
_DECLARE_REGISTER = "declare a register: `let q: 0..9 = 0`"
_END_RUN = "`accept` and `reject` end the run, `break` leaves a loop, `return` a proc"
_SAY = 'text is written by `fetch`, `solve` and `answer`; `print "t = {t}"` shows a line for you'
_WRITE = '`t := 1` writes a symbol, `write t "text"` a text'
_WRITE_BLANK = "`t := _` writes the blank"
READ_HINT = "`t` alone is the symbol under its head, `t.next` the one right of it, `_` the blank"
_MOVE = "`left t` and `right t` move the head of tape `t`"
_IMPORT = 'write `import std.words`, or `import "file.tm"` for a file'
_BRANCH = "write `if … { … } elsif … { … } else { … }`"
_BLOCK = "a block is written in braces: `if t == 1 { … }`"

_WORDS = {
    **dict.fromkeys(("def", "fn", "func", "fun", "function", "procedure", "void"), _DECLARE_PROC),
    **dict.fromkeys(
        ("var", "int", "integer", "const", "char", "auto", "reg", "register"),
        _DECLARE_REGISTER,
    ),
    **dict.fromkeys(("halt", "stop", "exit", "end", "done", "fail", "quit"), _END_RUN),
    **dict.fromkeys(("raise", "throw", "error", "panic"), _END_RUN),
    **dict.fromkeys(("echo", "say", "puts", "printf", "println", "output", "log"), _SAY),
    **dict.fromkeys(("write", "put", "set", "emit", "store", "append"), _WRITE),
    **dict.fromkeys(("read", "get", "peek", "value", "cell", "symbol", "head"), READ_HINT),
    **dict.fromkeys(("is_blank", "is_empty", "empty", "length", "len"), READ_HINT),
    **dict.fromkeys(("erase", "clear", "delete", "blank"), _WRITE_BLANK),
    **dict.fromkeys(("move", "go", "shift", "move_left", "move_right"), _MOVE),
    **dict.fromkeys(("from", "use", "using", "include", "require"), _IMPORT),
    **dict.fromkeys(("switch", "match", "case", "when"), _BRANCH),
    **dict.fromkeys(("elif", "elseif", "elsf"), "write `elsif`"),
    **dict.fromkeys(("then", "do", "begin"), _BLOCK),
    **dict.fromkeys(("is", "equals"), "write `==` to compare"),
    **dict.fromkeys(("skip", "pass", "noop"), "an empty block does nothing: `{ }`"),
    **dict.fromkeys(("times", "forever"), "write `repeat 3 { … }`, or `loop { … }`"),
    **dict.fromkeys(("goto", "jump"), "there are no jumps: use `loop`, `while` and `break`"),
    "otherwise": "write `else`",
    "until": "write `while not …`",
    "assert": "write `assume t == 1`",
    "call": "a proc is called by its name: `p(t)`",
    "stay": "a head stays until a statement moves it",
    "alphabet": "the symbols of a tape follow its name: `tape t: '0'..'9'`",
}
"""Words that begin a statement, a call or a declaration elsewhere, each with what to write."""

_WITHOUT_PARENTHESES = {
    **{word: f"`{word}`" for word in ("accept", "reject", "break", "continue")},
    **{word: f"`{word} t`" for word in ("left", "right", "mark", "unmark")},
    **{word: f'`{word} "x" = {{t}}`' for word in ("fetch", "solve")},
    "print": '`print "t = {t}"`',
    "answer": '`answer "{t.all}"`',
}
"""Statements that newcomers write like calls, each as it is written."""

_DECLARED = {
    "tape": "write `tape t: '0'..'9' | 'x'`: a colon, then the symbols with `|` between them",
    "class": "write `class digit = '0'..'9'`",
    "enum": "write `enum order = lt | eq | gt`",
    "import": _IMPORT,
    "proc": "write `proc name(t, u) { … }`",
    "main": "write `main { … }`; the machine's tapes are known in it",
    "rule": "write `rule state ['0'] -> ['1'] [R] next`: brackets with an entry for each tape",
}
"""The form of each declaration."""

_NO_VALUE = '`accept` and `reject` have no value: `answer "{t.all}"` writes the answer'
_BARE_SYMBOL = "write symbols in single quotes: '0', '0'..'9'"
_RUN = re.compile(r"[-+*/%=<>!&|^:;]+")
_LAST_WORD = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*$")
_HEAD_LIST = re.compile(r"\b(left|right)\s+\w+(?:\s*,\s*\w+)*\s+$")
_DECLARATION = re.compile(rf"^\s*({'|'.join(DECLARATIONS)})\b", re.MULTILINE)


class Fault(NamedTuple):
    """A syntax error: the text before it, the text from it, and the terminals around it.

    Attributes
    ----------
    terminal
        The terminal that was found, or the empty string for a character that belongs to none.
    expected
        The terminals that the grammar allows here.
    """

    before: str
    rest: str
    terminal: str
    expected: frozenset[str]

    @property
    def word(self) -> str:
        """The word that was found, or the empty string."""
        match = re.match(r"[A-Za-z][A-Za-z0-9_]*", self.rest)
        return match.group() if match else ""

    @property
    def last_word(self) -> str:
        """The word right before the fault, or the empty string."""
        match = _LAST_WORD.search(self._line_before)
        return match.group(1) if match else ""

    @property
    def operators(self) -> str:
        """The run of operator characters around the place of the fault."""
        start = len(self.before)
        line = self._line_before
        while line and _RUN.fullmatch(line[-1]):
            start, line = start - 1, line[:-1]
        match = _RUN.match(self.before[start:] + self.rest.split("\n", 1)[0])
        return match.group() if match else ""

    @property
    def declaration(self) -> str:
        """The keyword of the declaration that contains the fault, or the empty string."""
        keywords = _DECLARATION.findall(self.before)
        return keywords[-1] if keywords else ""

    @property
    def _line_before(self) -> str:
        """The text before the fault that is not a comment of an earlier line."""
        lines = self.before.rstrip().rsplit("\n", 1)
        return "" if "#" in lines[-1] else self.before


def unknown_statement(fault: Fault) -> str:
    """Return the word that stands where a statement begins and begins none, or the empty string."""
    if not {"WRITE", "ASSIGN", "LPAR"} <= fault.expected or fault.rest[:1] in ("+", "-"):
        return ""
    return "" if fault.operators in _OPERATORS else fault.last_word


def hint(fault: Fault) -> str:
    """Return what to write instead, or the empty string."""
    return (
        _operator_hint(fault)
        or _word_hint(fault)
        or _statement_hint(fault)
        or _declaration_hint(fault)
    )


def _operator_hint(fault: Fault) -> str:
    run = fault.operators
    if run[:2] == "=>" and "ARROW" in fault.expected:
        return "write `->`"
    if re.fullmatch(r"[-+*%]=", run) and fault.last_word:
        name = re.search(r"(\w+)\s*\W*$", fault.before)
        register = name.group(1) if name else "r"
        return (
            f"write `{register} = {register} {run[0]} 1`, "
            f"or `{register} := {register} {run[0]} 1` if it is a tape"
        )
    if run in ("=", ":=") and "COMPARE" in fault.expected:
        return "write `==` to compare"
    if run == "==" and "COMPARE" not in fault.expected:
        return _OPERATORS["<-"]
    if run == "|" and "AND" in fault.expected:
        return "write `or`"
    if run in _OPERATORS and fault.terminal not in ("STRING", "SYMBOL"):
        return _OPERATORS[run]
    return next((help for form, help in _OPERATORS.items() if run.startswith(form)), "")


def _word_hint(fault: Fault) -> str:
    """Return a hint for a word that begins nothing, or stands where an operator or block does."""
    if begun := unknown_statement(fault):
        if _HEAD_LIST.search(fault.before[: fault.before.rindex(begun)]):
            return f"separate tapes by commas: `left t, {begun}`"
        if method := re.match(r"\.\s*(\w+)", fault.rest):
            return _WORDS.get(method.group(1)) or f"`left {begun}` and `right {begun}` move a head"
        if re.search(rf"\b(accept|reject)\s+{begun}\s*$", fault.before):
            return _NO_VALUE
        if fault.rest.startswith("["):
            return READ_HINT
        if begun in DECLARATIONS:
            return f"`{begun}` belongs outside of `main {{ … }}` and of procs"
        if re.search(rf"\bproc\s+{begun}\b", fault.before + fault.rest):
            return f"a proc is called with parentheses: `{begun}(t)`"
        if begun == "do":
            return "write `loop { … if t == 1 { break } }`"
        return foreign_word(begun, STATEMENTS) or (
            "a statement writes (`t := …`), assigns (`r = …`), calls (`p(t)`) or begins with a "
            "keyword"
        )
    word = fault.word
    if not word or fault.terminal != "NAME":
        return ""
    if word in _WORDS:
        return _WORDS[word]
    if "TAPE" in fault.expected and "MAIN" in fault.expected:
        return foreign_word(word, DECLARATIONS)
    return ""


def foreign_word(word: str, keywords: tuple[str, ...]) -> str:
    """Return what to write instead of an unknown word where one of these keywords is expected."""
    return _WORDS.get(word.lower(), "") or did_you_mean(word.lower(), keywords)


def _statement_hint(fault: Fault) -> str:
    """Return a hint for the form of a statement or an expression."""
    found, expected, last = fault.terminal, fault.expected, fault.last_word
    if found == "LPAR" and last in _WITHOUT_PARENTHESES:
        return f"write {_WITHOUT_PARENTHESES[last]}, without parentheses"
    if found == "STRING" and last in ("accept", "reject"):
        return _NO_VALUE
    if re.search(r'\b(print|answer)\s+"[^"\n]*"\s*$', fault.before):
        return 'a value belongs in the text: `print "t = {t}"`'
    if re.search(r"\beach\s+((left|right)\s+)?\w+(\s*,\s*\w+)*\s*$", fault.before):
        return "write `each t { … }`, or `each t, u { … }` for several tapes"
    if "OR" in expected and (fault.rest[:1] in (".", "[") or last == "read"):
        return READ_HINT
    if re.match(r"\d|\*", fault.rest) and re.search(r"\b(left|right)\b[\s\w,]*$", fault.before):
        return "write `left t by 2` to move several cells"
    if found == "NUMBER" and last in ("break", "continue"):
        return f"`{last}` is for the innermost loop"
    if fault.rest[:1] in ("(", "[", "{") and last == "in":
        return "write the symbols with `|` between them: `t in '1' | '2'`"
    if found == "COMPARE" and "AND" in expected:
        return "join comparisons with `and`: `1 < t and t < 3`"
    if re.search(r"\bfor\b[^{\n]*$", fault.before):
        return "`for k in 1..4 { … }` counts between numbers; `each t { … }` visits the cells of t"
    if last in ("loop", "repeat") and found in ("NUMBER", "NAME", "PLACEHOLDER", "LBRACE"):
        return "write `repeat 3 { … }` for a number of times, `loop { … }` without end"
    if re.search(r"\bstep(\s+\w+)?\s*$", fault.before):
        return 'write `step name at "{label}" { … }`'
    if re.search(r"\bwrite\s+\w+\s*$", fault.before):
        return _WRITE
    if fault.rest.startswith('""') and "NUMBER" in expected:
        return "`_` is the blank"
    if re.match(r'"(?!.")', fault.rest) and "MARKED" in expected:
        return _WRITE
    if found in ("NUMBER", "STRING") and "SYMBOL" in expected:
        return _BARE_SYMBOL
    if found == "DOTDOT" and "BAR" in expected:
        return _BARE_SYMBOL
    if re.search(r"\blet\s+\w+\s*:[^=\n]*$", fault.before):
        if "DOTDOT" in expected:
            return "a range has two dots: `let r: 0..9 = 0`"
        return "a register begins with a value: `let r: 0..9 = 0`"
    if found in ("ASSIGN", "COMPARE") and "WRITE" in expected:
        return "`t := …` writes a symbol, `r = …` sets a register"
    if found == "ELSE":
        return "`else` follows the block of an `if`, once"
    if found == "ASSIGN" and expected == {"COLON"}:
        return "a register needs a domain: `let r: 0..9 = …`"
    if "STRING" in expected and re.search(r"\b(fetch|solve)\s+\w*\s*$", fault.before):
        return 'the name of a value is a string: `fetch "x" = {t}`'
    if found == "PLACEHOLDER" and re.search(r'\b(fetch|solve)\b[^=\n]*"$', fault.before.rstrip()):
        return 'write `=` before the value: `fetch "x" = {t}`'
    if "PLACEHOLDER" in expected and found == "NUMBER":
        return 'a fixed value is a string: "3"'
    if "PLACEHOLDER" in expected and found == "NAME":
        return f"put the name in braces: `{{{fault.word}}}`"
    if expected == {"STRING"}:
        return 'text is a string with placeholders, such as "{t.all}"'
    if "OR" in expected or ("LBRACE" in expected and last in ("loop", "else")):
        return _BLOCK
    if "TAPE" in expected and "MAIN" in expected and fault.word in STATEMENTS:
        return "statements belong inside of `main { … }` or a proc"
    return ""


def _declaration_hint(fault: Fault) -> str:
    """Return the form of the declaration that the fault lies in, outside of its block."""
    opened = fault.before.rpartition(fault.declaration)[2] if fault.declaration else "{"
    return "" if "{" in opened else _DECLARED.get(fault.declaration, "")
