"""Oracles of the tasks in divide and conquer."""
