"""Enumeration: the algorithm tests every candidate and keeps those that satisfy the conditions."""
