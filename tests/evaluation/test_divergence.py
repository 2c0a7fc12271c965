"""The first wrong character names the module: hand-made mutations of a hand-made reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import Part, Role, Text, render
from compiler.text import PARTS, ROLES, Spans, Texts
from evaluation.scoring.divergence import Divergence, first_divergences
from tests.support.scripted import ADDITION, scripted

# (text, role, part, step, name, state), two steps and an answer
PIECES = [
    ("pair ", Role.CONTROL, Part.TEXT, "pair", "", 0),
    ("a", Role.CONTROL, Part.LABEL, "pair", "", 0),
    (":", Role.CONTROL, Part.TEXT, "pair", "", 0),
    (" ", Role.FETCH, Part.TEXT, "pair", "x", 0),
    ("x a", Role.FETCH, Part.KEY, "pair", "x", 0),
    (" = ", Role.FETCH, Part.TEXT, "pair", "x", 0),
    ("7", Role.FETCH, Part.VALUE, "pair", "x", 0),
    (" ; ", Role.SOLVE, Part.TEXT, "pair", "s", 0),
    ("less", Role.SOLVE, Part.VALUE, "pair", "s", 0),
    (" -> pair ", Role.NEXT, Part.TEXT, "pair", "", 0),
    ("b", Role.NEXT, Part.LABEL, "pair", "", 0),
    ("\n", Role.NEXT, Part.TEXT, "pair", "", 0),
    ("pair ", Role.CONTROL, Part.TEXT, "pair", "", 1),
    ("b", Role.CONTROL, Part.LABEL, "pair", "", 1),
    (": ; equal -> end\n", Role.SOLVE, Part.VALUE, "pair", "e", 1),
    ("answer: ", Role.ANSWER, Part.TEXT, "", "", -1),
    ("<", Role.ANSWER, Part.VALUE, "", "", -1),
]


def reference() -> Text:
    ends = np.cumsum([len(piece[0]) for piece in PIECES])
    steps, names = ["", "pair"], ["", "x", "s", "e"]
    spans = Spans(
        start=np.concatenate([[0], ends[:-1]]),
        end=ends,
        role=np.array([ROLES.index(p[1]) for p in PIECES], np.int8),
        part=np.array([PARTS.index(p[2]) for p in PIECES], np.int8),
        step=np.array([steps.index(p[3]) for p in PIECES], np.int32),
        name=np.array([names.index(p[4]) for p in PIECES], np.int32),
        depth=np.array([int(p[5] >= 0) for p in PIECES], np.int32),
        state=np.array([p[5] for p in PIECES]),
        steps=steps,
        names=names,
        labels=["a", "b"],
    )
    return Text("".join(piece[0] for piece in PIECES), spans)


REFERENCE = reference()


def first_divergence(text: Text, output: str) -> Divergence | None:
    (found,) = first_divergences(Texts.of([text]), [output])
    return found


@pytest.mark.parametrize(
    ("output", "role", "part", "state", "name"),
    [
        ("", Role.CONTROL, Part.TEXT, 0, ""),
        ("pair c: x a", Role.CONTROL, Part.LABEL, 0, ""),
        ("pair a: x b", Role.FETCH, Part.KEY, 0, "x"),
        ("pair a: x a = 8 ; less", Role.FETCH, Part.VALUE, 0, "x"),
        ("pair a: x a = 72 ; less", Role.FETCH, Part.VALUE, 0, "x"),  # a value that went on
        ("pair aa: x a", Role.CONTROL, Part.LABEL, 0, ""),  # a label that went on
        ("pair a: x a = 7 -> pair", Role.SOLVE, Part.TEXT, 0, "s"),  # a result left out
        ("pair a: x a = 7 ; greater", Role.SOLVE, Part.VALUE, 0, "s"),
        ("pair a: x a = 7 ; less -> pair c", Role.NEXT, Part.LABEL, 0, ""),
        ("pair a: x a = 7 ; less -> end\n", Role.NEXT, Part.TEXT, 0, ""),
        ("pair a: x a = 7 ; less -> pair b\npair c", Role.CONTROL, Part.LABEL, 1, ""),
        (REFERENCE.string[:-1] + ">", Role.ANSWER, Part.VALUE, -1, ""),
        (REFERENCE.string[:-1], Role.ANSWER, Part.VALUE, -1, ""),  # stopped too early
        (REFERENCE.string + "\nDone.", Role.ANSWER, Part.VALUE, -1, ""),  # did not stop
    ],
)
def test_names_the_module_of_the_first_wrong_character(
    output: str, role: Role, part: Part, state: int, name: str
) -> None:
    found = first_divergence(REFERENCE, output)
    assert found is not None
    assert (found.role, found.part, found.state, found.name) == (role, part, state, name)
    assert REFERENCE.string.startswith(output[: found.at])
    assert output[found.at : found.at + 1] != REFERENCE.string[found.at : found.at + 1]


def test_the_reference_does_not_diverge() -> None:
    assert first_divergence(REFERENCE, REFERENCE.string) is None


FIRST = REFERENCE.string[: REFERENCE.string.index("pair b: ;")]


@pytest.mark.parametrize(
    ("output", "states", "back"),
    [
        ("", 0, None),
        (REFERENCE.string[:-1] + ">", 2, None),
        (REFERENCE.string + "\nDone.", 2, None),
        (FIRST, 1, None),
        (FIRST + "nonsense", 1, None),
        (REFERENCE.string.replace("x a = 7", "x a = 8"), 0, 1),  # harmless: it went on as it should
        (REFERENCE.string.replace(FIRST, ""), 0, 1),  # a step left out
        (FIRST + REFERENCE.string, 1, 0),  # it began anew, and then said all
        (REFERENCE.string.replace("pair b: ;", "pair b ;"), 1, None),  # no whole state follows
        ("answer: <", 0, None),
    ],
)
def test_right_states_are_counted_and_a_way_back_is_found(
    output: str, states: int, back: int | None
) -> None:
    found = first_divergence(REFERENCE, output)
    assert found is not None
    assert (found.states, found.back) == (states, back)


def test_states_inside_states_count_when_they_are_whole() -> None:
    table, trace = scripted(ADDITION)
    text = render(table, trace, depth=2)
    states = text.spans.state
    assert text.spans.depth.max() == 2
    for at in range(len(text.string)):
        found = first_divergence(text, text.string[:at] + "\0")
        assert found is not None
        whole = {s for s in set(states.tolist()) - {-1} if text.spans.end[states == s].max() <= at}
        assert found.states == len(whole)


def test_ten_megabytes_take_no_time() -> None:
    found = first_divergence(REFERENCE, REFERENCE.string[:-1] + "x" * 10_000_000)
    assert found is not None
    assert found.at == len(REFERENCE.string) - 1


@given(st.text() | st.text(alphabet=sorted(set(REFERENCE.string))).map(REFERENCE.string.__add__))
def test_any_other_text_does(output: str) -> None:
    found = first_divergence(REFERENCE, output)
    if output == REFERENCE.string:
        assert found is None
    else:
        assert found is not None
        assert output[: found.at] == REFERENCE.string[: found.at]


CHARACTERS = st.text("ab\u00e8\u00e9\u6f22\U0001f422", max_size=6)  # of one to four bytes


def spoken(states: list[str]) -> Text:
    """A text whose atomic states are one span each, and its answer."""
    *ends, whole = np.cumsum([*map(len, states), 1]).tolist()
    count = len(states) + 1
    spans = Spans(
        start=np.array([0, *ends]),
        end=np.array([*ends, whole]),
        role=np.array([0] * len(states) + [4], np.int8),
        part=np.zeros(count, np.int8),
        step=np.array([1] * len(states) + [0], np.int32),
        name=np.zeros(count, np.int32),
        depth=np.array([1] * len(states) + [0], np.int32),
        state=np.array([*range(len(states)), -1]),
        steps=["", f"step {len(states)}"],
        names=[""],
        labels=[f"label {state}" for state in states],
    )
    return Text("".join([*states, "!"]), spans)


@given(
    st.lists(
        st.tuples(st.lists(CHARACTERS.filter(bool), min_size=1, max_size=4), CHARACTERS, CHARACTERS)
    )
)
def test_many_at_once_and_characters_of_many_bytes(
    cases: list[tuple[list[str], str, str]],
) -> None:
    texts = [spoken(states) for states, _, _ in cases]
    outputs = [
        text.string[: len(one)] + other + text.string[len(one) + 1 :]
        for text, (_, one, other) in zip(texts, cases, strict=True)
    ]
    found = list(first_divergences(Texts.of(texts), outputs))
    assert len(found) == len(cases)
    for text, output, its in zip(texts, outputs, found, strict=True):
        expected = text.string
        if output == expected:
            assert its is None
            continue
        assert its is not None
        at = next(i for i in range(len(expected) + 1) if output[: i + 1] != expected[: i + 1])
        (span,) = [s for s in text.spans if s.start <= min(at, len(expected) - 1) < s.end]
        assert (its.at, its.state, its.step, its.label) == (at, span.state, span.step, span.label)
        assert its.got == output[at : at + 24]
        assert its.states == sum(s.end <= at for s in text.spans if s.state >= 0)
        ways = [s for s in text.spans if s.state >= 0 and output.endswith(expected[s.start :])]
        assert its.back == (ways[0].state if ways else None)


def test_each_text_needs_an_output() -> None:
    with pytest.raises(ValueError, match="1 outputs for 2 texts"):
        list(first_divergences(Texts.of([REFERENCE] * 2), [""]))
