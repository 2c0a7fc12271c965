"""The problems that are scored, each with its reference: the machine's own text."""
