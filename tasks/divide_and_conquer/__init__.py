"""Divide and conquer: the algorithm cuts the problem into parts and goes on with them."""
