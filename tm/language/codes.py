"""The table of diagnostics: every code, its meaning, and sources that cause it.

A test checks that each example causes its code. ``python -m tm.language.codes`` prints
``docs/errors.md``.
"""

from __future__ import annotations

from typing import NamedTuple

from tm.language.diagnostics import SourceError
from tm.pipeline import check_text


class DiagnosticCode(NamedTuple):
    """A kind of fault.

    Attributes
    ----------
    examples
        Sources that have the fault; none where it lies in the file, not in its text.
    warning
        Whether it is a warning; otherwise it is an error.
    """

    title: str
    examples: tuple[str, ...]
    warning: bool = False


_DIGITS = "tape t, u: '0'..'9'\n"
_BRACES = "{" * 60


def _main(body: str) -> str:
    return f"{_DIGITS}main {{ {body} }}"


def _proc(proc: str, call: str) -> str:
    return f"{_DIGITS}{proc}\nmain {{ {call} }}"


def _rules(*rules: str) -> str:
    return "tape t: '0' | '1'\nstart a\n" + "\n".join(rules)


def _style(wordings: str) -> str:
    return (
        "tape t: '0'..'9'\n"
        'main { step look at "{t}" { fetch "d" = {t} } answer "{t.all}" }\n'
        f"style plain {{ {wordings} }}"
    )


_COMPLETE = 'look: "{label}" look.d: "{value}" next: "." end: "." answer: "{value}"'

