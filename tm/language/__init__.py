"""The language of ``.tm`` files: sources, diagnostics, syntax, modules, styles, formatting."""
