"""English sentences for the tasks about text, from a list of common words."""
