from __future__ import annotations

import json
from pathlib import Path

import pytest

import tasks
from tasks.corpus.records.table import record_table
from tests.support.cli import Command
from tests.support.tasks.parity_task import PARITY_MACHINE, PARITY_TASK
from tmtail.cli.faults import ExitCode


def test_a_trace_is_the_text_of_the_corpus(tmtail: Command) -> None:
    task = tasks.get("bubble_sort")
    (record,) = record_table(task, "M", "eval", 5, [17]).to_pylist()
    options = ("--range", "M", "--split", "eval", "--seed", 5, "--index", 17)
    answer = tmtail("trace", "bubble_sort", *options)
    assert answer.code == ExitCode.FINE
    assert answer.out.rstrip("\n") == record["completion"].rstrip("\n")
    shown = json.loads(tmtail("trace", "bubble_sort", *options, "--json").out)
    assert shown["text"] == record["completion"]
    assert shown["prompt"] == record["prompt"]
    assert shown["instance"] == json.loads(record["instance"])
    assert shown["tapes"]["out"]["text"] == record["answer"]


def test_spans_tile_the_text(tmtail: Command) -> None:
    shown = json.loads(tmtail("trace", "compare_numbers", "--json").out)
    spans = shown["spans"]
    assert "".join(shown["text"][s["start"] : s["end"]] for s in spans) == shown["text"]
    assert {s["role"] for s in spans} == {"control", "fetch", "solve", "next", "answer"}


def test_the_length_can_be_given(tmtail: Command) -> None:
    shown = json.loads(tmtail("trace", "bubble_sort", "--length", 3, "--json").out)
    assert shown["length"] == len(shown["instance"]["values"]) == 3


@pytest.mark.parametrize("range_name", ["S", "M", "L"])
def test_a_range_without_training_problems_is_drawn_from(tmtail: Command, range_name: str) -> None:
    shown = json.loads(tmtail("trace", "derangement", "--range", range_name, "--json").out)
    assert shown["split"] == ("train" if range_name == "S" else "eval")
    low, high = tasks.get("derangement").ranges[range_name]
    assert low <= shown["length"] <= high
    answer = tmtail("trace", "derangement", "--range", range_name, "--split", "probe")
    assert answer.code == 1
    assert "there are 0 problems" in answer.err


def test_the_prompt_comes_first(tmtail: Command) -> None:
    plain, with_prompt = (tmtail("trace", "bubble_sort", *o).out for o in ((), ("--show-prompt",)))
    shown = json.loads(tmtail("trace", "bubble_sort", "--json").out)
    assert with_prompt == shown["prompt"] + "\n" + plain


def test_a_keyed_prompt_gives_what_the_machine_reads(tmtail: Command) -> None:
    options = ("trace", "compare_numbers", "--index", 4, "--json")
    plain, keyed = (json.loads(tmtail(*options, "--prompt", p).out) for p in ("plain", "keyed"))
    assert keyed["instance"] == plain["instance"]
    assert plain["text"].startswith("read ")
    assert "read " not in keyed["text"]
    assert plain["text"].endswith(keyed["text"])
    assert keyed["prompt"].startswith(plain["prompt"].rstrip() + " Index hints: first = ")


@pytest.mark.parametrize(
    ("without", "omitted"), [("fetch", "start at"), ("linear", " -> "), ("fetch,linear", " -> ")]
)
def test_ablations(tmtail: Command, without: str, omitted: str) -> None:
    assert omitted in tmtail("trace", "bubble_sort").out
    assert omitted not in tmtail("trace", "bubble_sort", "--without", without).out


def test_generic_formats_need_no_speech(tmtail: Command, copy: Path) -> None:
    transitions = tmtail("trace", copy, "--tape", "a=00", "--format", "transitions")
    assert transitions.out.splitlines()[-1] == "copy: a = _ -> accept"
    assert len(transitions.out.splitlines()) == 3
    configurations = tmtail("trace", copy, "--tape", "a=00", "--format", "configurations")
    assert configurations.out.splitlines()[0] == "copy: a = >0 0 b = >_"


