"""Oracles of the tasks in backtracking."""
