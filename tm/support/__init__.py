"""Services that any package may use: atomic files, escaping, lazy names, JSON, suggestions."""
