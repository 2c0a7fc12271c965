"""Recursion: the algorithm reduces a problem to smaller problems of the same kind."""
