"""The formatter is idempotent and keeps comments; shipped sources are formatted."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tm
from tm.language import formatter
from tm.language.formatter import format_text
from tm.language.parsing.parser import parse
from tm.language.source import Source
from tm.language.traversal import is_same

ROOT = Path(__file__).parents[3]
SHIPPED = [p for folder in ("tm", "tasks", "tests") for p in sorted((ROOT / folder).rglob("*.tm"))]

RAGGED = """\
tape x,y :'0'..'9'|'-'   # the two
tape out: '1' #the result
#a proc
proc  p( t  at first,q:0..9 )->lt|eq , t at end{
# inside
   while t   in '0'..'9'{left t  right t
 }


   if q<-1 or - q==1 { return eq }
   else { return lt }
 }
main
{
  let s:-1..1=- 1 x:=s
  let r:lt|eq=p( x,3 ) if r==lt { out:=1 right out }
  step s at "{x}" { fetch "d"={x} , "e" = none }
  x := (x+1)
     % 10
}
"""

FORMATTED = """\
tape x, y: '0'..'9' | '-'  # the two
tape out: '1'              # the result

# a proc
proc p(t at first, q: 0..9) -> lt | eq, t at end {
    # inside
    while t in '0'..'9' { left t  right t
    }

    if q < -1 or -q == 1 { return eq }
    else { return lt }
}

main
{
    let s: -1..1 = -1  x := s
    let r: lt | eq = p(x, 3)  if r == lt { out := 1  right out }
    step s at "{x}" { fetch "d" = {x}, "e" = none }
    x := (x + 1)
        % 10
}
"""


def test_a_ragged_source_is_formatted_once_for_all() -> None:
    assert format_text(RAGGED) == FORMATTED
    assert format_text(FORMATTED) == FORMATTED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.name)
def test_shipped_sources_are_formatted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_text(text, path.name) == text


BREAKABLE = re.compile(r"""(?P<literal>"(?:[^"\\\n]|\\.)*"|'(?:\\.|[^'])'|\{[^{}\s"]*\})|[ \n]+""")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.name)
@given(data=st.data())
@settings(max_examples=5)
def test_a_source_with_other_line_breaks_stays_the_same_program(
    path: Path, data: st.DataObject
) -> None:
    text = re.sub("#.*", "", path.read_text(encoding="utf-8"))
    random = data.draw(st.randoms(use_true_random=False))
    broken = BREAKABLE.sub(lambda m: m["literal"] or random.choice(" \n"), text)
    formatted = format_text(broken, path.name)
    assert is_same(parse(Source(path.name, formatted)), parse(Source(path.name, text)))
    assert format_text(formatted, path.name) == formatted


def test_a_placeholder_on_the_next_line_stays_whole() -> None:
    source = (
        "tape t: '0'\n\nmain {\n    step s {\n"
        '        fetch "k" =\n            {t.cell}\n    }\n}\n'
    )
    assert format_text(source) == source


def test_a_result_that_is_another_program_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatter, "_align_comments", lambda lines: lines[:1])
    with pytest.raises(RuntimeError, match="formatting changes the program"):
        format_text("tape t: '0'\nmain { left t }")


def test_a_source_with_errors_is_refused() -> None:
    with pytest.raises(tm.SourceError):
        format_text("main { left }")


def test_rules_are_formatted() -> None:
    text = "tape t:'0'\nstart s\nrule s [_]->[ '0' ] [R] s\n"
    assert format_text(text) == "tape t: '0'\nstart s\nrule s [_] -> ['0'] [R] s\n"
