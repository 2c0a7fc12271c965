"""Scores: outputs compared with references, and the figures of each task and range."""
