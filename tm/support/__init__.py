"""Services that any package may use: whole files, strict JSON, suggestions."""
