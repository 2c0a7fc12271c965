"""The table of diagnostics: every code, what it means, and sources that bring it about.

A test elaborates each ``bad`` source and finds its code. ``python -m tm.language.codes`` prints
``docs/errors.md``.
"""

from __future__ import annotations

from typing import NamedTuple


class DiagnosticCode(NamedTuple):
    """A code of an error, or of a warning (``warning``), with sources that have the fault."""

    title: str
    bad: tuple[str, ...]
    warning: bool = False


_DIGITS = "tape t, u: '0'..'9'\n"
_MANY = "{" * 60


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


_WORDED = 'look: "{label}" look.d: "{value}" next: "." end: "." answer: "{value}"'

CODES: dict[str, DiagnosticCode] = {
    # ---------------------------------------------------------------- the text of a source
    "TM001": DiagnosticCode("the file cannot be read, or is not UTF-8 text", ()),
    "TM002": DiagnosticCode("the source is too large", ()),
    "TM003": DiagnosticCode(
        "a character that cannot be seen, or that the language does not use",
        ("tape t: '0'\nmain { left\u200b t }", "tape t: ‘0’\nmain { left t }", "main { \x00 }"),
    ),
    "TM004": DiagnosticCode(
        "nested too deep",
        (f"main {_MANY}", "class c = " + " | ".join(["'a'"] * 300) + "\n" + _main("left t")),
    ),
    "TM005": DiagnosticCode(
        "a bracket without its partner",
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
        "a word of the language is used as a name",
        ("tape left: '0'\nmain { accept }", _main("step next { }")),
    ),
    # ---------------------------------------------------------------- names
    "TM020": DiagnosticCode(
        "no such name",
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
        "a name has two meanings",
        (
            "tape t, t: '0'\nmain { left t }",
            _main("let t: 0..1 = 0 u := t"),
            _main("let q: 0..1 = 0 let q: 0..1 = 1 t := q"),
            "class c = '0'\nclass c = '1'\ntape t: c\nmain { left t }",
            _style(_WORDED + ' look: "again"'),
        ),
    ),
    "TM022": DiagnosticCode(
        "a tape, a register and a text are different things",
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
        "the arguments do not fit the proc",
        (
            _proc("proc p(a) { left a }", "p(t, u)"),
            _proc("proc p(a) { left a }", "p(3)"),
            _proc("proc p(a, b) { left a, b }", "p(t, t)"),
            _proc("proc p(n: text) { answer n }".replace("answer n", 'answer "{n}"'), "p(t)"),
        ),
    ),
    "TM026": DiagnosticCode(
        "not one machine",
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
            _main("t := 'a' + 1"),
            _main("let q: 0..3 = 1 if q in word { left t }"),
        ),
    ),
    "TM041": DiagnosticCode("a value outside of its domain", (_main("let q: 0..3 = 4 t := q"),)),
    "TM042": DiagnosticCode(
        "a symbol that the tape cannot hold", (_main("t := 'x'"), _rules("rule a ['x'] -> a"))
    ),
    "TM043": DiagnosticCode(
        "an order between things that have none",
        (_main("let r: lt | gt = lt if r < gt { left t }"),),
    ),
    "TM044": DiagnosticCode(
        "a proc ends without its value",
        (_proc("proc p(a) -> 0..9 { if a == 1 { return 1 } }", "let q: 0..9 = p(t) t := q"),),
    ),
    "TM045": DiagnosticCode(
        "a value where the proc has none",
        (
            _proc("proc p(a) { left a return 3 }", "p(t)"),
            _proc("proc p(a) { left a }", "let q: 0..9 = p(t) t := q"),
        ),
    ),
    "TM046": DiagnosticCode("`break` outside of a loop", (_main("break"),)),
    "TM047": DiagnosticCode(
        "no such head contract", (_proc("proc p(a at frist) { left a }", "p(t)"),)
    ),
    # ---------------------------------------------------------------- speech
    "TM050": DiagnosticCode(
        "an emission where none can stand",
        (_main('fetch "d" = {t}'), _main('step s { answer "{t}" }')),
    ),
    "TM051": DiagnosticCode(
        "a hole that means nothing",
        (
            _main('answer "{t.word.word}"'),
            _main('answer "{t.letters}"'),
            _main('step s { fetch "d" = {t.all} }'),
        ),
    ),
    "TM052": DiagnosticCode(
        "a style that leaves something out, or words what is never said",
        (
            _style('look: "."'),
            _style(_WORDED + ' lokk: "."'),
            _style(_WORDED.replace("{label}", "{x}")),
        ),
    ),
    "TM054": DiagnosticCode("an emission without a name", (_main('step s { solve "> 3" }'),)),
    # ---------------------------------------------------------------- rules
    "TM060": DiagnosticCode(
        "a rule goes to a state that has none",
        (_rules("rule a ['0'] -> bb"), "tape t: '0'\nstart x\nrule a ['0'] -> a"),
    ),
    "TM061": DiagnosticCode(
        "two rules for one situation",
        (_rules("rule a ['0'] -> a", "rule a ['0'] -> accept"),),
    ),
    "TM062": DiagnosticCode("as many cells as tapes", (_rules("rule a ['0', '1'] -> a"),)),
    "TM063": DiagnosticCode(
        "a cell that cannot stand there",
        (_rules("rule a [*] -> ['0' | '1'] [R] a"), _rules("rule a [*] -> ['0'] [UP] a")),
    ),
    "TM064": DiagnosticCode("rules need one start", ("tape t: '0'\nrule a ['0'] -> a",)),
    # ---------------------------------------------------------------- elaboration
    "TM070": DiagnosticCode(
        "a limit of the elaboration",
        (
            _DIGITS
            + "proc p0(a) { left a }\n"
            + "\n".join(f"proc p{i}(a) {{ p{i - 1}(a) p{i - 1}(a) }}" for i in range(1, 31))
            + "\nmain { p30(t) }",
        ),
    ),
    "TM071": DiagnosticCode("a loop that touches no tape", (_main("loop { }"),)),
    "TM072": DiagnosticCode(
        "nothing can be executed here",
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
        "many states",
        (
            _main(
                "let a: 0..9999 = 0 while a < 9999 { a = a + 1 right t } if a == 9999 { right u }"
            ),
        ),
        warning=True,
    ),
}


def page() -> str:
    """``docs/errors.md``: every code with the messages that its first bad source brings about."""
    from tm.language.diagnostics import SourceError
    from tm.pipeline import check_text

    lines = [
        "# Errors and warnings",
        "",
        "Rendered from `tm/language/codes.py` by `python -m tm.language.codes`. Each message is",
        "the real one for its source. `tmtail check FILE --json` prints the same for editors.",
    ]
    for code, entry in CODES.items():
        lines += ["", f"## {code}: {entry.title}" + (" (warning)" if entry.warning else "")]
        if not entry.bad:
            continue
        try:
            found = check_text(entry.bad[0], strict=True).warnings
        except SourceError as error:
            found = error.diagnostics
        shown = str(next(d for d in found if d.code == code))
        lines += ["", "```", *(line.rstrip() for line in shown.splitlines()), "```"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
