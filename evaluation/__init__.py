"""Scores of language models by replay of the machine, and studies of their attention."""
