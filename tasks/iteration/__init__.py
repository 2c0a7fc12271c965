"""Iteration: the algorithm takes the same step again and again, from one state to the next."""
