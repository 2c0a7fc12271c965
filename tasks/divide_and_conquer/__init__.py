"""Divide and conquer: the algorithm splits a problem into parts and solves the parts."""
