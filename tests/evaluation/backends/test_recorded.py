"""Outputs from a file: joined to problems by id, and every fault reported with its line."""

import json
from pathlib import Path

import pytest

from evaluation.backends.base import End, Output
from evaluation.backends.recorded import Recorded, read_outputs
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import Verdict
from tests.support.models.eval_problems import replayed

PROBLEMS = replayed("S", 6)


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def right_rows(**fields: object) -> list[dict[str, object]]:
    return [{"id": problem.id, "output": problem.completion, **fields} for problem in PROBLEMS]


def test_outputs_are_joined_by_id_never_by_position(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    rows = right_rows(model="mine", extra={"kept": True})
    rows[0]["output"] = "answer: no\u2028 "
    rows[1] |= {"end": "length", "tokens": 7}
    file.write_bytes(lines(*reversed(rows)))
    (row,), scores = evaluate(PROBLEMS, Recorded(file, PROBLEMS))
    assert row.verdicts == {Verdict.RIGHT: 4, Verdict.WRONG: 1, Verdict.TRUNCATED: 1}
    assert [score.problem.id for score in scores] == [problem.id for problem in PROBLEMS]
    assert scores[1].output == Output(PROBLEMS[1].completion, End.LENGTH, 7)
    assert scores[0].output.tokens == len(scores[0].output.text.encode())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"id": "a", "output": "x"}\n{"id": "b", "outp',
            r"line 2: it is not JSON: .*truncated here",
        ),
        (b'{"id": "a", "output": "x", "verification": {}}\n', "an object with `near_ties`"),
        (
            b'{"id": "a", "output": "x", "verification": {"near_ties": 0, "least_margin": -1, '
            b'"divergence_margin": null}}\n',
            "`least_margin` must be null or a number",
        ),
        (b'{"id": "a", "output": "x", "tokens": 1e3}\n', "`tokens` must be a whole number"),
        (
            b'{"id": "a", "output": "x", "tokens": 9223372036854775808}\n',
            "`tokens` must be a whole",
        ),
        (b'{"id": "a", "output": "x", "tokens": -1}\n', "`tokens` must be a whole number"),
        (b'{"id": "a", "output": "x", "sample": true}\n', "`sample` must be a whole number"),
        (b'{"id": "a", "output": ["x"]}\n', "`output` must be a text"),
        (b'{"id": "a"}\n', "`output` is missing"),
        (b'{"output": "x"}\n', "`id` is missing"),
        (b'{"id": "a", "output": "x", "end": "eos"}\n', "`end` must be one of stop, .* not 'eos'"),
        (b'{"id": "a", "output": "x"}\n' * 2, "line 2: line 1 has the same id 'a' and sample 0"),
    ],
)
def test_faults_are_reported_with_their_line(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "outputs.jsonl"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_outputs(file)


def test_ids_must_be_those_of_the_problems(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    file.write_bytes(lines(*right_rows()[2:]))
    with pytest.raises(ValueError, match=f"no output for {PROBLEMS[0].id}, {PROBLEMS[1].id}"):
        Recorded(file, PROBLEMS)
    file.write_bytes(lines(*right_rows(), {"id": "another", "output": ""}))
    with pytest.raises(ValueError, match="problems that are not scored: another"):
        Recorded(file, PROBLEMS)
    file.write_bytes(lines(*right_rows(), *right_rows(sample=1)))
    with pytest.raises(ValueError, match=r"not scored: .* \(sample 1\).* and 3 more"):
        Recorded(file, PROBLEMS)
    Recorded(file, PROBLEMS, samples=2)


def test_a_line_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "outputs.jsonl"
    rows = right_rows()
    rows[0]["output"] = "x" * 10_000_000
    file.write_bytes(lines(*rows))
    (row,), _ = evaluate(PROBLEMS, Recorded(file, PROBLEMS))
    assert row.verdicts[Verdict.NO_ANSWER] == 1


def test_a_file_cannot_claim_that_a_problem_does_not_fit(tmp_path: Path) -> None:
    """Such a problem would leave the answer accuracy."""
    file = tmp_path / "outputs.jsonl"
    lines = [{"id": p.id, "output": p.completion} for p in PROBLEMS[1:]]
    lines.append({"id": PROBLEMS[0].id, "output": "", "end": "no_fit"})
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(ValueError, match="`end` must be one of stop, length, not 'no_fit'"):
        Recorded(file, PROBLEMS)
