"""The symbols that the names of a source refer to, for editors."""
