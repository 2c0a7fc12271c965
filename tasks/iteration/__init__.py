"""Iteration: the algorithm repeats the same step, from one state to the next."""
