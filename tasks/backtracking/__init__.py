"""Backtracking: choices are made one after the other, and undone where no more follows."""
