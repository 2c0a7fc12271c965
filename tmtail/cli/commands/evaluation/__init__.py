"""Scores of models: their commands, those on results, and exports to harnesses."""
