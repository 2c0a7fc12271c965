"""Greedy: the algorithm takes the locally best choice and never revises it."""
