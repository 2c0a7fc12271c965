"""Oracles of the tasks in recursion."""
