"""Runs: a backend answers the problems of a suite, and the outputs are scored."""
