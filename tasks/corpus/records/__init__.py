"""Records: the forms of their completions, their columns, and the shards that hold them."""
