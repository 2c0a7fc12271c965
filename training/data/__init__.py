"""Records as tokens, batches, positions and their order."""
