"""Files of machines as the command reads them: hostile files, lists, names, documents of runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.support.cli import Command
from tests.support.machines.tables import one_tape
from tm import load
from tm.formats import to_json
from tm.table import ACCEPT, Action
from tm.trees import Branch
from tmtail.cli.faults import ExitCode

CHAMPION = "1RB1LB_1LA0LC_1RZ1LD_1RD0RA"
STEP_LEFT = """\
tape t: {alphabet}
start a
rule a [*] -> [*] [L] b
rule b [*] -> [*] [L] accept
"""


@pytest.mark.parametrize("suffix", [".tm", ".bb", ".json", ".tsv"])
@pytest.mark.parametrize("command", ["run", "table", "trace"])
def test_files_without_an_end_or_a_reader_are_refused(tmtail, tmp_path, suffix, command) -> None:
    (tmp_path / f"zeros{suffix}").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / f"pipe{suffix}")
    (tmp_path / f"loop{suffix}").symlink_to(f"loop{suffix}")
    (tmp_path / f"folder{suffix}").mkdir()
    reasons = {
        "zeros": "a device or a pipe",
        "pipe": "a device or a pipe",
        "loop": "Too many levels of symbolic links",
        "folder": "it is a folder",
    }
    for name in reasons if command == "run" else ("loop",):
        answer = tmtail(command, tmp_path / f"{name}{suffix}")
        assert answer.code == ExitCode.FAULT
        assert reasons[name] in answer.err
        assert f"{name}{suffix}" in answer.err


@pytest.mark.parametrize("command", ["check", "fmt"])
def test_checks_of_sources_refuse_such_files_too(tmtail: Command, tmp_path, command) -> None:
    (tmp_path / "loop.tm").symlink_to("loop.tm")
    os.mkfifo(tmp_path / "pipe.tm")
    for name in ("loop.tm", "pipe.tm"):
        answer = tmtail(command, tmp_path / name)
        assert answer.code == ExitCode.FAULT
        assert "error[TM001]: cannot read this file" in answer.err


def test_an_import_of_a_loop_of_links_is_an_error(tmtail: Command, tmp_path: Path) -> None:
    (tmp_path / "loop.tm").symlink_to("loop.tm")
    (tmp_path / "m.tm").write_text("import \"loop.tm\"\ntape t: '0'\nmain { accept }\n")
    answer = tmtail("check", tmp_path / "m.tm")
    assert answer.code == ExitCode.FAULT
    assert "m.tm:1:1: error[TM023]" in answer.err


def test_a_byte_order_mark_and_line_ends_of_windows_are_accepted(tmtail, copy, tmp_path) -> None:
    for suffix in ("bb", "json", "tsv"):
        file = tmp_path / f"m.{suffix}"
        text = CHAMPION if suffix == "bb" else tmtail("table", copy, "--as", suffix).out
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
        assert "accept" in tmtail("run", file).out


def test_text_that_is_not_utf8_is_refused_with_its_line(tmtail: Command, tmp_path: Path) -> None:
    (tmp_path / "m.bb").write_bytes(b"# one\n1RB\xff\n")
    answer = tmtail("run", tmp_path / "m.bb")
    assert answer.code == ExitCode.FAULT
    assert "not UTF-8 text: byte 0xff in line 2" in answer.err


def test_the_machines_of_a_list_run_one_after_the_other(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "list.bb"
    file.write_text(f"# champions\n{CHAMPION}  # BB(4)\n\n1RB---_1LA1RZ\n")
    answer = tmtail("run", file)
    assert answer.code == ExitCode.STUCK
    assert answer.out.startswith("machine 1 of 2\naccept after 107 transitions\n")
    assert "machine 2 of 2\nstuck after 2 transitions\n" in answer.out
    documents = [json.loads(line) for line in tmtail("run", file, "--json").out.splitlines()]
    assert [d["transitions"] for d in documents] == [107, 2]
    one = tmtail("table", file)
    assert (one.code, one.out) == (ExitCode.FAULT, "")
    assert "2 machines, of which this command takes one" in one.err


def test_a_text_replaces_a_file(tmtail: Command) -> None:
    assert tmtail("run", CHAMPION).out.startswith("accept after 107 transitions\n")
    assert tmtail("table", CHAMPION, "--as", "bb").out == f"{CHAMPION}\n"


def test_a_machine_on_standard_input(tmtail: Command) -> None:
    answer = tmtail("run", "-", "--from", "bb", stdin=f"{CHAMPION}\n")
    assert answer.out.startswith("accept after 107 transitions\n")
    assert "must name the format of -" in tmtail("run", "-", stdin=CHAMPION).err


def test_an_unknown_format_is_a_usage_error(tmtail: Command, copy: Path) -> None:
    for arguments in (("run", copy, "--from", "xml"), ("table", copy, "--as", "xml")):
        answer = tmtail(*arguments)
        assert answer.code == ExitCode.USAGE
        assert "tsv, json, bb, jff, morphett" in answer.err


def test_a_format_can_be_named_for_any_file(tmtail: Command, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(CHAMPION)
    answer = tmtail("run", tmp_path / "list.txt", "--from", "bb")
    assert answer.out.startswith("accept after 107 transitions\n")


def test_the_document_of_a_run_says_what_is_in_which_cell(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "left.tm"
    file.write_text(STEP_LEFT.format(alphabet="'0'..'9'"))
    documents = []
    for text in ("_57", "__57"):
        shown = json.loads(tmtail("run", file, "--tape", f"t={text}", "--json").out)
        documents.append(shown["tapes"]["t"])
    assert documents[0] != documents[1]
    assert documents[0]["cells"] == ["_", "_", "_", "5", "7"]
    assert documents[0]["origin"] == -2


def test_an_underscore_and_a_mark_are_told_from_a_blank(tmtail: Command, tmp_path: Path) -> None:
    file = tmp_path / "marks.tm"
    file.write_text(
        "tape t: '_' | 'a'\nmain { mark t  right t  right t  t := '_'  right t  t := 'a' }\n"
    )
    table = load(file)
    shown = json.loads(tmtail("run", file, "--tape", "t=a", "--json").out)["tapes"]["t"]
    assert shown["cells"] == ["^a", "_", "'_'", "a"]
    symbols = [table.tapes[0].parse_symbol(cell) for cell in shown["cells"]]
    assert symbols == [2 + 3, 0, 1, 2]
    assert "  t  ^a _ '_' a\n" in tmtail("run", file, "--tape", "t=a").out


def test_a_symbol_that_a_tape_lacks_is_refused() -> None:
    (tape,) = one_tape(0, actions=(Action(ACCEPT),)).tapes
    with pytest.raises(ValueError, match="tape `t` has no symbol 'c'"):
        tape.parse_symbol("c")


def test_control_characters_of_names_never_reach_the_terminal(tmtail, tmp_path: Path) -> None:
    table = one_tape(Branch(0, ((frozenset([1]), 0),)), actions=(Action(0),))
    states = [["\x1b[31mred\u202e", [0, 3, 5], [0, 0, 0]]]
    content = json.loads(to_json(table)) | {"states": states, "files": ["\x1b[31m.tm"]}
    file = tmp_path / "names.json"
    file.write_text(json.dumps(content))
    for arguments in (
        ("run", file),
        ("run", file, "--json"),
        ("run", file, "--engine", "reference"),
        ("table", file),
        ("table", file, "--as", "json"),
        ("trace", file, "--format", "transitions", "--tape", "t=a", "--steps", "2"),
        ("trace", file, "--format", "configurations"),
        ("trace", file, "--format", "configurations", "--json"),
    ):
        answer = tmtail(*arguments)
        assert "red" in answer.out + answer.err
        assert not {"\x1b", "\u202e"} & {*answer.out, *answer.err}


def test_a_table_without_tapes_is_refused_as_such(tmtail: Command, tmp_path: Path) -> None:
    content = json.loads(to_json(one_tape(0, actions=(Action(ACCEPT),)))) | {"tapes": []}
    file = tmp_path / "none.json"
    file.write_text(json.dumps(content))
    answer = tmtail("run", file)
    assert answer.code == ExitCode.FAULT
    assert f"{file}: the table: a table needs at least one tape" in answer.err


def test_a_row_that_no_symbol_leads_to_is_left_out(tmtail: Command, tmp_path: Path) -> None:
    again = Branch(0, ((frozenset([1]), 0),))
    table = one_tape(Branch(0, ((frozenset([2]), again),)), 0, actions=(Action(ACCEPT),))
    file = tmp_path / "reread.json"
    file.write_text(to_json(table))
    rows = [
        line.split("\t")[:-1] for line in tmtail("table", file, "--as", "tsv").out.splitlines()[1:]
    ]
    assert rows == [["s0", "", "", "", "stuck"], ["s1", "", "", "", "accept"]]
    assert [row.state for row in table.rows()] == [1]
