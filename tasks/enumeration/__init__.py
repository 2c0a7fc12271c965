"""Enumeration: the algorithm goes through all candidates and keeps those that fit."""
