"""From the records of a corpus to batches: reading, tokenisation, order, positions, collation."""