def test_a_run_that_fails_says_so(tmtail: Command, copy: Path) -> None:
    answer = tmtail("trace", copy, "--tape", "a=1", "--format", "transitions")
    assert answer.code == ExitCode.STUCK
    assert "stuck after 0 transitions" in answer.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nope",), 1, "no task is called `nope`"),
        (("bubble_sorf",), 1, "did you mean `bubble_sort`?"),
        (("../x",), 1, "../x"),
        (("x" * 300,), 1, "tmtail: error: "),
        (("nope.txt",), 1, "nope.txt: not the name of a task"),
        (("nope.tm",), 1, "nope.tm:1:1: error[TM001]: cannot read this file"),
        (("nope.bb",), 1, "nope.bb"),
        (("nope.py",), 1, "nope.py"),
        (("bubble_sort", "--range", "XL"), 1, "its ranges are S, M, L"),
        (("bubble_sort", "--style", "baroque"), 1, "no style `baroque`"),
        (("bubble_sort", "--without", "fetch,verb"), 1, "no ablation 'verb'"),
        (("bubble_sort", "--range", "S", "--length", 3), 2, "--length: excludes --range"),
        (("bubble_sort", "--length", 500), 1, "names are too few for"),
        (("bubble_sort", "--tape", "x=1"), 2, "--tape: requires a FILE"),
        (("nope.tm", "--length", 3), 2, "--length: requires a TASK"),
        (("nope.tm", "--show-prompt"), 2, "--show-prompt: requires a TASK"),
        (("nope.tm", "--prompt", "keyed"), 2, "--prompt: requires a TASK"),
        (("bubble_sort", "--prompt", "bare"), 2, "--prompt"),
        (("nope.tm", "--split", "eval"), 2, "--split: requires a TASK"),
        (("bubble_sort", "--depth", 0), 2, "--depth"),
        (("bubble_sort", "--index", -1), 2, "--index"),
    ],
)
def test_mistakes(tmtail: Command, arguments, code: int, message: str) -> None:
    answer = tmtail("trace", *arguments)
    assert answer.code == code
    assert message in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import tasks\n", "{0} defines 0 tasks"),
        ("import tasks\nclass:\n", "{0}:2: invalid syntax"),
    ],
)
def test_a_task_of_ones_own_with_faults(tmtail: Command, tmp_path: Path, source, message) -> None:
    file = tmp_path / "mine.py"
    file.write_text(source)
    file.with_suffix(".tm").write_text("main { accept }")
    answer = tmtail("trace", file)
    assert answer.code == 1
    assert answer.err.startswith(f"tmtail: error: {message.format(file)}")


def test_a_stuck_machine_is_shown_at_one_place(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "stuck.tm"
    file.write_text("tape t: '0'..'9'\nmain {\n    right t\n    t := t + 1\n}\n")
    ran, traced = (tmtail(command, file, "--tape", "t=19") for command in ("run", "trace"))
    reason = f"{file}:4:5: tape `t` cannot hold 10 in state"
    assert reason in ran.out
    assert reason in traced.err


@pytest.mark.parametrize("format", ["transitions", "configurations"])
def test_the_lines_of_a_listing_are_those_of_its_json(tmtail: Command, format: str) -> None:
    arguments = ("trace", "1RB1LB_1LA0LC_1RZ1LD_1RD0RA", "--format", format)
    assert tmtail(*arguments).out == json.loads(tmtail(*arguments, "--json").out)["text"]


def test_a_page_of_the_run(tmtail: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    answer = tmtail("trace", "bubble_sort", "--html", page)
    assert (answer.code, answer.out) == (ExitCode.FINE, f"{page}: a page of 162 transitions\n")
    assert "<title>bubble_sort</title>" in page.read_text(encoding="utf-8")
    for options in (("--html", "page.txt"), ("--html", page, "--json")):
        assert tmtail("trace", "bubble_sort", *options).code == ExitCode.USAGE


@pytest.mark.parametrize("format", ["transitions", "configurations"])
def test_a_page_has_a_generic_format_as_its_text(
    tmtail: Command, tmp_path: Path, format: str
) -> None:
    page = tmp_path / "page.html"
    answer = tmtail("trace", "1RB1LB_1LA1RZ", "--format", format, "--html", page)
    assert answer.code == ExitCode.FINE
    assert '"pieces":[[0,0,' in page.read_text(encoding="utf-8")


def test_a_tape_with_too_few_names_is_an_error_of_a_task_and_a_warning_for_a_file(
    tmtail: Command, tmp_path: Path
) -> None:
    (tmp_path / "parity.tm").write_text(PARITY_MACHINE)
    few = PARITY_TASK.replace("len(instance.bits) + 2", "len(instance.bits) - 1")
    (tmp_path / "parity.py").write_text(few)
    expected = (
        "{place} in a label or key is empty, as the tape `place` has nothing there; write more "
        "names on `place`, one more than the longest input needs, or a default: {place|none}"
    )
    for options in ((), ("--html", tmp_path / "page.html"), ("--prompt", "keyed")):
        answer = tmtail("trace", tmp_path / "parity.py", "--length", 4, *options)
        assert answer.code == ExitCode.FAULT
        assert answer.err.endswith(f"{expected}\n")
        assert f"{tmp_path / 'parity.py'}: in step `" in answer.err
        assert answer.out == ""
    assert not (tmp_path / "page.html").exists()
    tapes = ("--tape", "bits=1101", "--tape", "place=a b c", "--tape", "lead=Is }")
    answer = tmtail("trace", tmp_path / "parity.tm", *tapes)
    assert answer.code == ExitCode.FINE, answer.err
    assert "parity.tm: warning: in step `" in answer.err
    assert "answer: odd" in answer.out
