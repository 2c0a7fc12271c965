"""Datasets of the tasks' texts: which items, their records, shards, a manifest and a card."""

from tasks.corpus.building import build
from tasks.corpus.dataset import Corpus
from tasks.corpus.files import FolderInUseError
from tasks.corpus.records import SCHEMA, Item, items, record_table

__all__ = ["SCHEMA", "Corpus", "FolderInUseError", "Item", "build", "items", "record_table"]
