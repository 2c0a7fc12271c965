"""Mistakes that newcomers make in a source, each with the sentence that leads to its fix."""

from __future__ import annotations

import pytest

from tm import SourceError, check_text

TAPES = "tape t, u: '0'..'9'\n"

STATEMENTS = [
    # keywords, misspelt or of other languages
    ("whlie t == 1 { left t }", "no statement begins with `whlie`"),
    ("whlie t == 1 { left t }", "did you mean `while`?"),
    ("lef t", "did you mean `left`?"),
    ("lfet t", "did you mean `left`?"),
    ("Left t", "did you mean `left`?"),
    ("brake", "did you mean `break`?"),
    ("fetc \"x\" = {t}", "did you mean `fetch`?"),
    ("int q = 1", "declare a register: `let q: 0..9 = 0`"),
    ("var q: 0..9 = 1", "declare a register: `let q: 0..9 = 0`"),
    ("halt", "`accept` and `reject` end the run"),
    ("exit", "`accept` and `reject` end the run"),
    ("print t", "text is a string with placeholders"),
    ("goto x", "there are no jumps: use `loop`, `while` and `break`"),
    ("switch t { }", "write `if … { … } elsif … { … } else { … }`"),
    ("until t == 1 { left t }", "write `while not …`"),
    ("if t == 1 { left t } elif t == 2 { left u }", "write `elsif`"),
    ("if t == 1 { left t } otherwise { left u }", "write `else`"),
    ("if t == 1 then { left t }", "a block is written in braces"),
    ("while t == 1 do left t", "a block is written in braces"),
    ("while t != 1 left t", "a block is written in braces"),
    ("move t left", "`left t` and `right t` move the head of tape `t`"),
    ("t.left()", "`left t` and `right t` move a head"),
    ("for i in range(3) { left t }", "`for k in 1..4 { … }` counts between numbers"),
    ("for i = 1 to 3 { left t }", "`for k in 1..4 { … }` counts between numbers"),
    ("for c in t { left t }", "`each t { … }` visits the cells of t"),
    ("for (i = 0; i < 3; i++) { left t }", "`for k in 1..4 { … }` counts between numbers"),
    ("loop 3 { left t }", "write `repeat 3 { … }`"),
    ("repeat 3 times { left t }", "write `repeat 3 { … }`"),
    ("repeat { left t } until t == 1", "write `repeat 3 { … }`"),
    ("foreach t { left t }", "did you mean `each`?"),
    ("while True { left t }", "did you mean `true`?"),
    ("if t == 1 { pass }", "an empty block does nothing: `{ }`"),
    ("write t := 1", '`t := 1` writes a symbol, `write t "text"` a text'),
    ("let x: 0..3", "a register begins with a value: `let r: 0..9 = 0`"),
    ("let x: 0-3 = 0", "a range has two dots"),
    ('step "s" { }', 'write `step name at "{label}" { … }`'),
    ('step s { solve "d" {t} }', "write `=` before the value"),
    ('step s { fetch "d" = 3 }', 'a fixed value is a string: "3"'),
    ("left(t)", "write `left t`, without parentheses"),
    ("accept()", "write `accept`, without parentheses"),
    ("left t u", "separate tapes by commas: `left t, u`"),
    ("left t 2", "write `left t by 2`"),
    ("left t, u * 2", "write `left t by 2`"),
    ("do { left t } while t == 1", "write `loop { … if t == 1 { break } }`"),
    ("loop { loop { break 2 } }", "`break` is for the innermost loop"),
    ("if t in (1, 2) { left t }", "write the symbols with `|` between them"),
    ("if t in {1, 2} { left t }", "write the symbols with `|` between them"),
    ("if t in [1, 2] { left t }", "write the symbols with `|` between them"),
    ("if t == 1 { } else { } else { }", "`else` follows the block of an `if`, once"),
    ("if 1 < t < 3 { left t }", "join comparisons with `and`: `1 < t and t < 3`"),
    ("def f() { left t }", "declare a proc: `proc name(t) { … }`"),
    # operators
    ("left t // back", "a comment begins with `#`"),
    ("/* back */ left t", "a comment begins with `#`"),
    ("-- back\nleft t", "a comment begins with `#`"),
    ("let q: 0..9 = 0 q += 1 t := q", "write `q = q + 1`"),
    ("let q: 0..9 = 9 q -= 1 t := q", "write `q = q - 1`"),
    ("let q: 0..9 = 0 q++ t := q", "a register is increased by `r = r + 1`"),
    ("if t == 1 && u == 2 { left t }", "write `and`"),
    ("if t == 1 || u == 2 { left t }", "write `or`"),
    ("if !(t == 1) { left t }", "write `not`"),
    ("if t = 1 { left t }", "write `==` to compare"),
    ("if t := 1 { left t }", "write `==` to compare"),
    ("if t is 1 { left t }", "write `==` to compare"),
    ("if t === 1 { left t }", "write `==`"),
    ("if t <> 1 { left t }", "write `!=`"),
    ("if t => 1 { left t }", "write `>=`"),
    ("if t =< 1 { left t }", "write `<=`"),
    ("t <- 1", "`t := …` writes a symbol, `r = …` sets a register"),
    ("t == 1", "`t := …` writes a symbol, `r = …` sets a register"),
    ("u := t ** 2", "there is no power"),
    ("u := t ^ 2", "there is no power"),
    ("left t; right t", "separate statements by spaces or line breaks"),
    # writing, reading and moving as in other languages
    ("write(t, '1')", '`t := 1` writes a symbol, `write t "text"` a text'),
    ('write(t, "12")', '`t := 1` writes a symbol, `write t "text"` a text'),
    ("write '1'", '`t := 1` writes a symbol, `write t "text"` a text'),
    ("set t to 1", '`t := 1` writes a symbol, `write t "text"` a text'),
    ("t.write(1)", '`t := 1` writes a symbol, `write t "text"` a text'),
    ('t := "12"', '`t := 1` writes a symbol, `write t "text"` a text'),
    ('if t == "" { left t }', "`_` is the blank"),
    ('t := ""', "`_` is the blank"),
    ("t := ' '", "`_` is the blank; a space must be in the alphabet of `t`"),
    ("clear t", "`t := _` writes the blank"),
    ("t += 1", "or `t := t + 1` if it is a tape"),
    ("t++", "the symbol on a tape by `t := t + 1`"),
    ("if read(t) == 1 { left t }", "`t` alone is the symbol under its head"),
    ("if read t == 1 { left t }", "`t` alone is the symbol under its head"),
    ("if t.head == 1 { left t }", "`t` alone is the symbol under its head"),
    ("if t[0] == 1 { left t }", "`t` alone is the symbol under its head"),
    ("t[0] := 1", "`t` alone is the symbol under its head"),
    ("if is_blank(t) { left t }", "`t` alone is the symbol under its head"),
    ("move(t, right)", "`left t` and `right t` move the head of tape `t`"),
    ("t.move(1)", "`left t` and `right t` move the head of tape `t`"),
    ("go right", "`left t` and `right t` move the head of tape `t`"),
    ("mark(t)", "write `mark t`, without parentheses"),
    ("assert(t == 1)", "write `assume t == 1`"),
    ("call f()", "a proc is called by its name: `p(t)`"),
    ("exit()", "`accept` and `reject` end the run"),
    ("tape v: '0'", "`tape` belongs outside of `main { … }` and of procs"),
    ("each t: { left t }", "write `each t { … }`"),
    ("return 1", 'the answer of a machine is on a tape: `answer "{out.all}"`'),
    ('accept "yes"', "`accept` and `reject` have no value"),
    ("accept t", "`accept` and `reject` have no value"),
    # symbols, values and names
    ('t := "0"', "write symbols in single quotes"),
    ("t := 12", "a cell holds one symbol: write a number digit by digit"),
    ("t := ''", "`_` is the blank"),
    ("if t == blank { left t }", "the blank is written `_`"),
    ("if t == null { left t }", "the blank is written `_`"),
    ("if r == gt { left t }", "a member belongs to the domain of a register"),
    ("let q = 0", "a register needs a domain: `let q: 0..9 = …`"),
    ("let q: int = 0 t := q", "a domain is 0..9, lt | eq | gt, an enum or a class"),
    ("let q: digit = '0' t := q", "it is in a library: `import std.decimal`"),
    ("q = 1", "declare it: `let q: 0..9 = …`"),
    ("if t == 1 { let q: 0..9 = 3 t := q } u := q", "a register exists until its block ends"),
    ("if t == 1 { let q: 0..9 = 3 t := q } q = 2", "a register exists until its block ends"),
    ("compare(t, u)", "it is in a library: `import std.decimal`"),
    ("copy(t, u)", "it is in a library: `import std.words`"),
    ("incr(t)", "declare it: `proc incr(…) { … }`"),
    # text
    ("fetch d = {t}", 'the name of a value is a string: `fetch "x" = {t}`'),
    ('print("t is {t}")', 'write `print "t = {t}"`, without parentheses'),
    ('print "t is ", t', "a value belongs in the text"),
    ('answer "{t}" + "."', "a value belongs in the text"),
    ("log(t)", '`print "t = {t}"` shows a line for you'),
    ('answer("{t.all}")', 'write `answer "{t.all}"`, without parentheses'),
    ('fetch("x", t)', 'write `fetch "x" = {t}`, without parentheses'),
    ('step s "x" { left t }', 'write `step name at "{label}" { … }`'),
    ('step s { fetch "d" = t }', "put the name in braces: `{t}`"),
    ("answer t", 'text is a string with placeholders, such as "{t.all}"'),
]  # fmt: skip
"""Bodies of ``main``, each with a part of the message or of its help."""

