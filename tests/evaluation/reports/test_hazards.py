"""Faults are told of the states that came so far, none of those behind a fault."""

import json
from pathlib import Path

from compiler.text import ROLES
from evaluation.backends.recorded import Recorded
from evaluation.reports.hazards import hazards
from evaluation.runs.run import of_corpus, run
from tasks import get
from tasks.corpus import CorpusRequest, build
from training.models.tokenizer import byte_tokenizer


def test_a_fault_ends_what_its_chain_counts_for(tmp_path: Path) -> None:
    request = CorpusRequest(tasks=[get("compare_numbers")], train=0, eval=5, probe=0)
    corpus = build(request, out=tmp_path / "corpus", workers=1)
    byte_tokenizer().save_pretrained(tmp_path / "bytes")
    suite = of_corpus(corpus, "eval", ("S", "M"), 5)
    said = {item.id: item.completion for item in suite.items}
    spoilt = next(name for name, text in said.items() if text.count("equal ->") > 1)
    head, label, _ = said[spoilt].split(" -> place ", 2)
    lines = [
        {"id": name, "output": f"{head} -> place {label} -> nowhere\n" if name == spoilt else text}
        for name, text in said.items()
    ]
    outputs = tmp_path / "outputs.jsonl"
    outputs.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run(suite, Recorded(outputs, suite.items), out=tmp_path / "scores")
    found = hazards(tmp_path / "scores", corpus, str(tmp_path / "bytes"), 10**9)
    states, faults = (dict(zip(ROLES, counts.tolist(), strict=True)) for counts in found[0])
    assert faults == {role: int(role == "next") for role in ROLES}
    others = "".join(text for name, text in said.items() if name != spoilt)
    assert states == {
        "control": others.count(";") + 2,  # up to the fault, two states of the spoilt one
        "fetch": others.count(";") + 2,
        "solve": others.count(";") + 2,
        "next": others.count(" -> ") + 2,
        "answer": others.count("answer: "),
    }
    lengths = [len(item.prompt + item.completion) for item in suite.items]
    by_length = hazards(tmp_path / "scores", corpus, str(tmp_path / "bytes"), 1)
    assert list(by_length) == sorted(set(lengths))
