"""Hypothesis strategies for programs: sources of the language that can be elaborated."""

from __future__ import annotations

from hypothesis import strategies as st

_HEAD = """\
class digit = '0'..'9'
tape a, b: '0'..'3' | ',' word '0'..'3'
tape c: '0'..'9' | 'x'
group both = a, b
"""

_PROCS = """\
proc skip(t) { while t in digit { right t } }
proc next(t) -> 0..3 { right t if t in '0'..'3' { return t } return 0 }
proc past(t) {
    local tape s like t
    while t in word { s := t if s not in word { right t } s := _ right t }
}
proc tell(t, name: text) { solve "{name}" = {t|0} }
proc is_two(t) -> bool { return t == 2 }
proc note(t) { mark t }
proc step_on() uses both { note(b) right a left b }
proc count(t) each(n) {
    local tape s: digit
    let n: 0..3 = 0
    while t in word and n < 3 { n = n + 1 each { s := n if s == t { right t } s := _ } right t }
}
proc stop(t) { step h at "{t}" { if t == 3 { accept } } }
proc carry(t, q: 0..3) -> no | yes {
    local tape s: digit
    s := q
    if s == t { s := _ return yes }
    s := _
    return no
}
"""

_TAPES = st.sampled_from("abc")
_SIDES = st.sampled_from(["next", "previous"])


def _conditions() -> st.SearchStrategy[str]:
    simple = st.one_of(
        st.builds("{} in digit".format, _TAPES),
        st.builds("{} not in word".format, _TAPES),
        st.builds("{} not in '0' | '1' | _".format, _TAPES),
        st.builds("{} == {}".format, _TAPES, st.sampled_from(["0", "3", "_", "b", "q"])),
        st.builds("q {} {}".format, st.sampled_from(["<", ">=", "!="]), st.integers(0, 3)),
        st.builds("{} < {}".format, _TAPES, _TAPES),
        st.sampled_from(["r == lt", "r != gt", "marked a", "not marked b"]),
        st.builds("{}.{} {}".format, _TAPES, _SIDES, st.sampled_from(["in digit", "not in word"])),
        st.builds("{}.{} {} q".format, _TAPES, _SIDES, st.sampled_from(["==", "!=", "<"])),
        st.sampled_from(["a.next == b", "c.previous == _", "not b.next == 3", "a.next == '1'"]),
        st.sampled_from(["is_two(a)", "next(b) == q", "not is_two(c)", "next(a) < next(b)", "d"]),
    )
    return st.recursive(
        simple,
        lambda c: st.builds("({} {} {})".format, c, st.sampled_from(["and", "or"]), c),
        max_leaves=3,
    )


def _expressions() -> st.SearchStrategy[str]:
    atoms = st.one_of(_TAPES, st.just("q"), st.integers(0, 3).map(str))
    operators = st.sampled_from(["+", "-", "*", "/", "%"])
    sums = st.builds("({} {} {}) % 4".format, atoms, operators, atoms)
    others = [
        "(a or 1)",
        "(b or q)",
        "next(a)",
        "(c - next(b)) % 4",
        "(next(a) + a) % 4",
        "c - 'w'",
    ]
    return st.one_of(atoms, sums, st.sampled_from(others))


def _speech() -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(
            'fetch "k{{q}}" = {{{}}}'.format,
            st.sampled_from(
                [
                    "a",
                    "b.before",
                    "c.cell",
                    "a|0",
                    "a.next",
                    "c.previous|x",
                    "b.letter",
                    "a.next_word",
                    "b.previous_word|none",
                    "b.last_word",
                    "a.last_words",
                    "c.recent",
                ]
            ),
        ),
        st.builds('solve "v" = "{{q}}{{{}}}"'.format, _TAPES),
        st.just('solve "same"'),
        st.just('fetch "{a.recent}"'),
        st.just('tell(b, "n{q}")'),
    )


