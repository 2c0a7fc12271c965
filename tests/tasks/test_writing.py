"""The steps that write the answer: exact lines of each task that quotes what it has written."""

from __future__ import annotations

from typing import Any

import pytest

import tasks
from compiler import render


def lines(name: str, fields: dict[str, Any], *steps: str) -> list[str]:
    """Return the lines of the steps of these names, and the answer."""
    task = tasks.get(name)
    trace = task.run(task.instance(**fields)).trace
    assert trace is not None
    text = render(task.table, trace).string
    return [line for line in text.splitlines() if line.split()[0] in {*steps, "answer:"}]


@pytest.mark.parametrize(
    ("name", "fields", "expected"),
    [
        (
            "word_flip",
            {"text": "Go on, 15!", "first": "jc"},
            [
                "write jl: jl = ! ; ! -> write jk",
                "write jk: jk = 5 ; ! 5 -> write jj",
                "write jj: jj = 1 ; ! 5 1 -> write ji",
                "write ji: ji = space ; ! 5 1 space -> write jh",
                "write jh: jh = , ; ! 5 1 space , -> write jg",
                "write jg: jg = n ; 5 1 space , n -> write jf",
                "write jf: jf = o ; 1 space , n o -> write je",
                "write je: je = space ; space , n o space -> write jd",
                "write jd: jd = o ; , n o space o -> write jc",
                "write jc: jc = G ; n o space o G -> write jb",
                "write jb: jb = none -> end",
                "answer: !51 ,no oG",
            ],
        ),
        (
            "large_number_addition",
            {"x": "950.5", "y": "1049.75", "first": "nr"},
            [
                "write nq: sum nq = 2 ; 2 -> write nr",
                "write nr: sum nr = 0 ; 20 -> write ns",
                "write ns: sum ns = 0 ; 200 -> write nt",
                "write nt: sum nt = 0 ; 2000 -> write nu",
                "write nu: sum nu = . ; 000. -> write nv",
                "write nv: sum nv = 2 ; 00.2 -> write nw",
                "write nw: sum nw = 5 ; 0.25 -> write nx",
                "write nx: sum nx = none -> end",
                "answer: 2000.25",
            ],
        ),
        (
            "large_number_division",
            {"x": "25", "y": "0.4", "places": 2, "first": "hy"},
            [
                "write hz: q hz = 6 point ia = none ; 6 -> write ia",
                "write ia: q ia = 2 point ib = here ; 62 ; 62. -> write ib",
                "write ib: q ib = 5 point ic = none ; 62.5 -> write ic",
                "write ic: q ic = 0 point id = none ; 2.50 -> write id",
                "write id: q id = none -> end",
                "answer: 62.50",
            ],
        ),
        (
            "derangement",
            {"n": 8, "first": "ab"},
            [
                "write ab af: ab af = 1 ; 1 -> write ab ae",
                "write ab ae: ab ae = 4 ; 14 -> write ab ad",
                "write ab ad: ab ad = 8 ; 148 -> write ab ac",
                "write ab ac: ab ac = 3 ; 1483 -> write ab ab",
                "write ab ab: ab ab = 3 ; 4833 -> write ab aa",
                "write ab aa: ab aa = none -> end",
                "answer: 14833",
            ],
        ),
        (
            "derangement_fit",
            {"n": 7, "first": "qa"},
            [
                "write qa qd: qa qd = 1 ; 1 -> write qa qc",
                "write qa qc: qa qc = 8 ; 18 -> write qa qb",
                "write qa qb: qa qb = 5 ; 185 -> write qa qa",
                "write qa qa: qa qa = 4 ; 1854 -> write qa pz",
                "write qa pz: qa pz = none -> end",
                "answer: 1854",
            ],
        ),
        (
            "population_growth",
            {"n": 9, "x": 2, "y": 99, "z": 3, "first": "ab"},
            [
                "write ak ag: ak ag = 1 ; 1 -> write ak af",
                "write ak af: ak af = 1 ; 11 -> write ak ae",
                "write ak ae: ak ae = 4 ; 114 -> write ak ad",
                "write ak ad: ak ad = 7 ; 1147 -> write ak ac",
                "write ak ac: ak ac = 4 ; 1474 -> write ak ab",
                "write ak ab: ak ab = 1 ; 4741 -> write ak aa",
                "write ak aa: ak aa = none -> end",
                "answer: 114741",
            ],
        ),
        (
            "lcs",
            {"x": "ABCDAB", "y": "BACDBA", "top": "p", "left": "r", "zero": "R"},
            [
                "write S: kept S = A ; A -> write T",
                "write T: kept T = C ; A C -> write U",
                "write U: kept U = D ; A C D -> write V",
                "write V: kept V = A ; A C D A -> write W",
                "write W: kept W = none -> end",
                "answer: A C D A",
            ],
        ),
        (
            "dijkstra",
            {
                "vertices": 3,
                "edges": [[0, 1, 20], [0, 2, 3]],
                "source": 0,
                "first": "K",
                "round": "e",
                "ones": "q",
            },
            [
                "write K q: K q = 0 ; 0 -> write K r",
                "write K r: K r = none top L = p -> write L p",
                "write L p: L p = 2 ; 0, 2 -> write L q",
                "write L q: L q = 0 ; 0, 20 -> write L r",
                "write L r: L r = none top M = q -> write M q",
                "write M q: M q = 3 ; 20, 3 -> write M r",
                "write M r: M r = none top N = end -> end",
                "answer: 0, 20, 3",
            ],
        ),
    ],
)
def test_a_write_step_quotes_the_end_of_the_answer(
    name: str, fields: dict[str, Any], expected: list[str]
) -> None:
    assert lines(name, fields, "write") == expected


def test_zeros_in_front_of_a_quotient_are_not_written() -> None:
    fields = {"x": "0.5", "y": "20", "places": 3, "first": "hy"}
    assert lines("large_number_division", fields, "drop", "write") == [
        "drop hy: q hy = 0 point hz = here -> write hy",
        "write hy: q hy = 0 point hz = here ; 0 ; 0. -> write hz",
        "write hz: q hz = 0 point ia = none ; 0.0 -> write ia",
        "write ia: q ia = 2 point ib = none ; 0.02 -> write ib",
        "write ib: q ib = 5 point ic = none ; .025 -> write ic",
        "write ic: q ic = none -> end",
        "answer: 0.025",
    ]


def test_a_line_of_pieces_is_quoted_while_it_is_written() -> None:
    fields = {"text": "nii", "first": "v", "line": "nx"}
    assert lines("palindrome_combination", fields, "rest", "copy", "open", "join") == [
        "rest nx v: v = n ; nx v = new ; n -> rest nx w",
        "rest nx w: w = i ; nx w = new ; n i -> rest nx x",
        "rest nx x: x = i ; nx x = new ; i i -> rest nx y",
        "rest nx y: y = end -> count nx y ones",
        "copy ny v w x: nx v = new v = n ; ny v = new ; n -> open ny w x",
        "open ny w x: w = i ; ny w = new ; n i -> join ny x x",
        "join ny x x: x = i ; ny x = same ; n ii -> rest ny y",
        "rest ny y: y = end -> count ny y ones",
        "answer: n i i, n ii; 2",
    ]
