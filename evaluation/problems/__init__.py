"""Which problems are scored, each with the machine's own text."""
