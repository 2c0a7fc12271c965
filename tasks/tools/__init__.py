"""Measure tasks, write their documentation pages, and prepare them for the lint rules."""
