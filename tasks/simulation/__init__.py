"""Simulation: the algorithm does by rule what one would do by hand."""
