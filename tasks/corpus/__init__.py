"""Corpora: choose items, write their records in shards, and read, verify or export the result."""

from tasks.corpus.building import build
from tasks.corpus.dataset import Corpus
from tasks.corpus.items import Item, items
from tasks.corpus.problems import problems_by_seed, problems_of_corpus
from tasks.corpus.records.forms import Form
from tasks.corpus.records.ids import RecordId
from tasks.corpus.records.table import SCHEMA, RecordOptions, record_table
from tasks.corpus.requests import CorpusRequest
from tm.support.files import FolderInUseError

__all__ = [
    "SCHEMA", "Corpus", "CorpusRequest", "FolderInUseError", "Form", "Item", "RecordId",
    "RecordOptions", "build", "items", "problems_by_seed", "problems_of_corpus", "record_table",
]  # fmt: skip
