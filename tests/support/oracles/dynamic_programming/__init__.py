"""Oracles of the tasks in dynamic programming."""