FILES = [
    ("// adder\ntape t: '0'\nmain { left t }", "a comment begins with `#`"),
    ("tapes t: '0'\nmain { left t }", "did you mean `tape`?"),
    ("tape t: '0'\nMain { left t }", "did you mean `main`?"),
    ("tape t: '0'\nmain() { left t }", "write `main { … }`"),
    ("tape t: '0'\nfunction f(t) { left t }\nmain { left t }", "declare a proc"),
    ("tape t: '0'\nproc f { left t }\nmain { left t }", "write `proc name(t, u) { … }`"),
    ("tape t: '0'\nproc f(t) { left t }\nmain { f t }", "with parentheses: `f(t)`"),
    ("tape t: '0'\nleft t", "statements belong inside of `main { … }` or a proc"),
    ("tape t: a..z\nmain { left t }", "write symbols in single quotes"),
    ("tape t: 0..9\nmain { left t }", "write symbols in single quotes"),
    ('tape t: "01"\nmain { left t }', "write symbols in single quotes"),
    ('tape t: "0".."9"\nmain { left t }', "write symbols in single quotes"),
    ("tape t: x\nmain { left t }", "a symbol is written in single quotes: 'x'"),
    ("tape word: '0'\nmain { left word }", "choose another name, such as `word1`"),
    ("tape t: '0' | blank\nmain { left t }", "the blank is written `_`"),
    ("tape t: '0'\nproc f(t: tape) { left t }\nmain { f(t) }", "a tape parameter has no domain"),
    ("tape t: '0'\nstate a\nrule a ['0'] -> a", "did you mean `start`?"),
    ("tape t: '0'\nstart a\nrule a ['0'] -> halt", "`accept` and `reject` end the run"),
    ("tape t: digit\nmain { left t }", "it is in a library: `import std.decimal`"),
    ("tape t: '0'..'9', 'x'\nmain { left t }", "the symbols with `|` between them"),
    ("tape t = '0'..'9'\nmain { left t }", "a colon, then the symbols"),
    ("tape t\nmain { left t }", "a colon, then the symbols"),
    ("class d: '0'..'9'\ntape t: d\nmain { left t }", "write `class digit = '0'..'9'`"),
    ("enum e: a | b\ntape t: '0'\nmain { left t }", "write `enum order = lt | eq | gt`"),
    ("import words\ntape t: '0'\nmain { left t }", "write `import std.words`"),
    ("from std import words\ntape t: '0'\nmain { left t }", "write `import std.words`"),
    ("import std.word\ntape t: '0'\nmain { left t }", "did you mean `words`?"),
    ("tape t: '0'\nstart a\nrule a '0' -> a", "brackets with an entry for each tape"),
    ("tape t: '0'\nstart a\nrule a ['0'] => ['0'] [R] a", "write `->`"),
    ("tape t: '0'\nstart a\nrule a [0] -> a", "write symbols in single quotes"),
]
"""Whole sources."""


