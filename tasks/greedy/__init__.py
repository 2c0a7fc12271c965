"""Greedy: the choice that looks best is made, and never taken back."""
