"""Outputs against replays: verdicts, divergences, rows of figures, statistics."""
