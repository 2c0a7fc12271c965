"""Benchmarks of speed; each is a script that is run by hand."""