CODES: dict[str, DiagnosticCode] = {
    # ---------------------------------------------------------------- the text of a source
    "TM001": DiagnosticCode("the file cannot be read, or is not UTF-8 text", ()),
    "TM002": DiagnosticCode("the source is too large", ()),
    "TM003": DiagnosticCode(
        "a character that is invisible or not part of the language",
        ("tape t: '0'\nmain { left\u200b t }", "tape t: ‘0’\nmain { left t }", "main { \x00 }"),
    ),
    "TM004": DiagnosticCode(
        "code is nested too deeply",
        (f"main {_BRACES}", "class c = " + " | ".join(["'a'"] * 300) + "\n" + _main("left t")),
    ),
    "TM005": DiagnosticCode(
        "a bracket without a matching bracket",
        ("tape t: '0'\nmain { while t == 0 { left t\n}\n", "tape t: '0'\nmain { left t } }"),
    ),
    "TM006": DiagnosticCode(
        "the grammar expects something else here",
        (_main("left"), _main("t = = 3"), "tape t '0'\nmain { left t }", _main("left t ;")),
    ),
    "TM007": DiagnosticCode(
        "a malformed symbol, string, escape or range",
        (
            "tape t: 'ab'\nmain { left t }",
            "tape t: 'a'\nmain { answer \"no end }",
            _main('answer "\\q"'),
            "tape t: '9'..'0'\nmain { left t }",
            _main("let q: 9..0 = 1 t := q"),
        ),
    ),
    "TM008": DiagnosticCode("a number is too large", (_main("let q: 0..99999 = 1 t := q"),)),
    "TM009": DiagnosticCode(
        "a keyword is used as a name",
        ("tape left: '0'\nmain { accept }", _main("step next { }")),
    ),
    # ---------------------------------------------------------------- names
    "TM020": DiagnosticCode(
        "an unknown name",
        (
            _main("left tt"),
            _main("if t in digt { left t }"),
            _main("if t == nothing { left t }"),
            _main("incr(t)"),
            _main("let q: colour = 1 t := q"),
            _proc("proc p(a) { left t }", "p(u)"),
        ),
    ),
    "TM021": DiagnosticCode(
        "a name with more than one meaning",
        (
            "tape t, t: '0'\nmain { left t }",
            _main("let t: 0..1 = 0 u := t"),
            _main("let q: 0..1 = 0 let q: 0..1 = 1 t := q"),
            "class c = '0'\nclass c = '1'\ntape t: c\nmain { left t }",
            _style(_COMPLETE + ' look: "again"'),
        ),
    ),
    "TM022": DiagnosticCode(
        "a tape, a register or a text is used as one of the others",
        (
            _main("t = 1"),
            _main("let q: 0..1 = 0 q := 1 t := q"),
            _main("let q: 0..1 = 0 left q t := q"),
            _main("local tape s: '0' left s"),
        ),
    ),
    "TM023": DiagnosticCode(
        "an import that cannot be followed",
        ("import std.nothing\nmain { accept }", 'import "../x.tm"\nmain { accept }'),
    ),
    "TM024": DiagnosticCode(
        "procs call each other in a cycle",
        (_proc("proc p(a) { q(a) }\nproc q(a) { p(a) }", "p(t)"),),
    ),
    "TM025": DiagnosticCode(
        "the arguments do not match the parameters of the proc",
        (
            _proc("proc p(a, b) { left a, b }", "p(t)"),
            _proc("proc p(a) uses u { left a, u }", "p(u)"),
            _proc("proc p(a) { left a }", "p(3)"),
            _proc("proc p(a, b) { left a, b }", "p(t, t)"),
            _proc("proc p(n: text) { answer n }".replace("answer n", 'answer "{n}"'), "p(t)"),
        ),
    ),
    "TM026": DiagnosticCode(
        "the file is not exactly one machine",
        (
            "tape t: '0'",
            "main { accept }\nmain { accept }",
            _main("accept") + "\nrule a [*, *] -> a",
        ),
    ),
    # ---------------------------------------------------------------- values
    "TM040": DiagnosticCode(
        "a value of the wrong kind",
        (
            _main("let r: lt | gt = lt t := r"),
            _main("let r: lt | gt = lt if r == 3 { left t }"),
            _main("t := 'a' * 2"),
            _main("t := 'a' + 'b'"),
            _main("if t { left t }"),
            _proc("proc p(a) -> 0..9 { return a }", "t := (u or p(t))"),
            _main("let q: 0..3 = 1 if q in word { left t }"),
            _main("t := u.next"),
            _main("if t.next == t { left t }"),
            _main("t := (u or t.next)"),
        ),
    ),
    "TM041": DiagnosticCode("a value outside its domain", (_main("let q: 0..3 = 4 t := q"),)),
    "TM042": DiagnosticCode(
        "a symbol that the tape cannot hold", (_main("t := 'x'"), _rules("rule a ['x'] -> a"))
    ),
    "TM043": DiagnosticCode(
        "an order comparison of values that have no order",
        (_main("let r: lt | gt = lt if r < gt { left t }"),),
    ),
    "TM044": DiagnosticCode(
        "a proc can end without returning its value",
        (_proc("proc p(a) -> 0..9 { if a == 1 { return 1 } }", "let q: 0..9 = p(t) t := q"),),
    ),
    "TM045": DiagnosticCode(
        "a value of a proc that returns none",
        (
            _proc("proc p(a) { left a return 3 }", "p(t)"),
            _proc("proc p(a) { left a }", "let q: 0..9 = p(t) t := q"),
        ),
    ),
    "TM046": DiagnosticCode(
        "`break`, `continue` or `at end` outside its loop",
        (_main("break"), _main("continue"), _main("loop { at end }")),
    ),
    "TM047": DiagnosticCode(
        "an unknown head contract", (_proc("proc p(a at frist) { left a }", "p(t)"),)
    ),
    "TM048": DiagnosticCode(
        "an `each` block, or the block after a call, where it does not fit",
        (
            _proc("proc p(a) { each { left a } }", "p(t)"),
            _proc("proc p(a) { left a }", "p(t) each() { body }"),
            _proc("proc p(a) each() { each { left a } }", "p(t) each() { right u }"),
            _proc(
                "proc p(a) each(r) { let r = a == 1  each { left a } }",
                "p(t) each() { body }",
            ),
            _proc("proc p(a) each() { each { left a } }", "p(t) each() { body return }"),
            _main("body"),
        ),
    ),
    # ---------------------------------------------------------------- speech
    "TM050": DiagnosticCode(
        "an emission or an answer that is not allowed here",
        (_main('fetch "d" = {t}'), _main('step s { answer "{t}" }')),
    ),
    "TM051": DiagnosticCode(
        "an unknown placeholder or capture",
        (
            _main('answer "{t.word.word}"'),
            _main('answer "{t.letters}"'),
            _main("if t.cell == 1 { left t }"),
            _main('step s { fetch "d" = {t.all} }'),
        ),
    ),
    "TM052": DiagnosticCode(
        "a style without a needed wording, or with a wording that does not fit the machine",
        (
            _style('look: "."'),
            _style(_COMPLETE + ' lokk: "."'),
            _style(_COMPLETE.replace("{label}", "{x}")),
        ),
    ),
    "TM054": DiagnosticCode("an emission without a name", (_main('step s { solve "> 3" }'),)),
    # ---------------------------------------------------------------- rules
    "TM060": DiagnosticCode(
        "a rule or `start` names a state without rules",
        (_rules("rule a ['0'] -> bb"), "tape t: '0'\nstart x\nrule a ['0'] -> a"),
    ),
    "TM061": DiagnosticCode(
        "two rules apply to one situation",
        (_rules("rule a ['0'] -> a", "rule a ['0'] -> accept"),),
    ),
    "TM062": DiagnosticCode(
        "a rule whose number of cells is not the number of tapes",
        (_rules("rule a ['0', '1'] -> a"),),
    ),
    "TM063": DiagnosticCode(
        "a cell that is not allowed as a write or a move",
        (_rules("rule a [*] -> ['0' | '1'] [R] a"), _rules("rule a [*] -> ['0'] [UP] a")),
    ),
    "TM064": DiagnosticCode(
        "rules without exactly one `start`", ("tape t: '0'\nrule a ['0'] -> a",)
    ),
    # ---------------------------------------------------------------- elaboration
    "TM070": DiagnosticCode(
        "a limit of the elaboration is exceeded",
        (
            _DIGITS
            + "proc p0(a) { left a }\n"
            + "\n".join(f"proc p{i}(a) {{ p{i - 1}(a) p{i - 1}(a) }}" for i in range(1, 31))
            + "\nmain { p30(t) }",
        ),
    ),
    "TM071": DiagnosticCode("a loop that touches no tape", (_main("loop { }"),)),
    "TM072": DiagnosticCode(
        "a state in which nothing can be executed",
        (_main("let q: 0..3 = 3 q = q + 1 t := q"),),
    ),
    "TM073": DiagnosticCode(
        "a situation without a transition (`check --strict`)", (_main("u := t + 1"),), warning=True
    ),
    # ---------------------------------------------------------------- warnings
    "TM080": DiagnosticCode(
        "something is never used",
        (
            "import std.words\n" + _main("left t, u"),
            _main("left t"),
            _main("let q: 0..1 = 0 left t, u"),
            _proc("proc p(a) { left a }", "left t, u"),
        ),
        warning=True,
    ),
    "TM081": DiagnosticCode(
        "something is never reached",
        (_main("accept left t, u"), _rules("rule a [*] -> accept", "rule b [*] -> a")),
        warning=True,
    ),
    "TM082": DiagnosticCode(
        "a test that is never true",
        (_main("if t == 'x' { left t, u }"), _main("if t in 'a'..'c' { left t, u }")),
        warning=True,
    ),
    "TM083": DiagnosticCode(
        "the machine has many states",
        (
            _main(
                "let a: 0..9999 = 0 while a < 9999 { a = a + 1 right t } if a == 9999 { right u }"
            ),
        ),
        warning=True,
    ),
    "TM084": DiagnosticCode(
        "a part of a class or domain that changes nothing",
        (
            _main("let r: lt | eq | lt = eq if r == eq { left t, u }"),
            "tape t: '0'..'9' | '5'\nmain { left t }",
            "tape t: '0'..'9' - 'x'\nmain { left t }",
            "enum e = red | red\n" + _main("let r: e = red if r == red { left t, u }"),
        ),
        warning=True,
    ),
    "TM085": DiagnosticCode(
        "a text without an answer",
        (_main('step move { solve "moved" left t, u }'),),
        warning=True,
    ),
}


def page() -> str:
    """Return ``docs/errors.md``: every code with the message for its first example."""
    lines = [
        "# Errors and warnings",
        "",
        "Printed by `python -m tm.language.codes` from `tm/language/codes.py`. Each message is the",
        "actual one for an example of its code. `tmtail check FILE --json` prints diagnostics for",
        "editors.",
    ]
    for code, entry in CODES.items():
        lines += ["", f"## {code}: {entry.title}" + (" (warning)" if entry.warning else "")]
        if not entry.examples:
            continue
        try:
            diagnostics = check_text(entry.examples[0], strict=True).warnings
        except SourceError as error:
            diagnostics = error.diagnostics
        message = str(next(d for d in diagnostics if d.code == code))
        lines += ["", "```", *(line.rstrip() for line in message.splitlines()), "```"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
