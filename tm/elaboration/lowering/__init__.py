"""Lower procs to instructions: every name is resolved, blocks become jumps."""
