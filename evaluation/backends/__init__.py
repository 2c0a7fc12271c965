"""Backends, which write the outputs that are scored: the machine, a model, a server, a file."""
