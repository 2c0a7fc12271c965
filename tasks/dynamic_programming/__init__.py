"""Dynamic programming: the algorithm computes a table of the answers to all subproblems."""
