"""Evaluations from problems to results, one or several side by side."""
