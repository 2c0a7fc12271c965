"""The formatter is idempotent and keeps comments; shipped sources are formatted."""

from pathlib import Path

import pytest

import tm
from tm.language.formatter import format_text

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


def test_a_source_with_errors_is_refused() -> None:
    with pytest.raises(tm.SourceError):
        format_text("main { left }")
