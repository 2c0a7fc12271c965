"""The language: sources, diagnostics, syntax, modules."""
