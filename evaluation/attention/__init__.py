"""Studies of where a model's attention goes while it writes each module."""
