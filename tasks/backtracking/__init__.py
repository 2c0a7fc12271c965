"""Backtracking: the algorithm makes choices in turn and undoes one if no other can follow."""