def _statements(inner: st.SearchStrategy[str] | None, depth: int) -> st.SearchStrategy[str]:
    simple = st.one_of(
        st.builds("{} {}".format, st.sampled_from(["left", "right"]), _TAPES),
        st.sampled_from(
            ["right both", "left a by 2", "right a, c by 3", "step_on()", "skip(both)"]
        ),
        st.builds("right {} until {}".format, st.sampled_from(["a", "b, c"]), _conditions()),
        st.builds("write c {}".format, st.one_of(_expressions(), st.sampled_from(['"1x"', "'x'"]))),
        st.builds("d = {}".format, _conditions()),
        st.builds('count(a) each(m) {{ step w at "{{m}}" {{ {} body }} }}'.format, _speech()),
        st.builds("{} := {}".format, _TAPES, st.one_of(_expressions(), st.just("_"))),
        st.builds("q = {}".format, _expressions()),
        st.sampled_from(["r = lt", "r = gt", "mark a", "unmark a", "mark b", "skip(b)", "past(a)"]),
        st.sampled_from(["q = next(a)", "f = carry(b, q) if f == yes { right c }", "stop(b)"]),
        st.builds("assume {}{}".format, _conditions(), st.sampled_from(["", ' "a message"'])),
        st.builds('print "{{q}} {{{}{}}}"'.format, _TAPES, st.sampled_from(["", ".cell", ".all"])),
        st.builds(
            'step s at "{{q}}{{a}}" {{ {} }}'.format, st.lists(_speech(), max_size=3).map(" ".join)
        ),
    )
    if inner is None:
        return simple
    return st.one_of(
        simple,
        st.builds("if {} {{ {} }} else {{ {} }}".format, _conditions(), inner, inner),
        st.builds("while {} {{ {} }}".format, _conditions(), inner),
        st.builds("keep a, b {{ {} }}".format, inner),
        st.builds("loop {{ {} if {} {{ break }} }}".format, inner, _conditions()),
        st.builds("loop {{ if {} {{ break }} {} continue }}".format, _conditions(), inner),
        st.builds("each {} {{ {} }}".format, st.sampled_from(["a", "left b", "both"]), inner),
        st.builds("each {} until {} {{ {} }}".format, _TAPES, _conditions(), inner),
        st.builds(
            "each a, c until {} {{ step e {{ {} at end {{ right b }} {} }} }}".format,
            _conditions(),
            inner,
            inner,
        ),
        st.builds("repeat {} {{ {} }}".format, st.sampled_from(["2", "q"]), inner),
        st.builds('repeat 2 step p at "{{b}}" {{ {} }}'.format, inner),
        st.builds("if {} step p {{ {} }} else step r {{ {} }}".format, _conditions(), inner, inner),
        st.builds("each left c step p {{ {} at end {} }}".format, inner, inner),
        st.builds("while {} step p {{ {} }}".format, _conditions(), inner),
        st.builds("loop step p {{ {} if {} {{ break }} }}".format, inner, _conditions()),
        st.builds(f"for k{depth} in 1..3 {{{{ {{}} }}}}".format, inner),
        st.builds(
            "if {} {{ {} }} else if {} {{ {} }}".format, _conditions(), inner, _conditions(), inner
        ),
        st.builds('step o at "{{b}}" {{ {} }}'.format, inner),
        st.builds("step read {{ {} }}".format, inner),
    )


def programs() -> st.SearchStrategy[str]:
    """Return sources of random programs over tapes ``a``, ``b`` and ``c``.

    They speak, mark, loop (possibly forever), call procs and use registers. They can always be
    parsed; their elaboration may report something that can never be executed (``SourceError``).
    """
    return _PROGRAMS


def _program(body: str) -> str:
    return (
        f"{_HEAD}{_PROCS}main {{\n"
        "    let q: 0..9 = 1\n    let r: lt | gt = lt\n"
        "    let f: no | yes = no\n    let d = q == 2\n"
        f"    {body}\n"
        "    if r == gt { reject }\n    if f == yes or d { c := 'x' }\n"
        "    if q == 2 { right c }\n}\n"
    )


def _bodies() -> st.SearchStrategy[str]:
    block = st.lists(_statements(None, 0), max_size=3).map(" ".join)
    for depth in (1, 2):
        block = st.lists(_statements(block, depth), max_size=3).map("\n    ".join)
    return block


# Hypothesis examines a new strategy when it first draws from it, which takes longer than a program.
_PROGRAMS = _bodies().map(_program)
