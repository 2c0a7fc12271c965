"""Tiny models, servers and runs of training and scoring."""
