from __future__ import annotations

from compiler.steps import decode, steps_with_next
from tests.support.machines.scripted import scripted

UTTERANCES = [
    "[add {i=3}", "< x: x = {x=12}",
    "[digit 0", "> r: r = {z=1}", "]",
    "> s: s = {z=13}", "]", "> late: late", "[check", "> fine: fine", "]", "! {out=13}",
]  # fmt: skip


def test_a_run_is_decoded_into_steps() -> None:
    run = decode(*scripted(["[x", "]"], UTTERANCES), 1)
    add, check = run.steps
    assert (add.name, add.label, add.level, len(add.inner)) == ("add", "3", 1, 1)
    assert [(e.kind, e.name, e.key, e.value) for e in add.emissions] == [
        ("fetch", "x", "x", "12"),
        ("solve", "s", "s", "13"),
        ("solve", "late", "late", None),
    ]
    assert [e.key for e in add.fetched + check.solved] == ["x", "fine"]
    assert (run.answers, run.faults) == (["13"], [])
    assert [(s.name, n) for s, n in steps_with_next(run, 1)] == [
        ("add", "check"),
        ("check", "end"),
    ]
    assert [(s.name, n) for s, n in steps_with_next(run, 2)] == [
        ("add", "digit 0"),
        ("digit", "check"),
        ("check", "end"),
    ]
    assert steps_with_next(decode(*scripted([])), 1) == []


def test_steps_that_do_not_nest_are_faults() -> None:
    unclosed = decode(*scripted(["[a", "[b", "]"]))
    assert unclosed.faults == ["`a` is not closed at the end of the run"]
    assert decode(*scripted(["< x: x = 1"])).faults == ["`x` comes before the first step"]
    table, trace = scripted(["[a", "[b", "]", "]"])
    trace.utterance[2], trace.utterance[3] = trace.utterance[3], trace.utterance[2]
    assert decode(table, trace).faults == [
        "`a` closes where `b` is open",
        "`b` closes where `a` is open",
    ]
