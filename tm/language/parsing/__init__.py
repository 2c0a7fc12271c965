"""From source text to syntax tree: characters, brackets, grammar, explanations, nodes."""
