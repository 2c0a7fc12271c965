"""Where a model looks while it writes each module."""
