"""Oracles of the tasks in simulation."""
