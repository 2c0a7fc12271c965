"""The first divergence names the module: handwritten mutations of a handwritten reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler import Part, Role, Text, render
from compiler.text import PARTS, ROLES, Spans, Texts
from evaluation.scoring.divergence import Divergence, first_divergences
from tests.support.growth import assert_linear_time
from tests.support.machines.scripted import ADDITION, scripted

# Text, role, part, step, name and state of each span of two steps and an answer.
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
    (divergence,) = first_divergences(Texts.of([text]), [output])
    return divergence


@pytest.mark.parametrize(
    ("output", "role", "part", "state", "name"),
    [
        ("", Role.CONTROL, Part.TEXT, 0, ""),
        ("pair c: x a", Role.CONTROL, Part.LABEL, 0, ""),
        ("pair a: x b", Role.FETCH, Part.KEY, 0, "x"),
        ("pair a: x a = 8 ; less", Role.FETCH, Part.VALUE, 0, "x"),
        ("pair a: x a = 72 ; less", Role.FETCH, Part.VALUE, 0, "x"),  # a value that is too long
        ("pair aa: x a", Role.CONTROL, Part.LABEL, 0, ""),  # a label that is too long
        ("pair a: x a = 7 -> pair", Role.SOLVE, Part.TEXT, 0, "s"),  # a missing result
        ("pair a: x a = 7 ; greater", Role.SOLVE, Part.VALUE, 0, "s"),
        ("pair a: x a = 7 ; less -> pair c", Role.NEXT, Part.LABEL, 0, ""),
        ("pair a: x a = 7 ; less -> end\n", Role.NEXT, Part.TEXT, 0, ""),
        ("pair a: x a = 7 ; less -> pair b\npair c", Role.CONTROL, Part.LABEL, 1, ""),
        (REFERENCE.string[:-1] + ">", Role.ANSWER, Part.VALUE, -1, ""),
        (REFERENCE.string[:-1], Role.ANSWER, Part.VALUE, -1, ""),  # too short
        (REFERENCE.string + "\nDone.", Role.ANSWER, Part.VALUE, -1, ""),  # too long
    ],
)
def test_the_module_of_the_first_divergence(
    output: str, role: Role, part: Part, state: int, name: str
) -> None:
    divergence = first_divergence(REFERENCE, output)
    assert divergence is not None
    assert (divergence.role, divergence.part, divergence.state, divergence.name) == (
        role,
        part,
        state,
        name,
    )
    assert REFERENCE.string.startswith(output[: divergence.at])
    assert (
        output[divergence.at : divergence.at + 1]
        != REFERENCE.string[divergence.at : divergence.at + 1]
    )


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
        (REFERENCE.string.replace("x a = 7", "x a = 8"), 0, 1),  # right again after a wrong value
        (REFERENCE.string.replace(FIRST, ""), 0, 1),  # a missing step
        (FIRST + REFERENCE.string, 1, 0),  # it started again, and then wrote everything
        (REFERENCE.string.replace("pair b: ;", "pair b ;"), 1, None),  # no complete state follows
        ("answer: <", 0, None),
    ],
)
def test_right_states_and_the_state_from_which_the_output_is_right_again(
    output: str, states: int, back: int | None
) -> None:
    divergence = first_divergence(REFERENCE, output)
    assert divergence is not None
    assert (divergence.states, divergence.back) == (states, back)


def test_nested_states_count_when_they_are_complete() -> None:
    table, trace = scripted(ADDITION)
    text = render(table, trace, depth=2)
    states = text.spans.state
    assert text.spans.depth.max() == 2
    for at in range(len(text.string)):
        divergence = first_divergence(text, text.string[:at] + "\0")
        assert divergence is not None
        ends = {s: text.spans.end[states == s].max() for s in set(states.tolist()) - {-1}}
        complete = [s for s, end in ends.items() if end <= at]
        assert divergence.states == len(complete)


@pytest.mark.parametrize(
    "part",
    ["x", REFERENCE.string, "\u6f22"],
    ids=["letters", "references", "characters of 3 bytes"],
)
def test_the_search_takes_time_in_proportion_to_the_output(part: str) -> None:
    def output(size: int) -> str:
        return REFERENCE.string[:-1] + part * (size // len(part))

    divergence = first_divergence(REFERENCE, output(10_000_000))
    assert divergence is not None
    assert divergence.at == len(REFERENCE.string) - 1
    assert_linear_time(lambda text: first_divergence(REFERENCE, text), output, 10_000_000)


@given(st.text() | st.text(alphabet=sorted(set(REFERENCE.string))).map(REFERENCE.string.__add__))
def test_any_other_text_diverges(output: str) -> None:
    divergence = first_divergence(REFERENCE, output)
    if output == REFERENCE.string:
        assert divergence is None
    else:
        assert divergence is not None
        assert output[: divergence.at] == REFERENCE.string[: divergence.at]


CHARACTERS = st.text("ab\u00e8\u00e9\u6f22\U0001f422", max_size=6)  # each of one to four bytes


def text_of_states(states: list[str]) -> Text:
    """Return a text with one span for each atomic state, and an answer."""
    *ends, length = np.cumsum([*map(len, states), 1]).tolist()
    count = len(states) + 1
    spans = Spans(
        start=np.array([0, *ends]),
        end=np.array([*ends, length]),
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
def test_many_texts_at_once_with_characters_of_several_bytes(
    cases: list[tuple[list[str], str, str]],
) -> None:
    texts = [text_of_states(states) for states, _, _ in cases]
    outputs = [
        text.string[: len(start)] + other + text.string[len(start) + 1 :]
        for text, (_, start, other) in zip(texts, cases, strict=True)
    ]
    divergences = list(first_divergences(Texts.of(texts), outputs))
    assert len(divergences) == len(cases)
    for text, output, divergence in zip(texts, outputs, divergences, strict=True):
        expected = text.string
        if output == expected:
            assert divergence is None
            continue
        assert divergence is not None
        at = next(i for i in range(len(expected) + 1) if output[: i + 1] != expected[: i + 1])
        (span,) = [s for s in text.spans if s.start <= min(at, len(expected) - 1) < s.end]
        assert (divergence.at, divergence.state, divergence.step, divergence.label) == (
            at,
            span.state,
            span.step,
            span.label,
        )
        assert divergence.got == output[at : at + 24]
        assert divergence.states == sum(s.end <= at for s in text.spans if s.state >= 0)
        right_ends = [
            s for s in text.spans if s.state >= 0 and output.endswith(expected[s.start :])
        ]
        assert divergence.back == (right_ends[0].state if right_ends else None)


def test_each_reference_needs_an_output() -> None:
    with pytest.raises(ValueError, match="1 outputs for 2 references"):
        list(first_divergences(Texts.of([REFERENCE] * 2), [""]))
