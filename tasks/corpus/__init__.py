"""Datasets of the tasks' texts: which items, their records, shards, a manifest and a card."""

from tasks.corpus.building import build
from tasks.corpus.dataset import Corpus
from tasks.corpus.items import Item, items
from tasks.corpus.records.forms import Form
from tasks.corpus.records.table import SCHEMA, RecordOptions, record_table
from tasks.corpus.requests import CorpusRequest
from tm.support.files import FolderInUseError

__all__ = [
    "SCHEMA",
    "Corpus",
    "CorpusRequest",
    "FolderInUseError",
    "Form",
    "Item",
    "RecordOptions",
    "build",
    "items",
    "record_table",
]  # fmt: skip
