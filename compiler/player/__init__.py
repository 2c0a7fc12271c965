"""A page on which a run can be played, stepped through and searched."""
