"""What users test their own machines with: Hypothesis strategies and ready-made properties."""

from tmtail.testing.tables import inputs, random_table, tables, words

__all__ = ["inputs", "random_table", "tables", "words"]
