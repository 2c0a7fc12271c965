"""How fast things are, and what models learn: scripts that are run by hand."""
