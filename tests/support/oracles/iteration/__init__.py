"""Oracles of the tasks in iteration."""
