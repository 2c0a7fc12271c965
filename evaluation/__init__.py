"""Scores by replay: a model's chain of thought is compared with what the machine says."""
