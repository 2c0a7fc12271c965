"""Records: their ids, the forms of their completions, their columns, and their shards."""
