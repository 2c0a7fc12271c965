"""Hypothesis strategies and properties for tests of a user's own tasks and machines."""

from tmtail.testing.instances import instances
from tmtail.testing.properties import (
    answers,
    engines_agree,
    spans_tile,
    speech_changes_nothing,
    text_rules,
)
from tmtail.testing.tables import inputs, random_table, tables, words

__all__ = [
    "answers",
    "engines_agree",
    "inputs",
    "instances",
    "random_table",
    "spans_tile",
    "speech_changes_nothing",
    "tables",
    "text_rules",
    "words",
]
