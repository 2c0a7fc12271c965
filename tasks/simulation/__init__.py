"""Simulation: the algorithm applies the rules that people use on paper."""
