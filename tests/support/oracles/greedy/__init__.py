"""Oracles of the tasks in greedy."""
