"""What users test their own machines with: Hypothesis strategies and ready-made properties."""

from tmtail.testing.instances import instances
from tmtail.testing.tables import inputs, random_table, tables, words

__all__ = ["inputs", "instances", "random_table", "tables", "words"]
