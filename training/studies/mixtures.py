"""Training records that mix several corpora, or have longer texts of a model's own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.backends.base import GREEDY, End, Sampling
from evaluation.problems.suites import Suite, corpus_suite
from evaluation.reports.results import RESULTS_FILE
from evaluation.runs.run import run_suite
from evaluation.scoring.scores import Score
from tasks.corpus import Corpus, CorpusRequest
from tm.support.files import atomic_file, write_text
from training.data.records import COLUMNS, INSTANCE, TRAIN
from training.studies.cells import MIXTURE_FILE, Cell
from training.studies.common import recipe_backend
from training.studies.definition import Bootstrap
from training.train import MODEL

KEPT_FILE = "kept.json"
"""File in a cell's folder with the number of longer problems, and of texts that were kept."""

OWN_TEXTS_FOLDER = "own-texts"
"""Folder in a cell's folder with the longer texts that the model of its source wrote."""


def write_mixture(cell: Cell) -> None:
    """Write the training records of a cell that has a mixture, unless the file exists."""
    path = cell.folder / MIXTURE_FILE
    if path.exists():
        return
    tables = [_train_records(cell, request) for request in cell.training_requests]
    if cell.arm.styles:
        tables = [_in_turn(tables)]
    if (longer := cell.longer_request) is not None:
        tables.append(_longer_records(cell, longer))
    with atomic_file(path) as draft:
        pq.write_table(pa.concat_tables(tables).combine_chunks(), draft, compression="zstd")


def _train_records(cell: Cell, request: CorpusRequest) -> pa.Table:
    corpus = Corpus.open(cell.corpus_folder(request))
    return corpus.read(TRAIN).select([*COLUMNS, INSTANCE])


def _in_turn(tables: Sequence[pa.Table]) -> pa.Table:
    """Return every n-th record of n tables that have the same problems, in the order of ids.

    A problem whose record one table lacks, since its text is too long there, is left out.
    """
    by_id = [{row["id"]: row for row in table.to_pylist()} for table in tables]
    shared = [name for name in by_id[0] if all(name in records for records in by_id)]
    rows = [by_id[number % len(by_id)][name] for number, name in enumerate(shared)]
    return pa.Table.from_pylist(rows, tables[0].schema)


def _longer_records(cell: Cell, request: CorpusRequest) -> pa.Table:
    """Return the records of the longer problems whose texts are kept, and write their number."""
    bootstrap = cell.arm.bootstrap
    assert bootstrap is not None  # the caller has its request
    records = _train_records(cell, request)
    kept = dict(zip(records["id"].to_pylist(), records["completion"].to_pylist(), strict=True))
    right = len(kept)
    if bootstrap.keep != "truth":
        scores = _own_texts(cell, bootstrap, request)
        texts = list(kept_texts(scores, bootstrap))
        kept = {score.problem.id: score.output.text for score in texts}
        right = sum(score.exact for score in texts)
    rows = [
        {**row, "completion": kept[row["id"]]} for row in records.to_pylist() if row["id"] in kept
    ]
    counts = {"problems": len(records), "kept": len(rows), "exact": right}
    write_text(cell.folder / KEPT_FILE, json.dumps(counts) + "\n")
    return pa.Table.from_pylist(rows, records.schema)


def _own_texts(cell: Cell, bootstrap: Bootstrap, request: CorpusRequest) -> list[Score]:
    """Return the scored texts that the model of the cell's source writes for longer problems."""
    source = cell.source
    assert source is not None  # an arm with a bootstrap has one
    model = source.recipe.out / MODEL
    if not model.exists():
        raise ValueError(f"{cell.name}: the model of {source.name} does not exist; run it first")
    corpus = Corpus.open(cell.corpus_folder(request))
    suite = longer_suite(corpus, bootstrap.range, request)
    samples = bootstrap.samples if bootstrap.keep == "majority" else 1
    sampling = GREEDY
    if bootstrap.keep == "majority":
        sampling = Sampling(samples=samples, temperature=bootstrap.temperature, seed=cell.seed)
    backend = recipe_backend(
        source.recipe, model, name=source.name, sampling=sampling, far=source.arm.far
    )
    out = cell.folder / OWN_TEXTS_FOLDER
    (out / RESULTS_FILE).unlink(missing_ok=True)  # the texts of an interrupted run are kept
    return run_suite(suite, backend, out=out, more={"cell": cell.name}, samples=samples).scores


def longer_suite(corpus: Corpus, range_name: str, request: CorpusRequest) -> Suite:
    """Return the training problems of a range, in their own wordings."""
    return corpus_suite(corpus, TRAIN, [range_name], request.train, tasks=request.tasks)


def kept_texts(scores: Sequence[Score], bootstrap: Bootstrap) -> Iterator[Score]:
    """Yield the scores of the texts that are kept: at most one for each problem."""
    samples: dict[str, list[Score]] = {}
    for score in scores:
        samples.setdefault(score.problem.id, []).append(score)
    for group in samples.values():
        if bootstrap.keep == "replay":
            yield from (score for score in group if score.exact)
            continue
        complete = [s for s in group if s.answer is not None and s.output.end is End.STOP]
        votes = Counter(score.answer for score in complete)
        answer, count = next(iter(votes.most_common(1)), (None, 0))
        if 2 * count > len(group):
            yield next(score for score in complete if score.answer == answer)
