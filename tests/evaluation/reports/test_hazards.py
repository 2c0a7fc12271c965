"""Hazards: a chain counts up to its first fault, and not after it."""

import json
from pathlib import Path

from compiler.text import ROLES
from evaluation.backends.recorded import Recorded
from evaluation.problems.suites import corpus_suite
from evaluation.reports.hazards import hazards
from evaluation.runs.run import run_suite
from tasks import get
from tasks.corpus import CorpusRequest, build
from tests.support.models.tiny_models import TOKENIZER


def test_a_chain_counts_up_to_its_first_fault(tmp_path: Path) -> None:
    request = CorpusRequest(tasks=[get("compare_numbers")], train=0, eval=5, probe=0)
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    TOKENIZER.save_pretrained(tmp_path / "bytes")
    suite = corpus_suite(corpus, "eval", ("S", "M"), 5)
    texts = {problem.id: problem.completion for problem in suite.problems}
    faulty = next(name for name, text in texts.items() if text.count("equal ->") > 1)
    head, label, _ = texts[faulty].split(" -> place ", 2)
    lines = [
        {"id": name, "output": f"{head} -> place {label} -> nowhere\n" if name == faulty else text}
        for name, text in texts.items()
    ]
    outputs = tmp_path / "outputs.jsonl"
    outputs.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run_suite(suite, Recorded(outputs, suite.problems), out=tmp_path / "scores")
    groups = hazards(tmp_path / "scores", corpus, str(tmp_path / "bytes"), 10**9)
    states, faults = (dict(zip(ROLES, counts.tolist(), strict=True)) for counts in groups[0])
    assert faults == {role: int(role == "next") for role in ROLES}
    others = "".join(text for name, text in texts.items() if name != faulty)
    assert states == {
        "control": others.count(";") + 2,  # the faulty chain has two states up to its fault
        "fetch": others.count(";") + 2,
        "solve": others.count(";") + 2,
        "next": others.count(" -> ") + 2,
        "answer": others.count("answer: "),
    }
    lengths = [len(problem.prompt + problem.completion) for problem in suite.problems]
    by_length = hazards(tmp_path / "scores", corpus, str(tmp_path / "bytes"), 1)
    assert list(by_length) == sorted(set(lengths))
