"""The rules for a text, a module each."""
