"""Recursion: the algorithm solves a problem by way of smaller ones of the same kind."""