def messages(source: str) -> str:
    with pytest.raises(SourceError) as caught:
        check_text(source)
    return str(caught.value)


@pytest.mark.parametrize(("body", "sentence"), STATEMENTS)
def test_a_mistake_in_a_statement(body: str, sentence: str) -> None:
    assert sentence in messages(f"{TAPES}main {{\n{body}\n}}\n")


@pytest.mark.parametrize(("source", "sentence"), FILES)
def test_a_mistake_in_a_declaration(source: str, sentence: str) -> None:
    assert sentence in messages(source)


def test_an_unknown_member_is_not_taken_for_a_tape() -> None:
    assert "did you mean `t`?" not in messages(f"{TAPES}main {{ if r == gt {{ left t }} }}")


def test_a_register_whose_block_has_ended_is_shown() -> None:
    body = "if t == 1 { let q: 0..9 = 3 t := q }\nu := q"
    assert "machine.tm:2:24: note: declared here" in messages(f"{TAPES}main {{ {body} }}")


def test_a_wrong_domain_gives_one_error() -> None:
    assert messages(f"{TAPES}main {{ let q: int = 0 t := q left u }}").count("error[") == 1


def test_a_hint_names_no_comment_of_a_line_above() -> None:
    shown = messages(f"{TAPES}main {{ left t # lef t\n+ 1 }}")
    assert "no statement begins" not in shown


@pytest.mark.parametrize("end", ["accept", "reject"])
def test_a_value_of_return_that_ends_the_run(end: str) -> None:
    (warning,) = check_text(f"{TAPES}main {{ u := t return {end} }}").warnings
    assert warning.help == "`accept` and `reject` alone end the run"
