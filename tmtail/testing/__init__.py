"""What users test their own machines with: Hypothesis strategies and ready-made properties."""

from tmtail.testing.tables import inputs, tables, tapes, words

__all__ = ["inputs", "tables", "tapes", "words"]
